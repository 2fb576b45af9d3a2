"""What starting up may import: seen in a fresh interpreter's ``sys.modules``, not in seconds."""

import subprocess
import sys

import pytest

HEAVY = ("torch", "torchvision", "numpy", "matplotlib", "sklearn", "skimage", "PIL", "IPython", "jupyterlab")


def heavy_imports(program: str, heavy: tuple[str, ...] = HEAVY) -> list[str]:
    """Which of the heavy packages a program has imported at its end."""
    report = f"\nimport sys; print([name for name in {heavy} if name in sys.modules], file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", program + report], capture_output=True, text=True, check=True)
    return eval(done.stderr.splitlines()[-1])


@pytest.mark.parametrize(
    "program",
    [
        "import course_lib",
        "import course_lib.config",
        "from course_lib import Config",
        "from course_lib.cli import main; main(['--help'])",
        "from course_lib.cli import main; main(['--version'])",
        "from course_lib.cli import main; assert main(['trian']) == 2",
        "from course_lib.cli import main; assert main(['config', 'print', 'lessons/lenet_digits']) == 0",
        "from course_lib.cli import main; assert main(['train', '--cfg-options', 'lr']) == 2",
    ],
)
def test_starting_up_is_light(program: str) -> None:
    assert heavy_imports(program) == []


@pytest.mark.parametrize(
    "command",
    ["train", "evaluate", "predict", "cam", "confusion", "embed", "config", "lab", "site", "test", "bench", "parity"],
)
def test_the_help_of_a_command_is_light(command: str) -> None:
    program = f"from course_lib.cli import main\ntry: main(['{command}', '--help'])\nexcept SystemExit: pass"
    assert heavy_imports(program) == []


@pytest.mark.parametrize("action", ["check", "explain", "print"])
def test_a_config_command_finds_the_classes_in_a_fresh_process(action: str) -> None:
    program = f"from course_lib.cli import main; assert main(['config', '{action}', 'lessons/lenet_digits']) == 0"
    subprocess.run([sys.executable, "-c", program], check=True, stdout=subprocess.DEVNULL)


def test_the_list_of_models_knows_the_backbones_in_a_fresh_process() -> None:
    program = "from course_lib.cli import main; assert main(['models', 'list', 'ResNet_CIFAR']) == 0"
    subprocess.run([sys.executable, "-c", program], check=True, stdout=subprocess.DEVNULL)


def test_a_trainer_does_not_wait_for_torchvision() -> None:
    """It takes longer to import than torch; only what decodes files or resizes pictures needs it."""
    assert "torchvision" not in heavy_imports("from course_lib import build_trainer, Trainer")


def test_only_a_sharded_training_waits_for_torchs_sharding() -> None:
    """They pull sympy, which takes longer to import than all of ours."""
    sharding = ("torch.distributed.fsdp", "torch.distributed.tensor", "sympy")
    assert heavy_imports("import course_lib.builders, course_lib.engine", sharding) == []
