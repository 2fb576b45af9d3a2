"""The table of the classifiers in ``docs/parity.md``, on standard output. ``course parity`` starts this file.

Usage: ``python -m tests.parity.models [PART …]``; exit code 1 where a row fails.
"""

import fnmatch
import sys
import time
from collections.abc import Sequence
from importlib.metadata import version

from .families import FAMILIES
from .measure import MOST, Measured, measure

INTRO = """Every classifier of the kit that others have, too, with the same random weights on the same random pictures.

- *published*: torchvision's numbers are in the meta data of its weights; timm publishes millions, so its models are
  counted. ShuffleNetV1's is pytorchcv's, and no library here builds it: a unit of it is written out anew in
  `tests/models/backbones/test_shufflenet_v1.py`. timm has no RepVGG with two groups (g2): they are built of its blocks.
- *difference*: of the logits in evaluation, the largest over the largest of a picture's, of three pictures; below 1e-4.
  0 says that the same operations follow one another.
- *gradients*: how many tensors of parameters get one from a step of training that is finite and not all zero.
- *deploy form*: the same difference between RepVGG's two forms, in float64.
"""
HEAD = """| model | parameters | published | equal | compared with | difference | gradients | deploy form |
|---|---:|---:|---|---|---:|---:|---:|"""


def main(patterns: Sequence[str]) -> int:
    """Measure what fits one of the patterns, or everything; 1 where something is not as it should be."""
    failed, count = [], 0
    if not patterns:
        versions = ", ".join(f"{library} {version(library)}" for library in ("torch", "torchvision", "timm"))
        print(f"{INTRO}\nMeasured with {versions}.\n")
    for family, references in FAMILIES.items():
        wanted = [r for r in references if not patterns or any(fnmatch.fnmatch(r.part, f"*{p}*") for p in patterns)]
        lines = []
        for reference in wanted:
            start = time.monotonic()
            found = measure(reference)
            lines.append(line(found))
            count += 1
            if not found.passed:
                failed.append(reference.part)
            mark = "ok" if found.passed else "FAILED"
            print(f"{reference.part:<42}{mark:<8}{time.monotonic() - start:6.1f} s", file=sys.stderr, flush=True)
        if lines:
            print(f"### {family}\n\n{HEAD}\n" + "\n".join(lines) + "\n", flush=True)
    print(f"{count - len(failed)} of {count} rows are as they should be." + "".join(f" FAILED: {f}." for f in failed))
    return 1 if failed else 0


def line(found: Measured) -> str:
    """A row of the table."""
    reference = found.reference
    cells = [
        f"`{reference.part}`",
        f"{found.parameters:,}",
        f"{found.published:,} ({reference.source})",
        "yes" if found.parameters == found.published else "**no**",
        reference.name or "none: counted by hand",
        number(found.difference),
        f"{found.gradients} of {found.tensors}"
        if found.gradients == found.tensors
        else f"**{found.gradients} of {found.tensors}**",
        number(found.deploy),
    ]
    return f"| {' | '.join(cells)} |"


def number(difference: float | None) -> str:
    """A relative difference; too large a one stands out."""
    if difference is None:
        return "–"
    return f"{difference:.1e}" if difference < MOST else f"**{difference:.1e}**"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
