"""Numbers of buildings in an area, in the order somebody might walk past them.

Numbers are promises (R21): one that was given stays, and a new building takes the next free number. Sheets, listing forms and field apps take them from here, so that
a number means the same building on all of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from areaplan.messages import Lang, msg, plain
from areaplan.model import AreaPlan
from areaplan.sensitive import hidden_buildings

__all__ = ["listing_numbers", "number_buildings", "serpentine"]


def number_buildings(plan: AreaPlan, lang: Lang | None = None) -> pd.DataFrame:
    """Return the buildings of every area with their numbers; a divided building is a building of each area that holds a part.

    Buildings that no map may show have no number (:func:`areaplan.sensitive.hidden_buildings`).

    Parameters
    ----------
    plan
        The plan.
    lang
        Language of the words for a part; default: the plan's own.

    Returns
    -------
    pandas.DataFrame
        One row per area and building, by area and number: ``ea_code``, ``building_id``, ``row`` (position in ``plan.cells.buildings``), ``number``,
        ``listed`` (the number was given by the listing rather than proposed here), ``part`` (which part of a divided building lies in the area).
    """
    buildings = plan.cells.buildings
    hidden = hidden_buildings(plan)
    homes = _homes(plan, lang or plan.settings.output.lang)
    middles = shapely.get_coordinates(shapely.centroid(buildings.geometry.to_numpy()))
    own, given = buildings["ea_code"].tolist(), buildings["number"].tolist()
    ids, rows = buildings["building_id"].tolist(), []
    for code in sorted(homes):
        houses = [i for i in homes[code] if not hidden[i]]
        # the number of a divided building is given in the area of its largest part only
        listed = [None if own[i] != code or pd.isna(given[i]) else int(given[i]) for i in houses]
        numbers = listing_numbers(middles[houses], listed)
        found = [
            (code, ids[i], i, n, was is not None, homes[code][i])
            for i, n, was in zip(houses, numbers, listed, strict=True)
        ]
        rows += sorted(found, key=lambda r: r[3])
    table = pd.DataFrame(rows, columns=["ea_code", "building_id", "row", "number", "listed", "part"])
    # as objects, for a column of texts would turn None into a NaN, which is a text to whoever prints it
    table["part"] = pd.Series([r[5] for r in rows], index=table.index, dtype=object)
    return table


def _homes(plan: AreaPlan, lang: Lang) -> dict[str, dict[int, str | None]]:
    """Return, by area, the rows of its buildings and what is said of the part that lies there."""
    homes: dict[str, dict[int, str | None]] = defaultdict(dict)
    for i, code in enumerate(plan.cells.buildings["ea_code"]):
        if isinstance(code, str):
            homes[code][i] = None
    row_of = {b: i for i, b in enumerate(plan.cells.buildings["building_id"])}
    cells = plan.cells.table
    cut = cells[cells["building_id"].notna() & (cells["parts"].fillna(1) > 1)]
    for r in cut.itertuples():
        if r.building_id not in row_of or not isinstance(r.ea_code, str):
            continue
        said = (
            plain(r.label)
            if isinstance(r.label, str)
            else msg("part {part} of {parts}", part=r.part, parts=r.parts).text(lang)
        )
        before = homes[r.ea_code].get(row_of[r.building_id])
        homes[r.ea_code][row_of[r.building_id]] = f"{before}, {said}" if before else said
    return homes


def serpentine(points: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return an order through ``points``: rows from north to south, the first from west to east, the next back.

    Examples
    --------
    >>> import numpy as np
    >>> serpentine(np.array([[0.0, 9.0], [9.0, 9.0], [0.0, 0.0], [9.0, 0.0]])).tolist()
    [0, 1, 3, 2]
    """
    if len(points) == 0:
        return np.empty(0, dtype=np.int64)
    x, y = points[:, 0], points[:, 1]
    wide, high = max(np.ptp(x), 1e-9), max(np.ptp(y), 1e-9)
    rows = max(1, round((len(points) * high / wide) ** 0.5))
    row = np.minimum(((y.max() - y) / high * rows).astype(np.int64), rows - 1)
    return np.lexsort((-y, np.where(row % 2 == 0, x, -x), row)).astype(np.int64)


def listing_numbers(points: NDArray[np.float64], given: Sequence[int | None]) -> list[int]:
    """Return a number for every building: the given one, else the next free one in serpentine order.

    Examples
    --------
    >>> import numpy as np
    >>> listing_numbers(np.array([[0.0, 9.0], [9.0, 9.0], [5.0, 0.0]]), [None, 4, None])
    [5, 4, 6]
    """
    numbers = {i: int(n) for i, n in enumerate(given) if n is not None}
    free = max(numbers.values(), default=0) + 1
    for i in serpentine(points).tolist():
        if i not in numbers:
            numbers[i], free = free, free + 1
    return [numbers[i] for i in range(len(points))]
