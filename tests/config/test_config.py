"""``Config``: inheritance, overrides, origins, and text that loads to an equal config."""

import copy
import pickle
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from course_lib.config import Config, ConfigDict, ConfigError, Origin
from course_lib.config.nodes import origin_of


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """``write('a.py', text)`` puts a file into the current folder and gives its name."""
    monkeypatch.chdir(tmp_path)

    def write_file(name: str, text: str) -> str:
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(dedent(text))
        return name

    return write_file


# Inheriting


def test_a_chain_of_three_files_with_delete(write: Any) -> None:
    write("base/net.py", "model = dict(backbone=dict(type='A', depth=1, stem=dict(k=3)), head=dict(type='H', k=10))\n")
    write("mid.py", "_base_ = 'base/net.py'\nmodel = dict(backbone=dict(_delete_=True, type='B'), neck=None)\n")
    file = write(
        "top.py", "_base_ = ['mid.py']\nmodel = dict(backbone=dict(width=2), head=dict(k=3), neck=dict(n=1))\n"
    )
    cfg = Config.fromfile(file)
    assert cfg == {
        "model": {"backbone": {"type": "B", "width": 2}, "head": {"type": "H", "k": 3}, "neck": {"n": 1}},
    }
    assert isinstance(cfg.model.backbone, ConfigDict)


def test_delete_is_removed_even_where_there_is_nothing_to_delete() -> None:
    assert Config.fromstring("a = dict(_delete_=True, b=dict(_delete_=True, c=1))") == {"a": {"b": {"c": 1}}}


def test_lists_are_replaced_and_merged_by_index(write: Any) -> None:
    write("base.py", "a = [1, 2, 3]\nb = [dict(x=1, y=1), dict(x=2)]\nmean = dict(rgb=(1, 2, 3))\n")
    cfg = Config.fromfile(
        write("top.py", "_base_ = 'base.py'\na = [9]\nb = {0: dict(x=5), -1: dict(z=7)}\nmean = dict(rgb={2: 0})\n")
    )
    assert cfg == {"a": [9], "b": [{"x": 5, "y": 1}, {"x": 2, "z": 7}], "mean": {"rgb": (1, 2, 0)}}


def test_a_dict_over_a_number_is_an_error_and_delete_replaces_it(write: Any) -> None:
    write("base.py", "a = dict(b=3)\n")
    with pytest.raises(ConfigError, match=r"top.py:2: a.b: a dict cannot be merged into 3 \(int\)\. .*_delete_=True"):
        Config.fromfile(write("top.py", "_base_ = 'base.py'\na = dict(b=dict(c=1))\n"))
    cfg = Config.fromfile(write("top.py", "_base_ = 'base.py'\na = dict(b=dict(_delete_=True, c=1))\n"))
    assert cfg.a.b == {"c": 1}


def test_a_base_is_beside_the_file_or_else_one_of_the_kits(write: Any) -> None:
    mine = write("mine.py", "_base_ = ['_base_/models/lenet5.py']\n")
    assert Config.fromfile(mine).model.backbone.type == "LeNet5"
    write("_base_/models/lenet5.py", "model = dict(backbone=dict(type='Mine'))\n")
    assert Config.fromfile(mine).model.backbone.type == "Mine"
    with pytest.raises(ConfigError, match=r"mine.py:1: there is no config file _base_.models.lenet6.py"):
        Config.fromfile(write("mine.py", "_base_ = '_base_/models/lenet6.py'\n"))


def test_values_of_the_base_in_expressions(write: Any) -> None:
    write("base.py", "model = dict(head=dict(k=10), stages=[1, 2])\nsize = 32\np = [1]\n")
    text = """\
        _base_ = 'base.py'
        a = {{_base_.model.head.k}}
        b = '{{_base_.model.head}}'
        c = 'size {{ _base_.size }} px'
        d = _base_.size * 2
        e = [*_base_.p, 2]
        f = _base_['model']['stages'][-1]
        g = {{_base_.p}}
        """
    cfg = Config.fromfile(write("top.py", text))
    assert (cfg.a, cfg.b, cfg.c, cfg.d, cfg.e, cfg.f) == (10, {"k": 10}, "size 32 px", 64, [1, 2], 2)
    assert cfg.b is cfg.model.head
    assert cfg.g is cfg.p
    assert cfg.used == {"model", "size", "p"}


def test_a_name_of_the_base_needs_base(write: Any) -> None:
    write("base.py", "size = 32\n")
    with pytest.raises(ConfigError, match=r"top.py:2: the name 'size' is set in a base file. Write _base_.size."):
        Config.fromfile(write("top.py", "_base_ = 'base.py'\na = size * 2\n"))
    with pytest.raises(ConfigError, match=r"top.py:2: .*there is no 'sise'. Did you mean 'size'"):
        Config.fromfile(write("top.py", "_base_ = 'base.py'\na = _base_.sise\n"))


def test_a_missing_base_is_named_at_its_line_with_the_nearest_file(write: Any) -> None:
    write("_base_/models/resnet18.py", "a = 1\n")
    for wrong, right in [
        ("_base_/models/resnet8.py", "_base_/models/resnet18.py"),
        ("_base_/model/resnet18.py", "_base_/models"),
    ]:
        with pytest.raises(ConfigError) as caught:
            Config.fromfile(write("top.py", f"# comment\n_base_ = [\n    '{wrong}',\n]\n"))
        expected = f"top.py:2: there is no config file {wrong}. Did you mean {right}?"
        assert str(caught.value).replace("\\", "/") == expected


def test_a_missing_or_unreadable_config(write: Any, tmp_path: Path) -> None:
    write("lenet.py", "a = 1\n")
    with pytest.raises(ConfigError, match=r"there is no config file lnet.py. Did you mean lenet.py\?"):
        Config.fromfile("lnet.py")
    with pytest.raises(ConfigError, match=r"cannot be read: Is a directory"):
        Config.fromfile(tmp_path)
    Path("picture.py").write_bytes(b"\xff\xd8\xff\xe0")
    with pytest.raises(ConfigError, match="it is no text in UTF-8"):
        Config.fromfile("picture.py")
    Path("windows.py").write_bytes(b"\xef\xbb\xbfa = 1\r\nb = 2\r\n")
    assert Config.fromfile("windows.py") == {"a": 1, "b": 2}


def test_a_circle_is_shown(write: Any) -> None:
    write("a.py", "_base_ = 'b.py'\n")
    write("b.py", "x = 1\n_base_ = 'sub/../c.py'\n")
    write("c.py", "\n\n_base_ = 'b.py'\n")
    Path("sub").mkdir()
    with pytest.raises(ConfigError, match=r"c.py:3: _base_ goes in a circle: b.py → .*c.py → .*b.py"):
        Config.fromfile("a.py")
    with pytest.raises(ConfigError, match=r"self.py:1: _base_ goes in a circle: self.py → self.py"):
        Config.fromfile(write("self.py", "_base_ = 'self.py'\n"))


def test_two_bases_may_not_disagree(write: Any) -> None:
    write("a.py", "shared = [1]\nmodel = dict(d=1)\nx = dict(s=shared)\n")
    write("b.py", "shared = [1]\n\nmodel = dict(d=2)\n")
    with pytest.raises(ConfigError) as caught:
        Config.fromfile(write("top.py", "\n_base_ = ['a.py', 'b.py']\n"))
    assert "top.py:2: model: two files of _base_ set 'model' to different values: a.py:2 and b.py:3." in str(
        caught.value
    )
    write("b.py", "shared = [1]\ny = dict(s=shared)\n")
    cfg = Config.fromfile(write("top.py", "_base_ = ['a.py', 'b.py']\n"))
    assert cfg.x.s is cfg.y.s is cfg.shared


def test_merging_in_one_place_leaves_the_alias_elsewhere(write: Any) -> None:
    write(
        "base.py", "val_dataloader = dict(batch_size=8, dataset=dict(split='val'))\ntest_dataloader = val_dataloader\n"
    )
    cfg = Config.fromfile(write("top.py", "_base_ = 'base.py'\ntest_dataloader = dict(dataset=dict(split='test'))\n"))
    assert cfg.val_dataloader.dataset.split == "val"
    assert cfg.test_dataloader == {"batch_size": 8, "dataset": {"split": "test"}}


def test_an_inherited_name_set_anew_reaches_every_place_that_named_it(write: Any) -> None:
    write(
        "base.py",
        """\
        num_classes = 10
        val_pipeline = [dict(type='Resize', scale=32)]
        test_pipeline = val_pipeline
        val = dict(pipeline=val_pipeline, k=num_classes, other=10, both=(val_pipeline, 1))
        test = dict(pipeline=test_pipeline)
        """,
    )
    cfg = Config.fromfile(write("top.py", "_base_ = 'base.py'\nval_pipeline = []\nnum_classes = 3\nval = dict(x=1)\n"))
    assert cfg.val == {"pipeline": [], "k": 3, "other": 10, "both": ([], 1), "x": 1}
    assert cfg.test.pipeline is cfg.test_pipeline is cfg.val_pipeline is cfg.val.pipeline
    assert str(origin_of(cfg.val, "k")) == "top.py:3"
    cfg = Config.fromfile(write("top.py", "_base_ = 'base.py'\ntest_pipeline = []\n"))
    assert cfg.test.pipeline == []
    assert cfg.val.pipeline == cfg.val_pipeline == [{"type": "Resize", "scale": 32}]


def test_what_a_file_takes_from_the_base_on_purpose_stays(write: Any) -> None:
    write("base.py", "p = [1]\na = dict(p=p)\n")
    cfg = Config.fromfile(
        write("top.py", "_base_ = 'base.py'\np = [*_base_.p, 2]\nold = _base_.p\nb = dict(p=_base_.p)\n")
    )
    assert cfg == {"p": [1, 2], "a": {"p": [1, 2]}, "old": [1], "b": {"p": [1]}}


def test_the_same_change_in_two_places_stays_one_object(write: Any) -> None:
    write("base.py", "optimizer = dict(type='SGD', lr=0.1)\nwrapper = dict(optimizer=optimizer)\n")
    cfg = Config.fromfile(
        write("top.py", "_base_ = 'base.py'\noptimizer = dict(lr=0.2)\nwrapper = dict(optimizer=optimizer, clip=1)\n")
    )
    assert cfg.wrapper == {"optimizer": {"type": "SGD", "lr": 0.2}, "clip": 1}
    cfg.merge_from_dict({"optimizer.lr": 0.3})
    assert cfg.wrapper.optimizer.lr == 0.3


# Origins


def test_every_value_knows_its_line_also_after_merges(write: Any) -> None:
    write("base.py", "norm = dict(mean=0)\nmodel = dict(\n    depth=18,\n    size=(1, 2),\n    norm=dict(**norm),\n)\n")
    cfg = Config.fromfile(
        write(
            "top.py",
            "_base_ = 'base.py'\nmodel = dict(\n    depth=50,\n    head=dict(k=3),\n    size=(3, 4))\nl = [1,\n  2]\n",
        )
    )
    cfg.merge_from_dict({"model.head.k": 5, "l.0": 7}, Origin("--cfg-options"))
    places = {
        "norm": origin_of(cfg, "norm"),
        "model": origin_of(cfg, "model"),
        "depth": origin_of(cfg.model, "depth"),
        "size": origin_of(cfg.model, "size"),
        "model.norm": origin_of(cfg.model, "norm"),
        "mean": origin_of(cfg.model.norm, "mean"),
        "head": origin_of(cfg.model, "head"),
        "k": origin_of(cfg.model.head, "k"),
        "l": origin_of(cfg, "l"),
        "l.0": origin_of(cfg.l, 0),
        "l.1": origin_of(cfg.l, 1),
    }
    assert {key: str(place) for key, place in places.items()} == {
        "norm": "base.py:1",
        "model": "base.py:2",
        "depth": "top.py:3",
        "size": "top.py:5",
        "model.norm": "base.py:5",
        "mean": "base.py:1",
        "head": "top.py:4",
        "k": "--cfg-options",
        "l": "top.py:6",
        "l.0": "--cfg-options",
        "l.1": "top.py:7",
    }


def test_origins_survive_a_deep_copy() -> None:
    cfg = Config.fromstring("p = [1]\na = dict(p=p)\n", "my.py")
    twin = copy.deepcopy(cfg)
    assert twin == cfg and isinstance(twin, Config)
    assert twin.a.p is twin.p and twin.p is not cfg.p
    assert (twin.file, twin.used, str(twin.a.origins["p"])) == ("my.py", {"p"}, "my.py:2")
    assert pickle.loads(pickle.dumps(cfg)) == copy.copy(cfg) == cfg


# Overrides

TEXT = """\
train_pipeline = [dict(type='Resize', scale=64), dict(type='Flip')]
data = dict(pipeline=train_pipeline, mean=(1, 2, 3))
again = dict(pipeline=train_pipeline)
neck = None
"""


def test_overrides_by_dotted_path() -> None:
    cfg = Config.fromstring(TEXT)
    part = cfg.data
    cfg.merge_from_dict(
        {"train_pipeline.0.scale": 128, "train_pipeline.-1": {"prob": 0.5}, "neck.type": "GAP", "new.a": [{"b": 1}]}
    )
    assert cfg.train_pipeline == [{"type": "Resize", "scale": 128}, {"type": "Flip", "prob": 0.5}]
    assert cfg.data.pipeline is cfg.again.pipeline is cfg.train_pipeline
    assert cfg.neck == {"type": "GAP"}
    assert cfg.new.a[0].b == 1
    cfg.merge_from_dict({"data.mean.1": 0, "data.pipeline.0.scale": 16, "neck": None})
    assert cfg.data.mean == (1, 0, 3)
    assert cfg.data.pipeline[0].scale == 16
    assert cfg.train_pipeline[0].scale == cfg.again.pipeline[0].scale == 128
    assert cfg.neck is None
    assert part == Config.fromstring(TEXT).data  # what was taken out before is not changed


def test_an_override_of_a_dict_merges_and_delete_replaces() -> None:
    cfg = Config.fromdict({"optimizer": {"type": "SGD", "lr": 0.1}})
    cfg.merge_from_dict({"optimizer": {"lr": 1}})
    assert cfg == {"optimizer": {"type": "SGD", "lr": 1}}
    cfg.merge_from_dict({"optimizer": {"_delete_": True, "type": "Adam"}})
    assert cfg == {"optimizer": {"type": "Adam"}}


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("train_pipeline.2.scale", "there is no item 2: the list has 2 items. Allowed: 0 to 1."),
        ("train_pipeline.-3", "there is no item -3"),
        ("train_pipeline.first.scale", "a list of 2 items stands there; 'first' is no index. Allowed: 0 to 1."),
        ("train_pipeline.0.scale.x", "train_pipeline.0.scale is 64 (int); nothing can be set inside it."),
        ("train_pipeline.0.type.x", "train_pipeline.0.type is 'Resize' (str)"),
        ("data..mean", "a name in the path is empty"),
    ],
)
def test_a_path_that_leads_nowhere_is_an_error_and_changes_nothing(path: str, message: str) -> None:
    cfg = Config.fromstring(TEXT)
    before = cfg.dump()
    with pytest.raises(ConfigError) as caught:
        cfg.merge_from_dict({"neck": 1, path: 0}, Origin("--cfg-options"))
    assert str(caught.value).startswith(f"--cfg-options: {path}: ")
    assert message in str(caught.value)
    assert cfg.dump() == before


def test_own_parts_as_overrides_make_no_circle() -> None:
    cfg = Config.fromdict({"a": {"x": 1}, "b": {"y": 2}})
    cfg.merge_from_dict({"a": {"b": cfg.b}, "b": {"a": cfg.a}})
    assert cfg == {"a": {"x": 1, "b": {"y": 2}}, "b": {"y": 2, "a": {"x": 1}}}


def test_load_upgrades_the_old_dialect_and_takes_options_of_both(write: Any) -> None:
    text = """\
        model = dict(type='ImageClassifier', backbone=dict(type='ResNet', depth=50))
        data = dict(samples_per_gpu=32, workers_per_gpu=2, train=dict(type='ImageNet', pipeline=[]))
        optimizer = dict(type='SGD', lr=0.1)
        runner = dict(type='EpochBasedRunner', max_epochs=100)
        """
    options = {"optimizer.lr": 0.5, "data.samples_per_gpu": 4, "train_cfg.max_epochs": 2}
    cfg = Config.load(write("old.py", text), options)
    assert cfg.optim_wrapper.optimizer.lr == 0.5
    assert cfg.train_dataloader.batch_size == 4
    assert cfg.train_cfg.max_epochs == 2
    assert "optimizer" not in cfg and "data" not in cfg
    assert str(cfg.optim_wrapper.optimizer.origins["lr"]) == "--cfg-options"


def test_the_digest_sees_values_only() -> None:
    text = "p = [1]\na = dict(x=p)\nb = 2\n"
    digest = Config.fromstring(text).digest()
    assert len(digest) == 12
    assert Config.fromstring("b = 1 + 1\np = [1]\na = dict(x=[1])\n").digest() == digest
    assert Config.fromstring(text.replace("[1]", "[1.0]")).digest() != digest


def test_attributes_and_repr() -> None:
    cfg = Config.fromstring("model = dict(backbone=dict(depth=18))\nfile = 'x'\n", "my.py")
    assert cfg.model.backbone.depth == 18
    assert (cfg.file, cfg["file"]) == ("my.py", "x")
    assert repr(cfg) == "Config(my.py: model, file)"
    with pytest.raises(AttributeError, match="Did you mean 'depth'"):
        _ = cfg.model.backbone.dept
    cfg.model.backbone = {"depth": 50}
    assert cfg.model.backbone.depth == 50
