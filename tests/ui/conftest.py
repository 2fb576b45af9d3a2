"""A lesson in a real JupyterLab in a real browser: a server of the tests' own, and one page for each test.

The server and the browser last for one file of tests, not for the session: while Playwright runs, no other test of the
same process could start an event loop.
"""

import json
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest

from course_lib.cli.browser import PICTURES, start_browser

ROOT = Path(__file__).resolve().parents[2]
WAIT_S = 120  # how long anything may take before it counts as hanging; nothing is expected to be fast
# all cells are in the page, those off screen too
LAB_SETTINGS = {"tracker": {"windowingMode": "none"}}
PAGE_SCRIPT = """
window.cells = () => jupyterapp.shell.currentWidget.content.widgets;
window.find_cell = id => cells().find(cell => cell.model.id === id);
window.kernel = () => window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel;
"""


class Lesson:
    """A notebook that is open in the browser.

    Its cells are found by their ids in the file: ``lesson.cell("exam")`` is a locator of Playwright.
    """

    def __init__(self, page: Any) -> None:
        self.page = page

    def cell(self, cell_id: str) -> Any:
        return self.page.locator(f"[data-cell='{cell_id}']")

    def output(self, cell_id: str) -> Any:
        """What stands below a cell, without its prompt."""
        return self.cell(cell_id).locator(".jp-OutputArea-output")

    def run_all(self) -> None:
        """Run the notebook from top to bottom; no cell may raise, write to stderr or fail to show its widget."""
        self.page.evaluate(
            "() => { window.ran = null; jupyterapp.commands.execute('notebook:run-all-cells').then("
            "() => { window.ran = true; }); }"
        )
        self.page.wait_for_function("() => window.ran")
        self.until_idle()
        cells = self.page.evaluate("() => cells().map(cell => cell.model.toJSON())")
        code = [cell for cell in cells if cell["cell_type"] == "code"]
        outputs = [(cell["id"], output) for cell in code for output in cell["outputs"]]
        assert [each for each in outputs if each[1]["output_type"] == "error"] == []
        assert [each for each in outputs if each[1].get("name") == "stderr"] == []
        assert [cell["id"] for cell in code if not cell["execution_count"]] == [], "cells that did not run"

    def run(self, cell_id: str) -> None:
        """Run one cell with Shift+Enter, as a learner does, until it is done."""
        before = self._executed(cell_id)
        self.cell(cell_id).locator(".cm-content").click()
        self.page.keyboard.press("Shift+Enter")
        self.page.wait_for_function(
            "([id, before]) => ![null, before].includes(find_cell(id).model.executionCount)", arg=[cell_id, before]
        )
        self.until_idle()

    def type_and_run(self, cell_id: str, source: str) -> None:
        """Replace what stands in a cell by typing over it, then run it."""
        self.cell(cell_id).locator(".cm-content").click()
        self.page.keyboard.press("ControlOrMeta+A")
        self.page.keyboard.insert_text(source)
        assert self.page.evaluate("id => find_cell(id).model.sharedModel.getSource()", cell_id) == source
        self.run(cell_id)

    def until_idle(self) -> None:
        """Until the kernel has nothing left to do."""
        self.page.wait_for_function("() => kernel()?.status === 'idle'")

    def _executed(self, cell_id: str) -> int | None:
        number: int | None = self.page.evaluate("id => find_cell(id).model.executionCount", cell_id)
        return number


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--ui", action="store_true", help="no test in a browser is skipped: without a browser it fails")


@pytest.fixture(scope="module")
def browser(request: pytest.FixtureRequest) -> Iterator[Any]:
    """A browser that is installed already; ``course test --ui`` installs one."""
    # unknown where pytest was started on another folder, and came here later
    missing = pytest.fail if request.config.getoption("--ui", default=False) else pytest.skip
    try:
        from playwright.sync_api import expect, sync_playwright
    except ImportError:
        missing("the tests in a browser need the package playwright")
    with sync_playwright() as playwright:
        expect.set_options(timeout=1000 * WAIT_S)
        browser = start_browser(playwright)
        if browser is None:
            missing("no browser starts here: course test --ui installs one, or says how")
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def lab_url(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a JupyterLab that lasts for one file of tests."""
    with running_lab(tmp_path_factory.mktemp("lab")) as url:
        yield url


@contextmanager
def running_lab(folder: Path) -> Iterator[str]:
    """The address of a JupyterLab on a copy of the notebooks, with the kit's settings and none of the user's.

    Args:
        folder: Empty; for the notebooks and all that the server writes.
    """
    shutil.copytree(ROOT / "notebooks", folder / "notebooks", ignore=lambda *_: {"work_dirs", ".ipynb_checkpoints"})
    shutil.copytree(ROOT / "tests" / "ui" / "notebooks", folder / "notebooks", dirs_exist_ok=True)
    settings = folder / "config" / "lab" / "user-settings" / "@jupyterlab" / "notebook-extension"
    settings.mkdir(parents=True)
    for plugin, values in LAB_SETTINGS.items():
        (settings / f"{plugin}.jupyterlab-settings").write_text(json.dumps(values), encoding="utf-8")
    environment = {
        **os.environ,
        "COURSE_FAST": "1",
        "COURSE_HOME": str(folder / "home"),
        "CUDA_VISIBLE_DEVICES": "",  # a GPU may be done with a training before Stop is pressed
        "IPYTHONDIR": str(folder / "ipython"),
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "JUPYTER_CONFIG_PATH": str(ROOT / ".jupyter"),
        "JUPYTER_DATA_DIR": str(folder / "data"),
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
        "JUPYTER_TOKEN": secrets.token_hex(),
        "OMP_NUM_THREADS": "1",
    }
    environment.pop("MPLBACKEND", None)  # which the tests set, and learners do not
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ["--no-browser", "--allow-root", "--ip=127.0.0.1", f"--port={port}"]
    options += ["--LabApp.expose_app_in_browser=True", f"--ServerApp.root_dir={folder / 'notebooks'}"]
    with open(folder / "lab.log", "wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", *options],
            env=environment,
            stdout=log,
            stderr=log,
            start_new_session=True,  # a group of its own, so that all of it can be stopped, and nothing else
        )
        try:
            info = server_info(server, folder)
            yield f"{info['url']}doc/tree/{{notebook}}?reset&token={info['token']}"
        finally:
            stop(server)


def server_info(server: subprocess.Popen, folder: Path) -> dict[str, Any]:
    """What a server says of itself once it listens: the port may be another one if somebody was faster."""
    file = folder / "runtime" / f"jpserver-{server.pid}.json"
    ends_at = time.monotonic() + WAIT_S
    while time.monotonic() < ends_at:
        try:
            info: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
            return info
        except (FileNotFoundError, ValueError):  # not there yet, or not yet whole
            if server.poll() is not None:
                break
            time.sleep(0.05)
    pytest.fail("JupyterLab did not start:\n" + (folder / "lab.log").read_text(encoding="utf-8", errors="replace"))


def stop(server: subprocess.Popen) -> None:
    """End the server, which ends its kernels; whatever is left of its group then has no choice."""
    for number in (signal.SIGTERM, getattr(signal, "SIGKILL", signal.SIGTERM)):
        try:
            if hasattr(os, "killpg"):
                os.killpg(server.pid, number)
            else:
                server.terminate()
            server.wait(30)
        except (ProcessLookupError, subprocess.TimeoutExpired):
            continue


@pytest.fixture
def open_lesson(
    browser: Any, lab_url: str, request: pytest.FixtureRequest
) -> Callable[[str], AbstractContextManager[Lesson]]:
    """``with open_lesson("02_perceptron.ipynb") as lesson``: a fresh page and kernel, which end with the block.

    A request that leaves the server, an error on the browser's console and a widget that cannot be shown fail the test.
    Each test leaves a picture of the page as it was at its end, and a failed one says where.
    """
    picture = ROOT / PICTURES / f"{request.node.name}.png"

    @contextmanager
    def open_in_page(notebook: str) -> Iterator[Lesson]:
        page = browser.new_page(viewport={"width": 1280, "height": 1000})
        url = lab_url.format(notebook=notebook)
        troubles = watch(page, url.partition("/doc/")[0])
        try:
            yield open_notebook(page, url)
            page.screenshot(path=picture)
            assert page.get_by_text(re.compile("Error (displaying|creating) widget")).count() == 0
            assert troubles == []
            # last, as JupyterLab complains of what a kernel had no time to answer
            page.evaluate("() => jupyterapp.shell.currentWidget.sessionContext.shutdown()")
        except BaseException as error:
            page.screenshot(path=picture)
            error.add_note(f"The page as it was: {picture}; what went wrong in it: {troubles}")
            raise
        finally:
            page.close()

    return open_in_page


def open_notebook(page: Any, url: str) -> Lesson:
    """The notebook at an address of ``running_lab``, once its kernel is ready."""
    page.set_default_timeout(1000 * WAIT_S)
    page.add_init_script(PAGE_SCRIPT)
    page.goto(url)
    lesson = Lesson(page)
    page.locator(".jp-Notebook .jp-Cell").first.wait_for()
    lesson.until_idle()
    page.evaluate("() => cells().forEach(cell => { cell.node.dataset.cell = cell.model.id; })")
    return lesson


def watch(page: Any, server: str) -> list[str]:
    """A list that grows with each request to another server, and with each error on the page's console."""
    troubles: list[str] = []
    own = (f"{server}/", f"{server.replace('http', 'ws', 1)}/", "data:", "blob:")

    def asked(request: Any) -> None:
        if not request.url.startswith(own):
            troubles.append(f"request to {request.url}")

    def said(message: Any) -> None:
        if message.type == "error":
            troubles.append(f"console: {message.text}")

    page.on("request", asked)
    page.on("websocket", asked)
    page.on("console", said)
    page.on("pageerror", lambda error: troubles.append(f"page error: {error}"))
    return troubles
