"""Runs lessons from top to bottom, each in a kernel of its own, several at a time; nothing of the user's is touched."""

import asyncio
import os
import re
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from jupyter_client.kernelspec import KernelSpecManager
from nbclient import NotebookClient
from nbclient.exceptions import CellControlSignal, CellExecutionError, DeadKernelError
from nbformat import NotebookNode

from .lessons import SiteError, read_notebook

CELL_TIMEOUT_S = 600
COLOUR = re.compile(r"\x1b\[[0-9;]*m")

Done = Callable[[Path, float], None]


def run_lessons(
    notebooks: Sequence[Path], folder: Path, *, full: bool = False, jobs: int = 2, done: Done = lambda *_: None
) -> dict[Path, NotebookNode]:
    """The executed notebooks; the files stay as they are.

    Args:
        notebooks: The lessons.
        folder: An empty one, for what the lessons write.
        full: As learners run them; otherwise in the short form of the tests, ``COURSE_FAST=1``.
        jobs: How many run at a time, one thread each.
        done: Called with each notebook that is done, and its seconds.

    Raises:
        SiteError: a cell raised or took too long; it says which. The other lessons are stopped.
    """
    running: list[tuple[asyncio.AbstractEventLoop, asyncio.Task[Any]]] = []

    async def run_all() -> dict[Path, NotebookNode]:
        running.append((asyncio.get_running_loop(), asyncio.current_task()))  # type: ignore[arg-type]
        gate = asyncio.Semaphore(jobs)
        async with asyncio.TaskGroup() as group:
            tasks = {path: group.create_task(_run(path, folder, full, gate, done)) for path in notebooks}
        return {path: task.result() for path, task in tasks.items()}

    # in a thread, where nbclient cannot take Ctrl-C for itself: it would end one kernel and go on with the others
    with ThreadPoolExecutor(1) as pool:
        try:
            return pool.submit(lambda: asyncio.run(run_all())).result()
        except BaseExceptionGroup as group:
            raise group.exceptions[0] from None
        except KeyboardInterrupt:
            for loop, task in running:
                loop.call_soon_threadsafe(task.cancel)
            raise


async def _run(notebook: Path, folder: Path, full: bool, gate: asyncio.Semaphore, done: Done) -> NotebookNode:
    async with gate:
        since = time.monotonic()
        own = folder / notebook.stem
        own.mkdir()
        nb = read_notebook(notebook)
        for cell in nb.cells:
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
        at = _Place(nb)
        client = NotebookClient(
            nb,
            kernel_name="python3",
            timeout=CELL_TIMEOUT_S * (4 if full else 1),
            resources={"metadata": {"path": str(own)}},
            store_widget_state=False,
            on_cell_start=at.now,
            extra_arguments=["--IPKernelApp.log_level=ERROR"],  # it warns of the way that we talk to it
        )
        # no kernel of another environment that is installed under the same name
        kernel: Any = client.create_kernel_manager()
        kernel.kernel_spec_manager = KernelSpecManager(kernel_dirs=[])
        try:
            await client.async_execute(env=_environment(folder, full))
        except (CellControlSignal, DeadKernelError) as error:  # the first are timeouts, too
            raise SiteError(f"{notebook.name}, {at}: {_reason(error, nb)}") from None
        finally:
            # nbclient forgets a kernel that was still starting when its lesson was stopped
            if kernel.has_kernel:
                await kernel.shutdown_kernel(now=True)
        done(notebook, time.monotonic() - since)
        return nb


class _Place:
    """The cell that runs now; ``now`` is a hook of nbclient's."""

    def __init__(self, nb: NotebookNode) -> None:
        self.nb, self.index = nb, 0

    def now(self, cell: NotebookNode, cell_index: int) -> None:
        self.index = cell_index

    def __str__(self) -> str:
        name = self.nb.cells[self.index].get("id", "")
        return f"cell {self.index + 1}" + (f" ({name})" if name else "")


def _environment(folder: Path, full: bool) -> dict[str, str]:
    own = {
        "COURSE_FAST": "0" if full else "1",
        "COURSE_HOME": str(folder / "home"),  # the learner's progress stays what it is
        "IPYTHONDIR": str(folder / "ipython"),
        "OMP_NUM_THREADS": "1",
    }
    # its own backend, as in a notebook
    return {**{name: value for name, value in os.environ.items() if name != "MPLBACKEND"}, **own}


def _reason(error: Exception, nb: NotebookNode) -> str:
    """Why a lesson ended: for an exception its name and words, and the line of the cell."""
    if not isinstance(error, CellExecutionError):
        return f"{type(error).__name__}: {str(error).strip().splitlines()[0]}"
    outputs = [output for cell in nb.cells if cell.cell_type == "code" for output in cell.outputs]
    traces = [COLOUR.sub("", "\n".join(each.traceback)) for each in outputs if each.output_type == "error"]
    line = re.search(r"^-+> +\d+ (.+)$", traces[-1], re.MULTILINE) if traces else None
    words = f"{error.ename}: {COLOUR.sub('', error.evalue)}".rstrip(": ")
    return words + (f"\n  {line[1].strip()}" if line else "")
