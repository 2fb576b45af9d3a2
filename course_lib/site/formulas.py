"""Formulas as pictures that scale with the text and take its colour: LaTeX → SVG, set by matplotlib's mathtext.

A page that waits for no script can show a formula as MathML or as a picture; what sets LaTeX as MathML would be one
more package, and matplotlib is there.
"""

import html
import re

from matplotlib.font_manager import FontProperties
from matplotlib.path import Path
from matplotlib.textpath import TextPath

from .lessons import SiteError

SIZE = 10.0  # of the drawing, in its own units
EM = 1.14  # the size on the page: the letters of formulas are smaller than those of text
FONT = FontProperties(math_fontfamily="stix")
# names that LaTeX knows and mathtext does not
SYNONYMS = {"dots": "ldots", "ge": "geq", "le": "leq", "ne": "neq", "tfrac": "frac", "to": "rightarrow"}
LARGE = {"frac": "dfrac", "tfrac": "frac"}  # on a line of its own
FIRST_CJK = "\u2e80"  # from here on the math font has dummies only; mathtext says so in its log alone
COMMANDS = {Path.MOVETO: "M", Path.LINETO: "L", Path.CURVE3: "Q", Path.CURVE4: "C"}


def formula_svg(latex: str, *, display: bool = False) -> str:
    """A formula as an ``<svg>``; for those who cannot see it, its LaTeX.

    Args:
        latex: Without the dollar signs.
        display: Whether it stands on a line of its own.

    Raises:
        SiteError: mathtext cannot set it.
    """
    if missing := "".join(char for char in latex if char >= FIRST_CJK):
        raise SiteError(f"the formula ${latex.strip()}$ cannot be set: its font lacks {missing}; write it in the text")
    names = SYNONYMS | (LARGE if display else {})
    known = re.sub(r"\\([a-zA-Z]+)", lambda found: "\\" + names.get(found[1], found[1]), " ".join(latex.split()))
    try:
        path = TextPath((0, 0), f"${known}$", size=SIZE, prop=FONT)
    except ValueError as error:
        reason = str(error).strip().splitlines()[-1]
        raise SiteError(f"the formula ${latex.strip()}$ cannot be set: {reason}") from error
    box = path.get_extents()
    scale = EM / SIZE
    style = f"width:{scale * box.width:.3f}em;vertical-align:{scale * min(box.y0, 0):.3f}em"
    return (
        f'<svg class="formula{" display" if display else ""}" role="img" aria-label="{html.escape(latex.strip())}" '
        f'viewBox="{box.x0:.2f} {-box.y1:.2f} {box.width:.2f} {box.height:.2f}" style="{style}">'
        f'<path d="{_outline(path)}"/></svg>'
    )


def _outline(path: Path) -> str:
    """A path in SVG's language, whose y axis points down."""
    words = []
    for points, code in path.iter_segments(curves=True, simplify=False):
        if code == Path.CLOSEPOLY:
            words.append("Z")
        else:
            numbers = (f"{value:.2f}" for x, y in points.reshape(-1, 2) for value in (x, -y))
            words.append(COMMANDS[code] + " ".join(numbers))
    return "".join(words)
