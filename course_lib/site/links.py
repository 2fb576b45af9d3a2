"""Looks over a finished site: does every link lead somewhere, and does no page load anything from elsewhere?"""

from collections import Counter
from collections.abc import Sequence
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

# which attribute of a tag loads a file as the page is shown; <a href> waits for a click
LOADS = {
    "audio": "src",
    "embed": "src",
    "iframe": "src",
    "img": "src",
    "link": "href",
    "object": "data",
    "script": "src",
    "source": "src",
    "video": "src",
}


class _Page(HTMLParser):
    """The ids and addresses of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.loads: list[str] = []
        self.links: list[str] = []
        self.without_words = 0
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if "id" in found:
            self.ids.append(found["id"])
        if found.get(LOADS.get(tag, "")):
            self.loads.append(found[LOADS[tag]])
        if tag == "a" and "href" in found:
            self.links.append(found["href"])
        if tag == "img" and not found.get("alt"):
            self.without_words += 1


def troubles(folder: Path, outside: Sequence[str]) -> list[str]:
    """A sentence for each thing that is wrong with the pages of a folder; none where all is well.

    Args:
        folder: The site.
        outside: How the addresses begin that a link may lead to on other servers.
    """
    folder = folder.resolve()
    pages = {path: _Page(path.read_text(encoding="utf-8")) for path in sorted(folder.rglob("*.html"))}
    found = []
    for path, page in pages.items():
        twice = [each for each, count in Counter(page.ids).items() if count > 1]
        wrong = [f"the id {each!r} stands there twice" for each in twice]
        if page.without_words:
            wrong.append(f"{page.without_words} picture{'s' * (page.without_words != 1)} without an alt text")
        for address in page.loads:
            if _elsewhere(address) and not address.startswith("data:"):
                wrong.append(f"loads from another server: {address}")
        for address in page.links:
            if _elsewhere(address) and not address.startswith(tuple(outside)):
                wrong.append(f"a link leads to another server: {address}")
        inside = [address for address in (*page.loads, *page.links) if not _elsewhere(address)]
        wrong += filter(None, (_dead(address, path, pages) for address in inside))
        found += [f"{path.relative_to(folder).as_posix()}: {each}" for each in wrong]
    return found


def _elsewhere(address: str) -> bool:
    parts = urlsplit(address)
    return bool(parts.scheme or parts.netloc)


def _dead(address: str, path: Path, pages: dict[Path, _Page]) -> str:
    """What is wrong with an address within the site that stands on the page ``path``; '' if nothing is."""
    parts = urlsplit(address)
    if parts.path.startswith("/"):
        return f"{address} begins at the server's root, where the site need not lie"
    target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
    if not target.is_file():
        return f"{address} leads to no file"
    if parts.fragment and target in pages and unquote(parts.fragment) not in pages[target].ids:
        return f"{address} leads to no id of {target.name}"
    return ""
