"""Run the first cells of notebooks by a Python that lacks ``course_lib``, as Colab does.

    python first_cells.py INSTALL SOURCE NOTEBOOK…

``%pip install -q INSTALL`` is to stand in each first cell; it is run as ``%pip install -q SOURCE``. Before each
notebook what was installed is taken away again, so that one process, which loads torch once, can do for all.
"""

import importlib
import importlib.util
import json
import re
import shutil
import sys
import sysconfig
from pathlib import Path

from IPython.core.interactiveshell import InteractiveShell

PACKAGES = Path(sysconfig.get_path("purelib"))


def main(install: str, source: str, notebooks: list[str]) -> None:
    """Run them all; what went wrong is printed, and ends in exit code 1."""
    shell = InteractiveShell.instance()
    failed = []
    for notebook in notebooks:
        forget()
        print(f"== {Path(notebook).name}", flush=True)
        shell.reset()
        for cell in first_cells(Path(notebook)):
            result = shell.run_cell(cell.replace(f"%pip install -q {install}\n", f"%pip install -q {source}\n"))
            if not result.success:
                break
        loaded = getattr(sys.modules.get("course_lib"), "__file__", None)
        if not result.success or not Path(loaded or "").is_relative_to(PACKAGES):
            failed.append(f"{Path(notebook).name}: course_lib is {loaded or 'not there'}")
    sys.exit("\n".join(failed) if failed else 0)


def first_cells(notebook: Path) -> list[str]:
    """The cells of code up to the first that imports ``course_lib``."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    imports = (number for number, cell in enumerate(code) if re.search("^(from|import) course_lib", cell, re.MULTILINE))
    return code[: next(imports, 0) + 1]


def forget() -> None:
    """Uninstall ``course_lib``; from here on the process knows as little of it as a fresh one."""
    for folder in PACKAGES.glob("course_lib*"):
        shutil.rmtree(folder)
    for name in [name for name in sys.modules if name.partition(".")[0] == "course_lib"]:
        del sys.modules[name]
    importlib.invalidate_caches()
    assert importlib.util.find_spec("course_lib") is None, "course_lib is there before it is installed"


if __name__ == "__main__":
    main(*sys.argv[1:3], sys.argv[3:])
