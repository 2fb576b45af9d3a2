"""Containers that remember where their values were written."""

import copy
import pickle
from typing import Any

import pytest

from course_lib.config.errors import Origin
from course_lib.config.nodes import (
    ConfigDict,
    ConfigList,
    dotted,
    origin_of,
    replace_identical,
    shown,
    to_nodes,
    to_plain,
    walk,
)

HERE = Origin("my.py", 3)


def test_nodes_are_plain_containers_as_well() -> None:
    node = to_nodes({"a": {"b": [{"c": (1, {"d": 2})}]}})
    assert node == {"a": {"b": [{"c": (1, {"d": 2})}]}}
    assert node.a.b[0].c[1].d == 2
    assert isinstance(node, dict) and isinstance(node["a"]["b"], list)
    plain = to_plain(node)
    assert plain == node and type(plain) is dict and type(plain["a"]["b"]) is list
    assert type(plain["a"]["b"][0]["c"][1]) is dict


def test_whatever_is_put_in_becomes_a_node() -> None:
    node: Any = ConfigDict(a={"x": 1})
    node.update(b={"x": 2})
    node.c = [{"x": 3}]
    node.c.append({"x": 4})
    node.c.insert(0, {"x": 5})
    node.c.extend([{"x": 6}])
    node.c[1] = {"x": 7}
    assert [node.a.x, node.b.x, *(item.x for item in node.c)] == [1, 2, 5, 7, 4, 6]


def test_what_is_a_node_stays_the_same_object() -> None:
    shared = ConfigList([1])
    assert ConfigDict(a=shared, b=(shared,)).b[0] is shared
    pair = (1, shared)
    assert to_nodes(pair) is pair


def test_a_missing_attribute_suggests_the_nearest() -> None:
    with pytest.raises(AttributeError, match=r"has no 'dept'. Did you mean 'depth'\?"):
        _ = ConfigDict(depth=18).dept


def test_a_value_set_in_code_loses_its_line() -> None:
    node = ConfigDict()
    node.set("a", 1, HERE)
    assert origin_of(node, "a") == HERE
    node.a = 2
    assert origin_of(node, "a") is None
    numbered = ConfigDict()
    numbered.set(0, 1, HERE)  # type: ignore[arg-type]
    assert origin_of(numbered, 0) == HERE


def test_the_lines_of_a_list_move_with_its_items() -> None:
    lines = [Origin("my.py", line) for line in range(4)]
    node = ConfigList("abcd", list(lines))
    node.insert(0, "new")
    assert node.pop() == "d"
    del node[1]
    node[-1] = "z"
    assert node == ["new", "b", "z"]
    assert node.origins == [None, lines[1], None]
    assert origin_of(node, 1) == lines[1] and origin_of(node, 7) is None
    node[0:2] = ["x"]
    assert node.origins == [None, None] and len(node) == 2


def test_copies_keep_lines_and_aliases() -> None:
    shared = ConfigList([1], [HERE])
    node = ConfigDict(a=shared, b={"c": shared})
    node.set("d", 1, HERE)
    for twin in (copy.deepcopy(node), pickle.loads(pickle.dumps(node))):
        assert twin == node and twin.a is twin.b.c and twin.a is not shared
        assert origin_of(twin, "d") == HERE and origin_of(twin.a, 0) == HERE
    for twin in (node.copy(), copy.copy(node)):
        assert twin.a is shared and origin_of(twin, "d") == HERE
        twin.d = 2
        assert node.d == 1 and origin_of(node, "d") == HERE


def test_replace_identical_goes_by_identity() -> None:
    old, equal, new = ConfigList([1]), ConfigList([1]), ConfigList([2])
    node = ConfigDict(a=old, b=[old, equal])
    replace_identical(node, old, new)
    assert node.a is new and node.b[0] is new and node.b[1] is equal


def test_walk_and_dotted() -> None:
    node = to_nodes({"a": [{"b": 1}, (2, [3])]})
    assert [dotted(path) for path, _ in walk(node)] == ["", "a", "a.0", "a.1", "a.1.1"]


def test_shown_is_short() -> None:
    assert shown(18) == "18 (int)"
    assert shown(ConfigDict(a=1)) == "{'a': 1} (dict)"
    assert shown("x" * 99) == "'" + "x" * 38 + "… (str)"
