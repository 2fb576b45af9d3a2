"""Formulas as pictures: their size, their place on the line, and what cannot be set."""

import re
import xml.etree.ElementTree as ET

import pytest

from course_lib.site.formulas import formula_svg
from course_lib.site.lessons import SiteError


def sizes(svg: str) -> tuple[float, float, float]:
    """Width and height of the box, and how far it reaches below the line, in em."""
    tree = ET.fromstring(svg)
    _, _, width, height = map(float, tree.get("viewBox").split())
    em, below = map(float, re.findall(r"(-?[\d.]+)em", tree.get("style")))
    return em, em * height / width, below


def test_a_formula_is_well_formed_and_says_its_latex() -> None:
    tree = ET.fromstring(formula_svg(r"a < b \to \eta_0 "))
    assert tree.get("role") == "img" and tree.get("aria-label") == r"a < b \to \eta_0"
    assert re.fullmatch(r"[MLQCZ0-9. -]+", tree[0].get("d"))


def test_letters_stand_on_the_line_and_what_hangs_goes_below() -> None:
    _, height, below = sizes(formula_svg("x"))
    assert 0.4 < height < 0.7 and -0.05 < below <= 0
    assert sizes(formula_svg("y"))[2] < -0.15
    assert sizes(formula_svg("xx"))[0] == pytest.approx(2 * sizes(formula_svg("x"))[0], rel=0.15)


def test_on_a_line_of_its_own_a_fraction_is_larger() -> None:
    fraction = r"\frac{a}{b}"
    small = sizes(formula_svg(fraction))[1]
    assert sizes(formula_svg(fraction, display=True))[1] > 1.2 * small
    assert sizes(formula_svg(r"\tfrac{a}{b}", display=True))[1] == pytest.approx(small)


@pytest.mark.parametrize(("name", "known"), [("ge", "geq"), ("ne", "neq"), ("to", "rightarrow")])
def test_short_names_of_latex(name: str, known: str) -> None:
    drawn = [ET.fromstring(formula_svg(f"a \\{each} b"))[0].get("d") for each in (name, known)]
    assert drawn[0] == drawn[1]


def test_what_cannot_be_set() -> None:
    with pytest.raises(SiteError, match=r"the formula \$\\frac\{a\$ cannot be set: "):
        formula_svg(r"\frac{a")


def test_characters_that_the_math_font_lacks() -> None:
    with pytest.raises(SiteError, match=r"its font lacks 召回率; write it in the text"):
        formula_svg(r"\text{recall 召回率} = 1")
