"""Tables on pages: the index of sheets below a map, and the contents of an atlas."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from areaplan.maps.sheets.ink import Ink
from areaplan.maps.sheets.measures import MM
from areaplan.maps.sheets.pages import Page
from areaplan.maps.sheets.rim import fitting

__all__ = ["Column", "Table"]

_ROW_MM, _SIZE = 6.0, 7.5


@dataclass(frozen=True)
class Column:
    """Hold the head of a column, its share of the width, and whether its values stand at the right."""

    head: str
    share: float
    right: bool = False


@dataclass(frozen=True)
class Table:
    """Hold a table that is set on as many pages as it needs.

    Parameters
    ----------
    page
        The paper.
    heading
        What stands above it.
    columns
        The columns; their shares add up to 1.
    """

    page: Page
    heading: str
    columns: Sequence[Column]

    @property
    def rows_per_page(self) -> int:
        """How many rows stand on a page."""
        return max(1, int((self.top - self.page.signs[3] - 3 * MM) / self._step) - 1)

    def pages(self, rows: int) -> int:
        """Return how many pages ``rows`` take: one at least."""
        return max(1, math.ceil(rows / self.rows_per_page))

    @property
    def top(self) -> float:
        """Where the table begins, below its heading."""
        return self.page.title[1] - 16 * self.page.unit

    @property
    def _step(self) -> float:
        return _ROW_MM * MM * self.page.unit

    def slot(self, row: int) -> tuple[float, float, float, float]:
        """Return the box of row 0, 1 … of a page."""
        high = self.top - (row + 1) * self._step
        return self.page.frame[0], high - self._step, self.page.frame[2], high

    def draw(self, ink: Ink, rows: Sequence[Sequence[str]], *, bold_last: bool = False) -> None:
        """Draw one page of rows."""
        left, _, right, _ = self.page.frame
        unit = self.page.unit
        ink.text(left + 3 * MM, self.top + 4 * unit, self.heading, 9 * unit, bold=True)
        ink.line(left, self.top, right, self.top, 0.8)
        self._row(ink, [c.head for c in self.columns], self.top - self._step, bold=True)
        ink.line(left, self.top - self._step, right, self.top - self._step, 0.8)
        for i, row in enumerate(rows):
            low = self.slot(i)[1]
            self._row(ink, row, low, bold=bold_last and i == len(rows) - 1)
            ink.line(left, low, right, low, 0.3, gray=0.6)

    def _row(self, ink: Ink, texts: Sequence[str], low: float, *, bold: bool) -> None:
        left, _, right, _ = self.page.frame
        unit, x = self.page.unit, left
        for column, text in zip(self.columns, texts, strict=True):
            wide = column.share * (right - left)
            size = fitting(ink, text, _SIZE * unit, wide - 4 * MM)
            at = x + wide - 2 * MM if column.right else x + 2 * MM
            ink.text(at, low + self._step * 0.32, text, size, anchor=float(column.right), bold=bold)
            x += wide
