"""A partition problem: arrays that say what the cells are, what lies between them, and how large an area may be."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from areaplan.errors import ProblemError
from areaplan.messages import Message, msg

__all__ = ["Problem", "pinned"]

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class Problem:
    """Hold ``n`` cells, ``m`` borders between them, and the bounds of an area.

    Parameters
    ----------
    load : array of n floats, optional
        What the areas share evenly (minutes of work, say); households when it is not given.
    households : array of n ints
        Households of each cell; the bounds are on their sum.
    area_m2 : array of n floats
        Ground of each cell.
    outer_m : array of n floats
        Metres of each cell's outline that lie on the outside of the problem.
    edges : (m, 2) array of ints
        Pairs of cells with a border of positive length, each pair once, in any order.
    shared_m : array of m floats
        Length of each border.
    cost : array of m floats
        What it costs when the border becomes one of areas: length times a weight, low where people see it.
    lower, target, upper : int
        Fewest, wished and most households of an area.
    persons : array of n ints, optional
        Persons of each cell, bounded by ``max_persons``.
    max_persons : int, optional
        Most persons of an area; a second upper bound.
    x, y : arrays of n floats, optional
        Middle of the inhabited part of each cell, in metres: where its buildings are. Where given, areas whose households lie far
        apart cost more, however much empty land rounds their outline.
    spread : array of n floats, optional
        Mean squared distance of a cell's households from (x, y), in m²; 0 when it is not given.
    keep : array of n ints, optional
        Natural unit of each cell (villagers' group, estate, staircase), or -1: units are kept whole where they fit.
    barrier : array of m bools, optional
        Borders that cannot be crossed inside an area (railway, river, motorway without a way over).
    ferry : (q, 2) array of ints, optional
        Pairs of cells that count as neighbours although they share no border: how the caller joins an exclave, an island or
        an uninhabited part to the nearest cell. They have no length and no cost.

    together : (q, 2) array of ints, optional
        Pairs of cells that must be in one area. What is joined so must hang together.
    apart : (q, 2) array of ints, optional
        Pairs of cells that must not be in one area.
    locked : array of n ints, optional
        -1 where a cell is free; cells with the same other number are a finished area that stays as it is.

    Raises
    ------
    ProblemError
        Naming every fault of the arrays.

    Notes
    -----
    Arrays are copied, made read-only and of one type. Compare :func:`areaplan.partition.partition`.

    Examples
    --------
    >>> row = Problem(households=[40, 40, 40, 40], area_m2=[1, 1, 1, 1], outer_m=[3, 2, 2, 3], edges=[[0, 1], [1, 2], [2, 3]],
    ...               shared_m=[1, 1, 1], cost=[1, 1, 1], lower=60, target=80, upper=100)
    >>> row.cells, row.borders
    (4, 3)
    """

    households: Ints
    area_m2: Floats
    outer_m: Floats
    edges: Ints
    shared_m: Floats
    cost: Floats
    lower: int
    target: int
    upper: int
    load: Floats | None = None
    persons: Ints | None = None
    max_persons: int | None = None
    x: Floats | None = None
    y: Floats | None = None
    spread: Floats | None = None
    keep: Ints | None = None
    barrier: Flags | None = None
    ferry: Ints | None = None
    together: Ints | None = None
    apart: Ints | None = None
    locked: Ints | None = None

    def __post_init__(self) -> None:
        faults: list[Message] = []
        for name, kind in _KINDS.items():
            value = getattr(self, name)
            if value is not None:
                object.__setattr__(self, name, _array(name, value, kind, faults))
        if not faults:
            faults += _length_faults(self)
        if not faults:
            faults += [*_value_faults(self), *_bound_faults(self), *_edge_faults(self)]
        if not faults:
            faults += _pin_faults(self)
        if faults:
            raise ProblemError(faults)

    @property
    def cells(self) -> int:
        """Number of cells."""
        return len(self.households)

    @property
    def borders(self) -> int:
        """Number of borders between cells."""
        return len(self.edges)

    @cached_property
    def weight(self) -> Floats:
        """The load, or the households where there is none."""
        return self.households.astype(float) if self.load is None else self.load

    def __repr__(self) -> str:
        return (
            f"Problem: {self.cells} cells, {self.borders} borders, {int(self.households.sum())} households, "
            f"target {self.target} ({self.lower}–{self.upper})"
        )


_KINDS: dict[str, str] = {
    "households": "int", "area_m2": "float", "outer_m": "float", "edges": "pairs", "shared_m": "float", "cost": "float",
    "load": "float", "persons": "int", "x": "float", "y": "float", "spread": "float", "keep": "int", "barrier": "flag",
    "ferry": "pairs", "together": "pairs", "apart": "pairs", "locked": "int",
}  # fmt: skip
_FARTHEST = 1e18
"""Neither metres nor square metres come so far, and squares of what does would soon be infinite."""
_PER_BORDER = ("shared_m", "cost", "barrier")
_NOT_NEGATIVE = ("households", "area_m2", "outer_m", "shared_m", "cost", "load", "persons", "spread")


def _array(name: str, value: object, kind: str, faults: list[Message]) -> npt.NDArray[np.generic]:
    """Return ``value`` as a read-only array of its kind; what cannot be one is a fault."""
    raw = np.asarray(value)
    if kind == "pairs" and raw.size == 0:
        raw = raw.reshape(0, 2)
    shape_ok = (raw.ndim == 2 and raw.shape[1] == 2) if kind == "pairs" else raw.ndim == 1
    if not shape_ok:
        faults.append(msg("`{name}` has the shape {shape}", name=name, shape=raw.shape))
        return raw
    if raw.size and raw.dtype.kind not in "iufb":
        faults.append(msg("`{name}` does not hold numbers but {kind}", name=name, kind=raw.dtype))
        return raw
    if raw.dtype.kind == "f" and not np.isfinite(raw).all():
        faults.append(msg("`{name}` is not finite at {rows}", name=name, rows=_rows(~np.isfinite(raw))))
        return raw
    if kind in ("int", "pairs") and raw.dtype.kind == "f" and (raw != np.round(raw)).any():
        faults.append(msg("`{name}` is not whole at {rows}", name=name, rows=_rows(raw != np.round(raw))))
        return raw
    made: npt.NDArray[np.generic] = raw.astype({"float": np.float64, "flag": np.bool_}.get(kind, np.int64))
    made.flags.writeable = False
    return made


def _rows(wrong: npt.ArrayLike) -> str:
    """Return the first places where ``wrong``, for a message."""
    rows = np.unique(np.nonzero(np.asarray(wrong))[0])
    return ", ".join(map(str, rows[:5])) + (" …" if len(rows) > 5 else "")


def _length_faults(p: Problem) -> list[Message]:
    faults = []
    for field in fields(p):
        name, value = field.name, getattr(p, field.name)
        if value is None or name not in _KINDS or _KINDS[name] == "pairs":
            continue
        wanted = p.borders if name in _PER_BORDER else p.cells
        if len(value) != wanted:
            faults.append(msg("`{name}` has {found} entries, not {wanted}", name=name, found=len(value), wanted=wanted))
    if not p.cells:
        faults.append(msg("there are no cells"))
    if (p.x is None) != (p.y is None):
        faults.append(msg("`x` and `y` come together"))
    if (p.max_persons is None) != (p.persons is None):
        faults.append(msg("`persons` and `max_persons` come together"))
    return faults


def _value_faults(p: Problem) -> list[Message]:
    faults = []
    for name in _NOT_NEGATIVE:
        value = getattr(p, name)
        if value is not None and (value < 0).any():
            faults.append(msg("`{name}` is negative at {rows}", name=name, rows=_rows(value < 0)))
    for name, kind in _KINDS.items():
        value = getattr(p, name)
        if kind == "float" and value is not None and (np.abs(value) > _FARTHEST).any():
            rows = _rows(np.abs(value) > _FARTHEST)
            faults.append(msg("`{name}` is beyond anything on earth at {rows}", name=name, rows=rows))
    for name, value in (("keep", p.keep), ("locked", p.locked)):
        if value is not None and (value < -1).any():
            faults.append(msg("`{name}` is negative at {rows}", name=name, rows=_rows(value < -1)))
    return faults


def _bound_faults(p: Problem) -> list[Message]:
    faults = []
    if not (0 <= p.lower <= p.target <= p.upper and p.target > 0):
        bounds = {"lower": p.lower, "target": p.target, "upper": p.upper}
        faults.append(msg("the bounds are not 0 <= lower {lower} <= target {target} <= upper {upper}", **bounds))
    if p.max_persons is not None and p.max_persons <= 0:
        faults.append(msg("`max_persons` is {value}, not above 0", value=p.max_persons))
    return faults


def _edge_faults(p: Problem) -> list[Message]:
    faults = []
    for name in ("edges", "ferry", "together", "apart"):
        pairs = getattr(p, name)
        if pairs is None or not len(pairs):
            continue
        outside = ((pairs < 0) | (pairs >= p.cells)).any(axis=1)
        if outside.any():
            faults.append(msg("`{name}` names cells that do not exist at {rows}", name=name, rows=_rows(outside)))
        loops = pairs[:, 0] == pairs[:, 1]
        if loops.any():
            faults.append(msg("`{name}` joins a cell to itself at {rows}", name=name, rows=_rows(loops)))
        key = pairs.min(axis=1) * p.cells + pairs.max(axis=1)
        _, first = np.unique(key, return_index=True)
        again = np.ones(len(pairs), dtype=bool)
        again[first] = False
        if again.any():
            faults.append(msg("`{name}` has a pair a second time at {rows}", name=name, rows=_rows(again)))
    return faults


def _pin_faults(p: Problem) -> list[Message]:
    """Name pins that cannot be kept, whatever the division."""
    faults = []
    group = pinned(p)
    if p.together is not None and len(p.together):
        borders = p.edges if p.ferry is None else np.concatenate([p.edges, p.ferry])
        inside = borders[group[borders[:, 0]] == group[borders[:, 1]]]
        torn = _components(p.cells, inside)
        wrong = torn[p.together[:, 0]] != torn[p.together[:, 1]]
        if wrong.any():
            faults.append(
                msg("`{name}` joins cells that do not hang together at {rows}", name="together", rows=_rows(wrong))
            )
        if p.locked is not None and (p.locked[p.together] >= 0).any():
            rows = _rows((p.locked[p.together] >= 0).any(axis=1))
            faults.append(msg("`{name}` joins cells that are locked at {rows}", name="together", rows=rows))
    if p.apart is not None and len(p.apart):
        both = group[p.apart[:, 0]] == group[p.apart[:, 1]]
        if both.any():
            faults.append(msg("`{name}` parts cells that `together` joins at {rows}", name="apart", rows=_rows(both)))
    return faults


def pinned(p: Problem) -> Ints:
    """Return for each cell the number of the group of cells it is pinned to, 0 …; a free cell is a group by itself."""
    return _components(p.cells, np.zeros((0, 2), dtype=np.int64) if p.together is None else p.together)


def _components(n: int, pairs: Ints) -> Ints:
    matrix = coo_array((np.ones(len(pairs), dtype=np.int8), (pairs[:, 0], pairs[:, 1])), shape=(n, n))
    return connected_components(matrix, directed=False)[1].astype(np.int64)
