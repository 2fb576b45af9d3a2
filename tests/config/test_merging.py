"""Merging changes nothing that it was given; ``follow`` changes the places that named a value, and no others."""

import copy

import pytest

from course_lib.config import Config, ConfigDict, ConfigError
from course_lib.config.merging import follow, merge, nodes_below, put
from course_lib.config.nodes import to_nodes


def test_merge_is_functional() -> None:
    base, own = to_nodes({"a": {"x": 1, "y": [1]}, "b": 1}), to_nodes({"a": {"x": 2}, "c": {"z": 3}})
    before = copy.deepcopy((base, own))
    merged = merge(base, own, (), None, {})
    assert merged == {"a": {"x": 2, "y": [1]}, "b": 1, "c": {"z": 3}}
    assert (base, own) == before
    assert merged.a.y is base.a.y  # what is untouched is shared, so aliases stay aliases


def test_merge_of_the_same_pair_gives_the_same_dict() -> None:
    part, change = to_nodes({"lr": 1}), to_nodes({"lr": 2})
    merged = merge(ConfigDict(a=part, b=part), ConfigDict(a=change, b=change), (), None, {})
    assert merged.a is merged.b and merged.a == {"lr": 2} and part == {"lr": 1}


def test_put_copies_the_path_only() -> None:
    node = to_nodes({"a": [{"x": 1}, {"y": 2}], "b": {"z": 3}})
    changed = put(node, ["a", "0", "x"], 5, None)
    assert changed == {"a": [{"x": 5}, {"y": 2}], "b": {"z": 3}}
    assert node.a[0].x == 1
    assert changed.b is node.b and changed.a[1] is node.a[1]


def test_put_into_an_empty_list() -> None:
    with pytest.raises(ConfigError, match=r"a.0: there is no item 0: the list has 0 items. Set the whole list."):
        put(to_nodes({"a": []}), ["a", "0"], 1, None)


def test_follow_reaches_chains_of_names_but_not_equal_values() -> None:
    cfg = Config.fromstring("a = 10\nb = a\nc = b\nx = dict(a=a, b=b, c=c, literal=10, sum=a + 0, list=[a, (1, b)])\n")
    cfg["a"] = 3
    follow(cfg, "a", 10)
    assert cfg == {
        "a": 3,
        "b": 3,
        "c": 3,
        "x": {"a": 3, "b": 3, "c": 3, "literal": 10, "sum": 10, "list": [3, (1, 10)]},
    }


def test_follow_leaves_the_name_that_was_copied_from() -> None:
    cfg = Config.fromstring("a = [1]\nb = a\nx = dict(a=a, b=b)\n")
    old, cfg["b"] = cfg.b, [2]
    follow(cfg, "b", old)
    assert cfg == {"a": [1], "b": [2], "x": {"a": [1], "b": [2]}}


def test_nodes_below_meets_each_object_once() -> None:
    shared = to_nodes({"x": [1]})
    cfg = ConfigDict(a=shared, b=[shared, (shared,)])
    assert [id(node) for node in nodes_below(cfg)].count(id(shared)) == 1
    assert len(nodes_below(cfg)) == 4
