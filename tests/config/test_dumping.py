"""A dumped config loads to an equal one, shares what was shared, and is plain Python besides."""

import math
import random
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from course_lib.config import Config, ConfigError, to_plain


def random_value(rng: random.Random, depth: int = 0) -> Any:
    leaves = [None, True, False, 0, -1, 10**30, 0.1, -0.0, 1e-300, math.inf, -math.inf, "", "a'b\"c", "line\nline", "é",
              "{{_base_.x}}", "x {{ fileDirname }}", "\\d", "long " * 30]  # fmt: skip
    kind = rng.choice(["leaf", "leaf", "dict", "list", "tuple"]) if depth < 4 else "leaf"
    if kind == "leaf":
        return rng.choice([*leaves, rng.random() * 10 ** rng.randint(-9, 9), rng.randint(-1000, 1000)])
    children = [random_value(rng, depth + 1) for _ in range(rng.randint(0, 5))]
    keys = ["lr", "type", "a-b", "class", "_x", "{{_base_.k}}", 7, "", "depth"]
    if kind == "dict":
        return dict(zip(rng.sample(keys, len(children)), children, strict=True))
    return children if kind == "list" else tuple(children)


@pytest.mark.parametrize("seed", range(60))
def test_dump_loads_to_an_equal_config(seed: int) -> None:
    rng = random.Random(seed)
    cfg = Config.fromdict({f"name{i}": random_value(rng) for i in range(5)})
    text = cfg.dump()
    again = Config.fromstring(text)
    assert repr(to_plain(again)) == repr(to_plain(cfg))  # repr tells 1 from True and 0.0 from -0.0
    assert again.dump() == text
    assert again.digest() == cfg.digest()
    names: dict[str, Any] = {}
    exec(text, {"dict": dict, "float": float}, names)  # it is plain Python as well
    assert names == to_plain(cfg)


def test_dump_keeps_what_is_shared_and_writes_it_once(tmp_path: Path) -> None:
    text = """\
        val_loader = dict(batch_size=8)
        test_loader = val_loader
        steps = [dict(type='Flip')]
        data = dict(train=dict(pipeline=steps), val=dict(pipeline=steps))
        """
    (tmp_path / "base.py").write_text(dedent(text))
    child = "_base_ = 'base.py'\nval_loader = dict(x=1)\nmore = dict(steps=_base_.steps)\n"
    cfg = Config.fromstring(child, str(tmp_path / "top.py"))
    cfg["first"] = cfg.pop("more")
    again = Config.fromstring(cfg.dump())
    assert again == cfg
    assert again.data.train.pipeline is again.data.val.pipeline is again.first.steps is again.steps
    assert again.test_loader is again.val_loader
    assert cfg.dump().count("Flip") == 1
    assert again.used == {"steps", "val_loader"}


def test_a_name_stands_before_its_use_in_a_dump() -> None:
    cfg = Config.fromstring("a = 0\nsteps = [1]\ndata = dict(p=steps)\n")
    moved = Config()
    for key in ("data", "steps", "a"):
        moved.set(key, cfg[key], None)
    assert moved.dump() == "steps = [1]\ndata = dict(p=steps)\na = 0\n"


def test_the_layout_of_a_dump(tmp_path: Path) -> None:
    text = """\
        model = dict(
            type='ImageClassifier',
            backbone=dict(type='ResNet', depth=18, num_stages=4, out_indices=(3,), style='pytorch'),
            head=dict(type='LinearClsHead', num_classes=10),
        )
        custom_keys = {'.cls_token': 0.0, 'bias': 1.0}
        numbers = [
            1000000, 1000001, 1000002, 1000003, 1000004, 1000005, 1000006, 1000007, 1000008, 1000009,
            1000010, 1000011,
        ]
        """
    cfg = Config.fromstring(dedent(text))
    assert cfg.dump(tmp_path / "out.py") == dedent(text)
    assert Config.fromfile(tmp_path / "out.py") == cfg


def test_nan_survives_a_dump() -> None:
    assert math.isnan(Config.fromstring(Config.fromdict({"a": math.nan}).dump()).a)


def test_what_is_no_data_cannot_be_dumped() -> None:
    with pytest.raises(ConfigError, match=r"A config holds data only: .*; not object <object"):
        Config.fromdict({"a": [object()]}).dump()
    for key in ("a-b", "class", "dict", "_base_"):
        with pytest.raises(ConfigError, match=f"{key}: a top-level key of a config must be a Python name"):
            Config.fromdict({key: 1}).dump()
