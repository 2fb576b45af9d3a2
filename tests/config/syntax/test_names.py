"""What names stand for: one object wherever they are used, a string for an import, a file's name in a template."""

from course_lib.config import Config


def test_a_name_used_twice_is_one_object() -> None:
    cfg = Config.fromstring("p = [dict(type='Flip')]\ntrain = dict(pipeline=p)\nval = dict(pipeline=p)\n")
    assert cfg.train.pipeline is cfg.val.pipeline is cfg.p
    assert cfg.used == {"p"}


def test_an_imported_type_is_its_name_and_nothing_is_imported() -> None:
    text = (
        "from course_lib.models import NoSuchNet\nfrom mmpretrain.models import ResNet as R\nimport torch.nn as nn\n"
        "import torch\na = dict(type=NoSuchNet)\nb = [R, nn.ReLU]\nc = torch.optim.SGD\nd = (R, [R for i in [1]])\n"
    )
    cfg = Config.fromstring(text)
    assert cfg == {"a": {"type": "NoSuchNet"}, "b": ["ResNet", "ReLU"], "c": "SGD", "d": ("ResNet", ["ResNet"])}
    assert all(type(name) is str for name in [cfg.a.type, *cfg.b, cfg.c, cfg.d[0], cfg.d[1][0]])


def test_file_names_in_templates() -> None:
    cfg = Config.fromstring(
        "a = '{{ fileDirname }}/data'\nb = '{{fileBasenameNoExtension}}'\nc = '{{x}}'\n", "d/net.py"
    )
    assert cfg == {"a": "d/data", "b": "net", "c": "{{x}}"}
