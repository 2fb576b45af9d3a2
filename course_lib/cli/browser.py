"""A browser for the tests of the lessons: find one that starts, install one where there is none, or say what to do."""

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from course_lib.cli.parsing import typed_command
from course_lib.config.errors import ConfigError

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "chrome")
CHANNELS = ("chrome", "msedge")  # not on the PATH, but where macOS and Windows keep them
PICTURES = Path("work_dirs") / "ui"  # in the tree: how each lesson looked at the end of its test

Runner = Callable[[Sequence[str]], int]


def start_browser(playwright: Any) -> Any | None:
    """The first browser that starts, without a window: one of the system's, else Playwright's own; None without any.

    That a program is there proves little: Ubuntu's ``chromium-browser`` may be three lines that ask for a snap.
    """
    from playwright.sync_api import Error

    paths = [{"executable_path": path} for name in PROGRAMS if (path := shutil.which(name))]
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    for where in [*paths, {}, *({"channel": name} for name in CHANNELS)]:
        try:
            return playwright.chromium.launch(**where, args=["--no-sandbox"] if root else [])
        except Error:
            continue
    return None


def provide_browser(run: Runner = subprocess.call) -> None:
    """See to it that a browser starts, and install one where none does.

    Args:
        run: Runs a command of the installation and gives its exit code.

    Raises:
        ConfigError: neither worked; it says what to install on which system.
    """
    if importlib.util.find_spec("playwright") is None:
        raise ConfigError('the browser tests need the package playwright. Run: pip install -e ".[test]"')
    if any_starts():
        return
    print("No browser starts here; installing one.", flush=True)
    for commands in ways_to_install():
        for command in commands:
            print("$", *command, flush=True)
            try:
                run(command)  # whatever it gives: apt-get update fails for a source that is not needed here
            except OSError as error:
                print(error)
        if any_starts():
            return
    raise ConfigError(advice())


def any_starts() -> bool:
    """Whether there is a browser that starts."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = start_browser(playwright)
        if browser:
            browser.close()
        return browser is not None


def ways_to_install() -> list[list[list[str]]]:
    """The commands of each way that is open here, the smallest first; none of them asks for a password."""
    playwright = [sys.executable, "-m", "playwright", "install"]
    ways = [[[*playwright, "chromium"]]]
    become_root = without_password()
    if become_root is not None and shutil.which("apt-get"):
        apt = [*become_root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
        packages = ["--no-install-recommends", "chromium", "fonts-dejavu-core", "fonts-wqy-microhei"]
        # Ubuntu has no package of that name: there the libraries come with apt-get, the browser from Playwright
        ways = [
            [[*apt, "update"], [*apt, "install", "-y", *packages]],
            [[*playwright, "--with-deps", "chromium"]],
            *ways,
        ]
    return ways


def without_password() -> list[str] | None:
    """What to write before a command so that root runs it; None where that is not allowed, or asks for a password."""
    if not hasattr(os, "geteuid"):
        return None
    if os.geteuid() == 0:
        return []
    if not shutil.which("sudo"):
        return None
    asked = subprocess.run(["sudo", "-n", "true"], stdin=subprocess.DEVNULL, capture_output=True)
    return ["sudo", "-n"] if asked.returncode == 0 else None


def advice() -> str:
    """What to type, by system."""
    playwright = f"{sys.executable} -m playwright install"
    ways = {
        "Debian": "sudo apt-get install chromium",
        "Ubuntu": f"{playwright} --with-deps chromium",
        "Fedora": "sudo dnf install chromium",
        "Arch": "sudo pacman -S chromium",
        "macOS": "brew install --cask google-chrome",
        "Windows": "winget install Google.Chrome",
        "any": f"{playwright} chromium",
    }
    lines = "\n".join(f"  {system:<9}{command}" for system, command in ways.items())
    return (
        "the browser tests found no browser that starts, and could not install one. Install Chromium or Chrome:\n"
        f"{lines}\nThen type again: {typed_command()} test --ui"
    )
