"""Which returned polygon is which area: by code first, then by shape.

1. A code that the plan has is believed, unless the polygon lies elsewhere and another area is where it lies: then the code is wrong.
2. Of several polygons with one code the one that covers most of the area has it; others on the same ground are further parts of it.
3. What is left is matched by shape: a polygon that covers two areas joins them, one that is most of an area has a wrong code, several inside one
   area divide it, and what fits nothing is new.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import csr_array

from areaplan.linework.edges import Geoms

__all__ = ["Match", "match_areas"]

_HALF = 0.5
_ELSEWHERE = 0.1


@dataclass(frozen=True)
class Match:
    """Hold which returned rows stand for which areas of the plan (rows of both).

    Parameters
    ----------
    owners
        For every returned row the areas it stands for: one, or several where it joins them; none where it is new.
    wrong_code
        Returned row -> area that it is by its shape, though its code says otherwise.
    joined
        Returned row -> areas it joins.
    divided
        Area -> returned rows that divide it.
    missing
        Areas that nothing stands for.
    new
        Returned rows that stand for no area.
    overlap
        (areas, rows) m² in common.
    """

    owners: tuple[frozenset[int], ...]
    wrong_code: dict[int, int]
    joined: dict[int, tuple[int, ...]]
    divided: dict[int, tuple[int, ...]]
    missing: tuple[int, ...]
    new: tuple[int, ...]
    overlap: csr_array = field(repr=False)


def match_areas(areas: Geoms, codes: Sequence[str], shapes: Geoms, returned: Sequence[str]) -> Match:
    """Match returned polygons with the areas of a plan.

    Parameters
    ----------
    areas, codes
        The plan's areas and their codes.
    shapes, returned
        The returned polygons, on the plan, and their plain codes (empty where they have none).
    """
    overlap = _overlap(areas, shapes)
    return _Matching(shapely.area(areas), list(codes), shapely.area(shapes), list(returned), overlap).result()


def _overlap(areas: Geoms, shapes: Geoms) -> csr_array:
    j, i = shapely.STRtree(areas).query(shapes, predicate="intersects")
    m2 = shapely.area(shapely.intersection(areas[i], shapes[j]))
    return csr_array((m2, (i, j)), shape=(len(areas), len(shapes)))


class _Matching:
    """Work the matching out; a class for the tables that every step looks at."""

    def __init__(
        self,
        area_m2: NDArray[np.float64],
        codes: list[str],
        row_m2: NDArray[np.float64],
        returned: list[str],
        overlap: csr_array,
    ) -> None:
        self.m2 = overlap.toarray()
        self.overlap, self.area_m2, self.row_m2, self.returned = overlap, area_m2, row_m2, returned
        self.place = {c: i for i, c in enumerate(codes)}
        self.owner: dict[int, set[int]] = {}
        self.wrong: dict[int, int] = {}
        self.joined: dict[int, tuple[int, ...]] = {}
        self.divided: dict[int, tuple[int, ...]] = {}

    def result(self) -> Match:
        self._by_code()
        self._join()
        self._by_shape()
        self._divide()
        taken = set().union(*self.owner.values(), set())
        missing = tuple(i for i in range(len(self.area_m2)) if i not in taken)
        new = tuple(j for j in range(len(self.row_m2)) if j not in self.owner)
        owners = tuple(frozenset(self.owner.get(j, ())) for j in range(len(self.row_m2)))
        return Match(owners, self.wrong, self.joined, self.divided, missing, new, self.overlap)

    def _share_of_area(self, i: int, j: int) -> float:
        return float(self.m2[i, j] / max(self.area_m2[i], 1e-9))

    def _share_of_row(self, i: int, j: int) -> float:
        return float(self.m2[i, j] / max(self.row_m2[j], 1e-9))

    def _alike(self, i: int, j: int) -> float:
        """Return the common ground over the ground of both."""
        common = self.m2[i, j]
        return float(common / max(self.area_m2[i] + self.row_m2[j] - common, 1e-9))

    def _by_code(self) -> None:
        rows: dict[int, list[int]] = {}
        for j, code in enumerate(self.returned):
            if code in self.place:
                rows.setdefault(self.place[code], []).append(j)
        for i, several in rows.items():
            several.sort(key=lambda j: -self.m2[i, j])
            for rank, j in enumerate(several):
                elsewhere = self._alike(i, j) < _ELSEWHERE and self._best_area(j) not in (None, i)
                if elsewhere and (self._alike(self._best_area(j) or 0, j) > _HALF or self.m2[i, j] == 0):
                    continue
                if rank == 0 or self._best_area(j) == i:
                    self.owner[j] = {i}

    def _best_area(self, j: int) -> int | None:
        column = self.m2[:, j]
        return int(column.argmax()) if column.any() else None

    def _join(self) -> None:
        """Let polygons that cover areas nobody stands for have them: areas joined, under an old code or a new one."""
        free = set(range(len(self.area_m2))) - set().union(*self.owner.values(), set())
        for j in range(len(self.row_m2)):
            covered = [i for i in sorted(free) if self._share_of_area(i, j) > _HALF]
            own = self.owner.get(j, set())
            if len(covered) + len(own) < 2 or not covered:
                continue
            self.owner[j] = own | set(covered)
            self.joined[j] = tuple(sorted(self.owner[j]))
            free -= set(covered)

    def _by_shape(self) -> None:
        """Give polygons without a code of the plan the area they are most of, or the most of."""
        free = set(range(len(self.area_m2))) - set().union(*self.owner.values(), set())
        pairs = [
            (self._alike(i, j), -j, i) for j in range(len(self.row_m2)) if j not in self.owner for i in sorted(free)
            if self.m2[i, j] > 0 and self._share_of_area(i, j) > _HALF and self._share_of_row(i, j) > _HALF
        ]  # fmt: skip
        for _, j, i in sorted(pairs, reverse=True):
            rest = [
                k
                for k in range(len(self.row_m2))
                if k not in self.owner and k != -j and self._share_of_row(i, k) > _HALF
            ]
            if i in free and -j not in self.owner and not rest:
                self.owner[-j] = {i}
                self.wrong[-j] = i
                free.discard(i)

    def _divide(self) -> None:
        """Group what lies inside one area: it was divided."""
        parts: dict[int, list[int]] = {}
        for j in range(len(self.row_m2)):
            best = self._best_area(j)
            if j not in self.owner and best is not None and self._share_of_row(best, j) > _HALF:
                parts.setdefault(best, []).append(j)
        for i, rows in parts.items():
            whole = [j for j, own in self.owner.items() if own == {i}]
            if len(rows) + len(whole) < 2:
                continue
            for j in rows:
                self.owner[j] = {i}
            self.divided[i] = tuple(sorted([*rows, *whole]))
