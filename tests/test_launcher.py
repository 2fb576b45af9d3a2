"""``./course`` with a pretended installer: what it runs, in which order, and what it says when that fails."""

import ast
import importlib.util
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType

import pytest

FILE = Path(__file__).resolve().parents[1] / "course"
HERE = "{}.{}".format(*sys.version_info[:2])

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the pretended environment has the folders of Linux and macOS")


def load() -> ModuleType:
    loader = SourceFileLoader("launcher", str(FILE))
    spec = importlib.util.spec_from_loader("launcher", loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


class Installer:
    """Notes the commands, and makes the files that the real ones would make."""

    def __init__(self, root: Path, codes: Sequence[int] = ()) -> None:
        self.root = root
        self.codes = list(codes)
        self.commands: list[list[str]] = []

    def __call__(self, command: Sequence[str]) -> int:
        assert not (self.root / ".venv" / "course-stamp").exists(), "the stamp is written last"
        self.commands.append(list(command))
        code = self.codes.pop(0) if self.codes else 0
        if code == 0:
            make_venv(self.root / ".venv")
        return code


def make_venv(venv: Path, python: str = HERE) -> None:
    (venv / "bin").mkdir(parents=True, exist_ok=True)
    (venv / "bin" / "python").touch()
    (venv / "bin" / "course").touch()
    (venv / "pyvenv.cfg").write_text(f"home = /usr/bin\nversion = {python}.7\n", encoding="utf-8")


@pytest.fixture
def launcher(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The launcher, with pip alone and enough room; handing over only notes the words."""
    module = load()
    monkeypatch.setattr(module.shutil, "which", lambda name: None)
    monkeypatch.setattr(module, "free_gb", lambda root: 100.0)
    monkeypatch.setattr(module, "hand_over", lambda root, arguments: print("handed over:", *arguments) or 0)
    return module


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").write_text("[project]\n", encoding="utf-8")
    (tmp_path / "requirements.lock").write_text("torch==2.15.0\n", encoding="utf-8")
    return tmp_path


def test_the_first_run_installs_and_the_second_does_not(
    launcher: ModuleType, root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    installer = Installer(root)
    assert launcher.main(["train"], root, installer) == 0
    python = str(root / ".venv" / "bin" / "python")
    assert installer.commands == [
        [sys.executable, "-m", "venv", "--clear", str(root / ".venv")],
        [python, "-m", "pip", "install", "-c", "requirements.lock", "-e", ".[test]"],
    ]
    assert launcher.main([], root, installer) == 0
    assert len(installer.commands) == 2
    assert capsys.readouterr().out == "handed over: train\nhanded over: lab\n"


def test_uv_is_taken_where_it_is(launcher: ModuleType, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launcher.shutil, "which", {"uv": "/opt/uv"}.get)
    installer = Installer(root)
    assert launcher.main(["lab"], root, installer) == 0
    venv, python = str(root / ".venv"), str(root / ".venv" / "bin" / "python")
    words = "pip install --python PYTHON --compile-bytecode -c requirements.lock -e .[test]".replace("PYTHON", python)
    assert installer.commands == [
        ["/opt/uv", "venv", "--seed", "--clear", "--python", sys.executable, venv],
        ["/opt/uv", *words.split(" ")],
    ]


@pytest.mark.parametrize("name", ["pyproject.toml", "requirements.lock"])
def test_a_changed_list_of_packages_is_installed_into_the_same_folder(
    launcher: ModuleType, root: Path, name: str
) -> None:
    installer = Installer(root)
    launcher.main([], root, installer)
    (root / name).write_text("changed\n", encoding="utf-8")
    launcher.main([], root, installer)
    assert len(installer.commands) == 4
    assert "--clear" not in installer.commands[2]


def test_an_environment_stays_whichever_python_starts_it(launcher: ModuleType, root: Path) -> None:
    make_venv(root / ".venv", "3.99")
    (root / ".venv" / "course-stamp").write_text(launcher.fingerprint(root, "3.99"), encoding="utf-8")
    assert launcher.is_ready(root)


def test_an_environment_whose_python_has_gone_is_made_anew(launcher: ModuleType, root: Path) -> None:
    installer = Installer(root)
    launcher.main([], root, installer)
    (root / ".venv" / "bin" / "python").unlink()
    (root / ".venv" / "bin" / "python").symlink_to(root / "gone")
    assert not launcher.is_ready(root)
    (root / ".venv" / "bin" / "python").unlink()
    launcher.main([], root, installer)
    assert "--clear" in installer.commands[2]


def test_a_moved_course_is_installed_again(launcher: ModuleType, root: Path) -> None:
    assert launcher.fingerprint(root, HERE) != launcher.fingerprint(root / ".." / root.name, HERE)


def test_versions_of_both_kinds_of_environment(launcher: ModuleType, tmp_path: Path) -> None:
    make_venv(tmp_path)
    assert launcher.python_of(tmp_path) == HERE
    (tmp_path / "pyvenv.cfg").write_text("uv = 0.9\nversion_info = 3.12.1\n", encoding="utf-8")
    assert launcher.python_of(tmp_path) == "3.12"
    assert launcher.python_of(tmp_path / "missing") is None


def test_an_interrupted_installation_is_noticed(
    launcher: ModuleType, root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(command: Sequence[str]) -> int:
        make_venv(root / ".venv")
        raise KeyboardInterrupt

    assert launcher.main([], root, interrupted) == 130
    assert "type the same command again" in capsys.readouterr().err
    assert not launcher.is_ready(root)
    installer = Installer(root)
    assert launcher.main([], root, installer) == 0
    assert len(installer.commands) == 2


def test_where_the_lock_does_not_fit_the_bounds_count(
    launcher: ModuleType, root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    installer = Installer(root, [0, 1, 0])
    assert launcher.main([], root, installer) == 0
    assert installer.commands[2][-3:] == ["install", "-e", ".[test]"]
    assert "did not work with the versions in requirements.lock" in capsys.readouterr().err
    assert launcher.is_ready(root)


def test_a_failure_says_what_to_do(
    launcher: ModuleType, root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert launcher.main([], root, Installer(root, [0, 1, 1])) == 1
    printed = capsys.readouterr()
    assert "network  The packages come from the internet" in printed.err
    assert "disk" not in printed.err and printed.out == ""
    assert not launcher.is_ready(root)

    monkeypatch.setattr(launcher, "free_gb", lambda root: 0.5)
    monkeypatch.setattr(launcher, "TESTED", ((3, 8), (3, 9)))
    monkeypatch.setattr(launcher.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(launcher.sys, "platform", "darwin")
    monkeypatch.setattr(launcher.platform, "machine", lambda: "x86_64")
    installer = Installer(root, [0, 1])
    assert launcher.main([], root, installer) == 1
    assert len(installer.commands) == 2, "a full disk is no reason to try other versions"
    said = capsys.readouterr().err
    assert "Only 0.5 GB are free here; the environment needs 8" in said
    assert f"{HERE} may be too new for some package" in said
    assert "sudo apt install python3-venv" in said
    assert "PyTorch has given up Intel Macs" in said


def test_a_folder_of_somebody_else(
    launcher: ModuleType, root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(path: Path) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(launcher, "one_at_a_time", refuse)
    assert launcher.main([], root, Installer(root)) == 1
    assert ".venv.lock cannot be written. Copy the course to a folder that is yours" in capsys.readouterr().err


def test_an_installer_that_cannot_be_started(
    launcher: ModuleType, root: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    run = launcher.runner(root)
    assert run([str(root / "no_such_program")]) == 127
    assert run([sys.executable, "-c", "import sys; print('an answer'); sys.exit(3)"]) == 3
    printed = capfd.readouterr()
    assert "no_such_program" in printed.err and "an answer" in printed.err
    assert printed.out == "", "stdout belongs to the answer of the command that follows"


def test_a_second_run_waits_for_the_first_and_installs_nothing(
    launcher: ModuleType, root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    installer, codes = Installer(root), []
    with launcher.one_at_a_time(root / ".venv.lock"):
        second = threading.Thread(target=lambda: codes.append(launcher.main(["train"], root, installer)))
        second.start()
        make_venv(root / ".venv")
        (root / ".venv" / "course-stamp").write_text(launcher.fingerprint(root, HERE), encoding="utf-8")
    second.join(timeout=30)
    assert codes == [0] and installer.commands == []


def test_the_lock_is_free_again_once_its_holder_is_killed(launcher: ModuleType, root: Path) -> None:
    program = (
        "import fcntl, sys, time; f = open(sys.argv[1], 'w'); fcntl.flock(f, 2); print(flush=True); time.sleep(60)"
    )
    holder = subprocess.Popen([sys.executable, "-c", program, str(root / ".venv.lock")], stdout=subprocess.PIPE)
    assert holder.stdout is not None
    holder.stdout.readline()
    with open(root / ".venv.lock", "w", encoding="utf-8") as file:
        assert not launcher.try_lock(file)
        holder.kill()
        holder.communicate()
        assert launcher.try_lock(file)


def test_an_orphaned_installer_still_holds_the_lock(launcher: ModuleType, root: Path) -> None:
    """Killed alone, the launcher leaves its pip running; a second one beside it would spoil the environment."""
    installing, done = root / "installing", root / "done"
    pip = f"from pathlib import Path; import time; Path({str(installing)!r}).touch(); p = Path({str(done)!r})\n"
    pip += "while not p.exists(): time.sleep(0.05)"
    program = (
        "import runpy, sys; from pathlib import Path\n"
        f"launcher = runpy.run_path({str(FILE)!r})\n"
        f"with launcher['one_at_a_time'](Path({str(root / '.venv.lock')!r})):\n"
        f"    launcher['runner'](Path({str(root)!r}))([sys.executable, '-c', {pip!r}])"
    )
    killed = subprocess.Popen([sys.executable, "-c", program])
    while not installing.exists():
        assert killed.poll() is None
        time.sleep(0.05)
    killed.kill()
    killed.wait()
    with open(root / ".venv.lock", "w", encoding="utf-8") as file:
        assert not launcher.try_lock(file)
        done.touch()
        while not launcher.try_lock(file):
            time.sleep(0.05)


def test_handing_over(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[tuple[str, list[str], str]] = []
    note: Callable[..., None] = lambda path, words, env: called.append((path, words, env["COURSE_COMMAND"]))  # noqa: E731
    launcher = load()
    monkeypatch.setattr(launcher.os, "execve", note)
    (root / "notebooks").mkdir()
    program = str(root / ".venv" / "bin" / "course")
    for folder, typed in ((root, "./course"), (root / "notebooks", "../course")):
        monkeypatch.chdir(folder)
        launcher.hand_over(root, ["train", "--seed", "1"])
        assert called.pop() == (program, [program, "train", "--seed", "1"], typed)


def test_an_old_python_is_told(tmp_path: Path) -> None:
    """The file must be readable for it, and must not get as far as its first function."""
    source = FILE.read_text(encoding="utf-8")
    ast.parse(source, feature_version=(3, 7))
    program = f"import sys; sys.version_info = (3, 8, 10); exec(compile({source!r}, 'course', 'exec'))"
    done = subprocess.run([sys.executable, "-c", program], env={"PATH": str(tmp_path)}, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr.startswith("The course needs Python 3.11 or newer; this is Python 3.8 (")
    assert "python3.12 course" in done.stderr


def test_an_old_python_steps_back_for_a_newer_one(tmp_path: Path) -> None:
    newer = tmp_path / "python3.12"
    newer.write_text('#!/bin/sh\necho "3.12 runs $2"\n', encoding="utf-8")
    newer.chmod(0o755)
    broken = tmp_path / "python3.13"  # as pyenv leaves them for versions that are not chosen
    broken.write_text("#!/bin/sh\nexit 127\n", encoding="utf-8")
    broken.chmod(0o755)
    source = FILE.read_text(encoding="utf-8")
    program = f"import sys; sys.version_info = (3, 8, 10); sys.argv = ['course', 'train']; exec({source!r})"
    done = subprocess.run(
        [sys.executable, "-c", program], env={"PATH": str(tmp_path)}, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "3.12 runs train"
