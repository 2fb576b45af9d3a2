"""The whole site into a folder: all of it, or nothing."""

import json
import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from course_lib.config.errors import ConfigError

from .lessons import Lesson, SiteError, read_notebook
from .links import troubles
from .pages import card_picture, gallery_page, lesson_page
from .running import run_lessons

MARK = "site.json"  # says that a folder was made here, and may be made anew
MADE_BY = "course site"
COLAB = "https://colab.research.google.com/"


def build_site(
    chosen: Sequence[Lesson],
    out: Path,
    *,
    repository: str,
    written: Sequence[Lesson] | None = None,
    full: bool = False,
    jobs: int = 2,
    say: Callable[[str], None] = print,
) -> None:
    """Execute lessons and write their pages, a gallery and its pictures.

    Args:
        chosen: The lessons.
        out: The site's folder; one that was made here before is replaced.
        repository: The address of the source tree.
        written: The lessons that the gallery names; default: the chosen ones.
        full: At full length rather than in the short form of the tests.
        jobs: How many lessons run at a time.
        say: Told of each lesson that is done.

    Raises:
        ConfigError: ``out`` holds something else, or a page could not be made however the lesson runs (a link that
            leads nowhere, a formula that cannot be set); nothing was run.
        SiteError: a lesson failed, or a link on a page leads nowhere; ``out`` is as it was.
    """
    check_folder(out)
    try:
        _pages_before(chosen, repository)
    except SiteError as error:
        raise ConfigError(str(error)) from error
    out.parent.mkdir(parents=True, exist_ok=True)
    # beside it, so that a rename is enough
    with tempfile.TemporaryDirectory(prefix=f".{out.name}-", dir=out.resolve().parent) as made:
        site = Path(made) / "site"
        (site / "pictures").mkdir(parents=True)
        with tempfile.TemporaryDirectory(prefix="course-site-") as scratch:
            notebooks = [lesson.notebook for lesson in chosen if lesson.notebook]
            executed = run_lessons(
                notebooks,
                Path(scratch),
                full=full,
                jobs=jobs,
                done=lambda notebook, seconds: say(f"{notebook.name:<28} {seconds:6.1f} s"),
            )
        rendered = [lesson_page(each, executed[each.notebook], chosen, repository) for each in chosen if each.notebook]
        for page in rendered:
            (site / page.lesson.page).write_text(page.html, encoding="utf-8")
            if page.picture:
                (site / "pictures" / f"{page.lesson.number}.png").write_bytes(card_picture(page.picture))
        gallery = gallery_page(rendered, chosen if written is None else written, repository)
        (site / "index.html").write_text(gallery, encoding="utf-8")
        (site / ".nojekyll").touch()  # GitHub then takes the folder as it is
        mark = {"made_by": MADE_BY, "form": "full" if full else "fast", "lessons": [each.number for each in chosen]}
        (site / MARK).write_text(json.dumps(mark) + "\n", encoding="utf-8")
        if found := troubles(site, (repository, COLAB)):
            raise SiteError("\n  ".join(["the pages have links that do not work:", *found]))
        _replace(out, site)


def check_folder(out: Path) -> None:
    """Whether a site may be written there.

    Raises:
        ConfigError: there is a file, or a folder with something else in it.
    """
    if out.is_file():
        raise ConfigError(f"{out} is a file; --out takes the name of a folder")
    if not out.is_dir() or not any(out.iterdir()):
        return
    try:
        ours = json.loads((out / MARK).read_text(encoding="utf-8")).get("made_by") == MADE_BY
    except (OSError, ValueError, AttributeError):
        ours = False
    if not ours:
        raise ConfigError(f"{out} holds files that {MADE_BY} did not make, and is left alone; name another folder")


def _pages_before(lessons: Sequence[Lesson], repository: str) -> None:
    """Make each page once without running anything, to find what is wrong in a second rather than in minutes."""
    for lesson in lessons:
        if lesson.notebook:
            lesson_page(lesson, read_notebook(lesson.notebook), lessons, repository)


def _replace(out: Path, site: Path) -> None:
    """The new folder in place of the old one, which goes only when the new one is whole."""
    old = site.with_name("old")
    if out.exists():
        out.rename(old)
    try:
        site.rename(out)
    except OSError:
        if old.exists():
            old.rename(out)
        raise
    shutil.rmtree(old, ignore_errors=True)
