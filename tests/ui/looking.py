"""How the browser tests look at a page: Playwright's ``expect``, an element's pixels, a slider by its name."""

import time
from collections.abc import Callable
from hashlib import sha256
from typing import Any

PATIENCE_S = 120


def expect(locator: Any) -> Any:
    """Playwright's, imported once it is known to be there."""
    from playwright.sync_api import expect

    return expect(locator)


def pixels(element: Any) -> str:
    """A digest of an element as it looks on the screen; one that is made anew meanwhile is looked at again."""
    from playwright.sync_api import Error

    taken: list[bytes] = []

    def photograph() -> bool:
        try:
            taken.append(element.screenshot())
        except Error as error:
            if "not attached" not in str(error):
                raise
        return bool(taken)

    wait_until(photograph, "an element stays long enough to be photographed")
    return sha256(taken[0]).hexdigest()


def wait_until(holds: Callable[[], bool], what: str) -> None:
    """Look again and again; for what the browser does not announce."""
    ends_at = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < ends_at, f"this never happened: {what}"


def slider(form: Any, label: str) -> Any:
    """The handle of a slider, found by its name."""
    return form.locator(".widget-hslider", has=form.page.get_by_text(label, exact=True)).locator(".noUi-handle")
