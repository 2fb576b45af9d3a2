"""The look over a finished site finds what is broken, and only that."""

from pathlib import Path

import pytest

from course_lib.site.links import troubles

OUTSIDE = ("https://repo.org/",)


def site(folder: Path, body: str) -> Path:
    (folder / "deep").mkdir()
    (folder / "a.png").touch()
    (folder / "b.html").write_text('<p id="there">B</p>', encoding="utf-8")
    (folder / "deep" / "c.html").write_text('<a href="../b.html#there">up</a>', encoding="utf-8")
    (folder / "index.html").write_text(body, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    "body",
    [
        '<a href="b.html">b</a><a href="b.html#there">b</a><a href="deep/c.html">c</a><a href="#x" id="x">x</a>',
        '<img src="a.png" alt="a"><img src="data:image/png;base64,AA" alt="a"><a href="a.png">a</a>',
        '<a href="https://repo.org/x">x</a><a id="y">y</a><pre>&lt;img src="http://x"&gt;</pre>',
    ],
)
def test_nothing_is_wrong(tmp_path: Path, body: str) -> None:
    assert troubles(site(tmp_path, body), OUTSIDE) == []


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ('<a href="gone.html">x</a>', "index.html: gone.html leads to no file"),
        ('<a href="deep">x</a>', "index.html: deep leads to no file"),
        ('<a href="b.html#no">x</a>', "index.html: b.html#no leads to no id of b.html"),
        ('<a href="#no">x</a>', "index.html: #no leads to no id of index.html"),
        ('<a href="/b.html">x</a>', "index.html: /b.html begins at the server's root, where the site need not lie"),
        ('<img src="gone.png" alt="x">', "index.html: gone.png leads to no file"),
        ('<img src="a.png">', "index.html: 1 picture without an alt text"),
        ('<p id="a"><p id="a">', "index.html: the id 'a' stands there twice"),
        ('<a href="https://else.org">x</a>', "index.html: a link leads to another server: https://else.org"),
        (
            '<script src="https://repo.org/x.js"></script>',
            "index.html: loads from another server: https://repo.org/x.js",
        ),
        ('<link href="//cdn.org/x.css">', "index.html: loads from another server: //cdn.org/x.css"),
    ],
)
def test_what_is_wrong(tmp_path: Path, body: str, wrong: str) -> None:
    assert troubles(site(tmp_path, body), OUTSIDE) == [wrong]
