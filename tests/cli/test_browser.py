"""A browser for the tests: the first that starts is taken, each way to install one is tried, then it is said how."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from playwright.sync_api import Error

from course_lib.cli import browser, main
from course_lib.config.errors import ConfigError


def on_path(monkeypatch: pytest.MonkeyPatch, *programs: str) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: f"/bin/{name}" if name in programs else None)


def user(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    monkeypatch.setattr(browser.os, "geteuid", lambda: number, raising=False)


@pytest.fixture
def asked() -> list[dict[str, Any]]:
    """Each browser that a pretended Playwright was asked for."""
    return []


@pytest.fixture
def playwright(asked: list[dict[str, Any]]) -> Callable[..., Any]:
    """A pretended Playwright in which one browser starts, and all others do not."""

    def with_one(**good: str) -> Any:
        def launch(args: list[str], **where: str) -> str:
            asked.append({**where, "args": args})
            if where != good:
                raise Error("Executable doesn't exist")
            return "a browser"

        return SimpleNamespace(chromium=SimpleNamespace(launch=launch))

    return with_one


def test_a_program_that_does_not_start_is_passed_over(monkeypatch, playwright, asked) -> None:
    on_path(monkeypatch, "chromium-browser", "google-chrome")
    user(monkeypatch, 1000)
    assert browser.start_browser(playwright(executable_path="/bin/google-chrome")) == "a browser"
    assert asked == [{"executable_path": f"/bin/{name}", "args": []} for name in ("chromium-browser", "google-chrome")]


def test_playwrights_own_browser_and_those_off_the_path_are_found(monkeypatch, playwright, asked) -> None:
    on_path(monkeypatch)
    user(monkeypatch, 0)
    assert browser.start_browser(playwright()) == "a browser"
    assert asked == [{"args": ["--no-sandbox"]}], "as root Chromium starts without its sandbox only"
    assert browser.start_browser(playwright(channel="msedge")) == "a browser"
    assert browser.start_browser(playwright(executable_path="/bin/chromium")) is None


def test_root_takes_apt_and_others_what_playwright_brings(monkeypatch) -> None:
    playwright = [sys.executable, "-m", "playwright", "install"]
    on_path(monkeypatch, "apt-get")
    user(monkeypatch, 0)
    [update, install], [with_libraries], [alone] = browser.ways_to_install()
    assert update == ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", "update"]
    assert install[4:6] == ["install", "-y"] and "chromium" in install
    assert with_libraries == [*playwright, "--with-deps", "chromium"] and alone == [*playwright, "chromium"]
    user(monkeypatch, 1000)
    assert browser.ways_to_install() == [[[*playwright, "chromium"]]], "no sudo"
    on_path(monkeypatch)
    user(monkeypatch, 0)
    assert browser.ways_to_install() == [[[*playwright, "chromium"]]], "no apt-get"


@pytest.mark.parametrize(("gives", "expected"), [(0, ["sudo", "-n"]), (1, None)])
def test_sudo_counts_where_it_asks_for_no_password(monkeypatch, gives: int, expected: list[str] | None) -> None:
    on_path(monkeypatch, "sudo")
    user(monkeypatch, 1000)

    def run(command: Sequence[str], **_: Any) -> subprocess.CompletedProcess:
        assert list(command) == ["sudo", "-n", "true"]
        return subprocess.CompletedProcess(command, gives)

    monkeypatch.setattr(subprocess, "run", run)
    assert browser.without_password() == expected


def test_ways_are_tried_until_a_browser_starts(monkeypatch, capsys) -> None:
    ran: list[str] = []

    def run(command: Sequence[str]) -> int:
        ran.append(command[0])
        if command[0] == "b":
            raise FileNotFoundError("there is no b")
        return 100

    monkeypatch.setattr(browser, "ways_to_install", lambda: [[["a"], ["b"]], [["c"]], [["d"]]])
    monkeypatch.setattr(browser, "any_starts", lambda: "c" in ran)
    browser.provide_browser(run)
    assert ran == ["a", "b", "c"]
    browser.provide_browser(run)
    assert ran == ["a", "b", "c"], "what is there is not installed again"
    assert capsys.readouterr().out.splitlines() == [
        "No browser starts here; installing one.", "$ a", "$ b", "there is no b", "$ c",
    ]  # fmt: skip


def test_without_a_browser_it_is_said_what_to_install_and_no_test_runs(monkeypatch, capsys) -> None:
    monkeypatch.setattr(browser, "ways_to_install", lambda: [[[sys.executable, "-c", "raise SystemExit(1)"]]])
    monkeypatch.setattr(browser, "any_starts", lambda: False)
    assert main(["test", "--ui"]) == 2
    out, error = capsys.readouterr()
    assert "==" not in out
    first, *lines, last = error.splitlines()
    assert first.startswith("error: the browser tests found no browser that starts, and could not install one.")
    assert last == "Then type again: course test --ui"
    by_system = dict(line.split(maxsplit=1) for line in lines)
    assert by_system["Debian"] == "sudo apt-get install chromium"
    assert by_system["any"] == f"{sys.executable} -m playwright install chromium"
    assert {"Ubuntu", "Fedora", "Arch", "macOS", "Windows"} < set(by_system)


def test_without_playwright_it_is_said_how_to_get_it(monkeypatch) -> None:
    monkeypatch.setattr(browser.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ConfigError, match=r'need the package playwright\. Run: pip install -e "\.\[test\]"'):
        browser.provide_browser()


def test_a_missing_browser_fails_with_ui_and_skips_without(tmp_path: Path) -> None:
    """pytest itself on the real fixture, in an environment whose browsers are all out of sight."""
    conftest = Path(__file__).parents[1] / "ui" / "conftest.py"
    (tmp_path / "conftest.py").write_text(conftest.read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "test_page.py").write_text("def test_page(browser):\n    pass\n", encoding="utf-8")
    hide = "import course_lib.cli.browser as b; b.start_browser = lambda playwright: None; import pytest, sys; "
    command = [sys.executable, "-c", hide + "sys.exit(pytest.main(sys.argv[1:]))", "-p", "no:cacheprovider", "-ra"]
    for option, expected in ([], "SKIPPED"), (["--ui"], "ERROR"):
        done = subprocess.run([*command, *option, str(tmp_path)], cwd=tmp_path, capture_output=True, text=True)
        assert expected in done.stdout and "no browser starts here: course test --ui installs one" in done.stdout
        assert done.returncode == (1 if option else 0)
