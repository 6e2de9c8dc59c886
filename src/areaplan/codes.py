"""Codes and names of areas, and the order they are given in.

An area's code is its village's code as given plus three digits from 001 (R11); 900 and up are virtual areas without geometry. Codes are
promises: contractors print them on paper, so a revision never renumbers.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from areaplan.messages import LANGS, Lang, Message, msg

__all__ = [
    "MAX_AREAS",
    "UNNAMED_PART",
    "area_name",
    "ea_code",
    "ea_number",
    "is_unnamed",
    "map_order",
    "too_many_areas",
]

MAX_AREAS = 899
"""The most areas with geometry a village can have; 900–999 are virtual (R11)."""


UNNAMED_PART = (msg("entrances to be written on the ground"), msg("floors to be written on the ground"))
"""What the label of a building's part says when nobody knew its entrances or floors: somebody must look and write (R07)."""


def ea_code(village_code: str, number: int) -> str:
    """Return the code of area ``number`` of a village.

    Examples
    --------
    >>> ea_code("350302101003", 7)
    '350302101003007'
    """
    return f"{village_code}{number:03d}"


def ea_number(code: str) -> int:
    """Return the number of an area within its village.

    Examples
    --------
    >>> ea_number("350302101003007")
    7
    """
    return int(code[-3:])


def area_name(number: int, lang: Lang) -> str:
    """Return the stored name of an area.

    Examples
    --------
    >>> area_name(1, "zh"), area_name(1, "en")
    ('第001普查小区', 'EA 001')
    """
    return f"第{number:03d}普查小区" if lang == "zh" else f"EA {number:03d}"


def is_unnamed(label: object) -> bool:
    """Tell whether the label of a building's part leaves open which entrances or floors it is.

    Examples
    --------
    >>> is_unnamed("entrances 1–2 of 5"), is_unnamed("part 1 of 2: entrances to be written on the ground"), is_unnamed(None)
    (False, True, True)
    """
    return (
        not isinstance(label, str) or not label.strip() or any(m.text(g) in label for m in UNNAMED_PART for g in LANGS)
    )


def map_order(points: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the order in which a reader meets ``points``: rows from north to south, each from west to east.

    Parameters
    ----------
    points
        (n, 2) array of x (east) and y (north), metres.

    Returns
    -------
    (n,) array of indices; ``points[map_order(points)]`` runs from north-west to south-east. Ties keep x, then y, then index order.

    Notes
    -----
    Rows are bands of equal height, about the square root of n of them, so that numbers run across the map as text runs across a page.

    Examples
    --------
    >>> import numpy as np
    >>> map_order(np.array([[9.0, 0.0], [0.0, 9.0], [9.0, 9.0], [0.0, 0.0]])).tolist()
    [1, 2, 3, 0]
    """
    if len(points) == 0:
        return np.empty(0, dtype=np.int64)
    x, y = points[:, 0], points[:, 1]
    rows = max(1, round(len(points) ** 0.5))
    height = max((y.max() - y.min()) / rows, 1e-9)
    row = np.minimum(((y.max() - y) / height).astype(np.int64), rows - 1)
    return np.lexsort((-y, x, row)).astype(np.int64)


def too_many_areas(households: Iterable[tuple[str, int]], target: int) -> list[Message]:
    """Return a message for each village whose households would make more areas than codes allow (R11).

    Parameters
    ----------
    households
        (village code, households) of each village.
    target
        Households of an area.

    Examples
    --------
    >>> too_many_areas([("350302101003", 71_920)], 80)
    []
    """
    return [
        msg(
            "village {code}: {households} households make {areas} areas of {target}, but a village can have {most}; "
            "raise target_households or divide the village",
            code=code, households=count, areas=round(count / target), target=target, most=MAX_AREAS,
        )
        for code, count in households
        if round(count / target) > MAX_AREAS
    ]  # fmt: skip
