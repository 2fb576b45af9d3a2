"""A small plot of characters, for a terminal."""

import numpy as np

BLOCKS = " ▁▂▃▄▅▆▇█"


def text_plot(values: np.ndarray, width: int = 60, height: int = 8) -> str:
    """Draw values (n,) of 0 or more as columns of blocks, from 0 to the highest, with the scale on the left.

    A column shows the mean of its part of the values.
    """
    width = min(width, len(values))
    columns = np.array([part.mean() for part in np.array_split(np.asarray(values, dtype=np.float64), width)])
    highest = float(np.max(values))
    eighths = np.round(columns / (highest or 1.0) * height * 8).astype(int)
    lines = []
    for row in reversed(range(height)):
        scale = f"{highest:.3g}" if row == height - 1 else "0" if row == 0 else ""
        cells = "".join(BLOCKS[min(max(eighth - 8 * row, 0), 8)] for eighth in eighths)
        lines.append(f"{scale:>9} │{cells.rstrip()}")
    return "\n".join(lines)
