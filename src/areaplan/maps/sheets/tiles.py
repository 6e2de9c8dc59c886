"""A large page in pieces of A4, for offices whose printer knows no other paper.

The page is drawn once, and what its frame holds is shown through a window on each piece; neighbouring pieces share a strip to glue, and crosses at the corners of the window say where
to cut.
"""

from __future__ import annotations

import math
from typing import Any, Final

from areaplan.maps.sheets.measures import MM, Box

__all__ = ["OVERLAP_MM", "tile_grid", "write_tiles"]

_WIDE, _HIGH = 210 * MM, 297 * MM
_EDGE: Final = 8 * MM  # printers leave the rim of a sheet white
OVERLAP_MM: Final = 10.0
"""What two neighbouring pieces share."""


def tile_grid(box: Box) -> tuple[list[Box], bool]:
    """Return the windows on a box of a page, row by row from the top, and whether the pieces lie.

    Examples
    --------
    >>> windows, lying = tile_grid((0, 0, 544 * MM, 390 * MM))
    >>> len(windows), lying
    (6, True)
    """
    left, bottom, right, top = box
    choices = []
    for lying in (False, True):
        wide, high = (_HIGH, _WIDE) if lying else (_WIDE, _HIGH)
        wide, high = wide - 2 * _EDGE, high - 2 * _EDGE
        step_x, step_y = wide - OVERLAP_MM * MM, high - OVERLAP_MM * MM
        columns = max(1, math.ceil((right - left - OVERLAP_MM * MM) / step_x - 1e-9))
        rows = max(1, math.ceil((top - bottom - OVERLAP_MM * MM) / step_y - 1e-9))
        windows = [
            (left + c * step_x, top - r * step_y - high, left + c * step_x + wide, top - r * step_y)
            for r in range(rows)
            for c in range(columns)
        ]
        choices.append((len(windows), lying, windows))
    best = min(choices, key=lambda c: (c[0], c[1]))
    return best[2], best[1]


def write_tiles(canvas: Any, form: str, box: Box, font: str) -> int:
    """Show what is in ``box`` of the form named ``form`` piece by piece, a page each; return how many pages that took."""
    windows, lying = tile_grid(box)
    paper = (_HIGH, _WIDE) if lying else (_WIDE, _HIGH)
    columns = sum(abs(w[3] - windows[0][3]) < 1 for w in windows)
    for i, window in enumerate(windows):
        canvas.setPageSize(paper)
        wide, high = window[2] - window[0], window[3] - window[1]
        canvas.saveState()
        canvas.addLiteral(f"{_EDGE:.2f} {_EDGE:.2f} {wide:.2f} {high:.2f} re W n")
        canvas.addLiteral(f"1 0 0 1 {_EDGE - window[0]:.2f} {_EDGE - window[1]:.2f} cm")
        canvas.doForm(form)
        canvas.restoreState()
        _crosses(canvas, wide, high)
        canvas.setFont(font, 7)
        canvas.drawString(
            _EDGE + 4 * MM, 3 * MM, f"{i // columns + 1}-{i % columns + 1} / {len(windows) // columns}x{columns}"
        )
        canvas.showPage()
    return len(windows)


def _crosses(canvas: Any, wide: float, high: float) -> None:
    arm = 3 * MM
    marks = [
        f"{x - arm:.2f} {y:.2f} m {x + arm:.2f} {y:.2f} l {x:.2f} {y - arm:.2f} m {x:.2f} {y + arm:.2f} l"
        for x in (_EDGE, _EDGE + wide)
        for y in (_EDGE, _EDGE + high)
    ]
    canvas.addLiteral(f"q 0.3 w 0.4 G {' '.join(marks)} S Q")
