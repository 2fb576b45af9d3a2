"""The pages of ``course site`` in a browser, opened from the disk: no kernel, no server, no network."""

from pathlib import Path
from typing import Any

import pytest

LESSON = """{"cells": [
 {"cell_type": "markdown", "id": "a", "metadata": {}, "source": "# NUMBER · Lines 线: a test\\n\\nOf $w_1$, where"},
 {"cell_type": "code", "id": "b", "metadata": {}, "outputs": [], "execution_count": null, "source": "CODE"},
 {"cell_type": "markdown", "id": "c", "metadata": {}, "source": "## 1 · More 更多\\n\\nEnd."}
], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}"""
PREDICT = "from course_lib.widgets import PredictReveal\\nPredictReveal('Which?', 'a', ['a', 'b'], explain='So.')"
FIGURE = "from course_lib.viz.style import new_figure\\nnew_figure(900, 300)"


@pytest.fixture(scope="module")
def gallery(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The gallery of two lessons."""
    from course_lib.site import build_site, find_lessons

    tree = tmp_path_factory.mktemp("tree")
    (tree / "notebooks").mkdir()
    for number, code in (("02", PREDICT), ("03", FIGURE)):
        text = LESSON.replace("NUMBER", number).replace("CODE", code)
        (tree / "notebooks" / f"{number}_a.ipynb").write_text(text, encoding="utf-8")
    build_site(find_lessons(tree / "notebooks"), tree / "site", repository="https://example.org")
    return tree / "site" / "index.html"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_the_pages_are_read_without_anything_else(browser: Any, gallery: Path, width: int, scheme: str) -> None:
    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    troubles: list[str] = []
    page.on("console", lambda message: troubles.append(message.text))
    page.on("pageerror", lambda error: troubles.append(str(error)))
    # ERR_ABORTED: the page was left while a picture was still on its way
    page.on("requestfailed", lambda request: "ABORTED" in request.failure or troubles.append(f"failed: {request.url}"))
    page.on("request", lambda request: request.url.startswith(("file:", "data:")) or troubles.append(request.url))

    def fits() -> bool:
        """No page is wider than the window, and every picture is there."""
        return bool(
            page.evaluate(
                "() => document.documentElement.scrollWidth <= innerWidth"
                " && [...document.images].every(image => image.complete && image.naturalWidth > 0)"
            )
        )

    try:
        page.goto(gallery.as_uri())
        for picture in page.locator("img").all():  # they load as they come into view
            picture.scroll_into_view_if_needed()
        page.wait_for_function("() => [...document.images].every(image => image.complete)")
        assert fits()
        dark = page.evaluate("() => getComputedStyle(document.body).backgroundColor") != "rgb(255, 255, 255)"
        assert dark == (scheme == "dark")

        # the whole card is a link, and the keyboard reaches it
        page.locator(".card:has(a) .words").first.click()
        assert page.url.endswith("/02_a.html") and fits()
        page.go_back()
        page.keyboard.press("Tab")
        assert page.evaluate("() => document.activeElement.className") == "skip"

        page.goto(page.url.replace("index.html", "02_a.html"))
        answer = page.get_by_text("So.", exact=True)
        assert not answer.is_visible()
        page.get_by_text("I have made my guess").click()
        assert answer.is_visible()

        page.locator("a[rel=next]").first.click()
        assert page.url.endswith("/03_a.html") and page.locator("article img").is_visible() and fits()
        page.get_by_text("All lessons").click()
        assert page.url.endswith("/index.html")
        assert troubles == []
    finally:
        page.close()
