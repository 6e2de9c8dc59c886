"""What steers the division of a village besides its bounds: natural units, complexes, and the pins of the office.

S1. ``keep``: cells of one natural unit (column ``unit`` of layer ``cells``) stay in one area wherever the unit fits the bounds.
S2. ``together``: the cells under pins of one group make part of one area; where they do not touch, the cells on the shortest way between
    them come too. The ground of a complex (hospital, school, barracks) holds its cells together in the same way (R17).
S3. ``apart``: cells under different pins of one group never share an area.
S4. ``locked``: the cells under the pins of one group are one finished area, as they are. ``special`` is the same, and the area is
    marked: an institution, market or campus need not keep the bounds (R09).
S5. A cell lies under a polygon where its homes do, and under a point where its ground does. Pins hold village by village.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from areaplan.messages import Message, msg
from areaplan.model import Cells

__all__ = ["Pinned", "Steering", "covered_cells", "keep_of", "steer_village"]

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Pinned:
    """Hold one pin of a town: its kind, group and name, and the rows of the cells it covers."""

    kind: str
    group: str
    name: str | None
    cells: frozenset[int]


@dataclass(frozen=True)
class Steering:
    """Hold the steering of one village as the engine takes it, and what each locked area is (kind, name)."""

    together: Ints | None = None
    apart: Ints | None = None
    locked: Ints | None = None
    finished: tuple[tuple[str, str], ...] = ()


def keep_of(units: pd.Series) -> Ints | None:
    """Return the number of each cell's natural unit, -1 for none (S1); None where a village has none.

    Examples
    --------
    >>> keep_of(pd.Series(["group 1", None, "group 2", "group 1"])).tolist()
    [0, -1, 1, 0]
    """
    codes = pd.factorize(units, sort=True)[0].astype(np.int64)
    return codes if (codes >= 0).any() else None


def covered_cells(cells: Cells, homes: NDArray[np.float64]) -> list[Pinned]:
    """Return the pins of a town with the cells they cover (S5), complexes among them as ``together``.

    Parameters
    ----------
    cells
        Cells, their buildings and territory.
    homes
        (n, 2) where the households of each cell live.
    """
    territory, shapes = cells.territory, cells.table.geometry.to_numpy()
    ground, spots = shapely.STRtree(shapes), shapely.STRtree(np.asarray(shapely.points(homes), dtype=object))
    pins = []
    for pin in territory.pins.itertuples(index=False):
        flat = pin.geometry.geom_type in ("Polygon", "MultiPolygon")
        under = (spots if flat else ground).query(pin.geometry, predicate="intersects")
        pins.append(Pinned(pin.kind, pin.group, pin.name, frozenset(under.tolist())))
    return pins + _complexes(cells)


def _complexes(cells: Cells) -> list[Pinned]:
    """Hold the cells of the buildings on each complex together (S2)."""
    grounds: gpd.GeoDataFrame = cells.territory.complexes
    if not len(grounds):
        return []
    place = pd.Series(np.arange(len(cells.table)), index=cells.table["cell_id"])
    inside = cells.buildings[cells.buildings["cell_id"].notna()]
    rows = place[inside["cell_id"]].to_numpy()
    tree = shapely.STRtree(shapely.point_on_surface(inside.geometry.to_numpy()))
    return [
        Pinned("complex", f"#{i}", name, frozenset(rows[tree.query(shape, predicate="intersects")].tolist()))
        for i, (name, shape) in enumerate(zip(grounds["name"], grounds.geometry, strict=True), 1)
    ]


def steer_village(code: str, pins: Sequence[Pinned], rows: Ints, links: Ints, faults: list[Message]) -> Steering:
    """Return the steering of a village; what contradicts itself is added to ``faults``.

    Parameters
    ----------
    code, rows
        The village, and the rows of its cells.
    pins
        Those of the town.
    links
        (m, 2) pairs of its cells, by place in ``rows``, that adjoin or are linked.
    """
    place = {int(row): i for i, row in enumerate(rows)}
    here = [(p, {place[c] for c in p.cells if c in place}) for p in pins]
    here = [(p, own) for p, own in here if own]
    if not here:
        return Steering()
    before = len(faults)
    graph = nx.Graph()
    graph.add_nodes_from(range(len(rows)))
    graph.add_edges_from(map(tuple, links.tolist()))
    locked, finished = _locked(code, here, graph, faults)
    free = graph.subgraph(i for i in range(len(rows)) if locked is None or locked[i] < 0)
    together = _together(code, here, free, faults)
    apart = _apart(code, here, together, faults)
    return Steering() if len(faults) > before else Steering(together, apart, locked, tuple(finished))


def _groups(here: Iterable[tuple[Pinned, set[int]]], *kinds: str) -> dict[tuple[str, str], set[int]]:
    """Return the cells of each group of pins of some kinds."""
    groups: dict[tuple[str, str], set[int]] = {}
    for pin, own in here:
        if pin.kind in kinds:
            groups.setdefault((pin.kind, pin.group), set()).update(own)
    return groups


def _locked(
    code: str, here: list[tuple[Pinned, set[int]]], graph: nx.Graph, faults: list[Message]
) -> tuple[Ints | None, list[tuple[str, str]]]:
    """Return the finished area of each cell, -1 for none, and what each is (S4); each must be one piece and share no cell with another."""
    groups = _groups(here, "locked", "special")
    if not groups:
        return None, []
    locked = np.full(graph.number_of_nodes(), -1, dtype=np.int64)
    finished = []
    for number, ((kind, group), own) in enumerate(sorted(groups.items())):
        cells = sorted(own)
        if (locked[cells] >= 0).any():
            faults.append(
                msg(
                    "pins of village {village}: group {group} shares cells with another finished area",
                    village=code,
                    group=group,
                )
            )
        if not nx.is_connected(graph.subgraph(cells)):
            faults.append(
                msg("pins of village {village}: the cells of group {group} ({kind}) are not one piece", village=code, group=group, kind=kind)
            )  # fmt: skip
        locked[cells] = number
        names = [p.name for p, _ in here if (p.kind, p.group) == (kind, group) and p.name]
        finished.append((kind, names[0] if names else group))
    return locked, finished


def _together(code: str, here: list[tuple[Pinned, set[int]]], free: nx.Graph, faults: list[Message]) -> Ints:
    """Return pairs that chain the cells of each group, with those on the shortest way where they do not touch (S2)."""
    pairs: list[tuple[int, int]] = []
    for (kind, group), own in sorted(_groups(here, "together", "complex").items()):
        whole = own & set(free)
        if kind == "together" and len(whole) < len(own):
            faults.append(
                msg(
                    "pins of village {village}: group {group} (together) holds cells of a finished area",
                    village=code,
                    group=group,
                )
            )
        if not _joined(whole, free):
            if kind == "together":
                faults.append(
                    msg("pins of village {village}: no way leads between the cells of group {group} (together)", village=code, group=group)
                )  # fmt: skip
            continue
        pairs += pairwise(sorted(whole))
    return np.array(sorted(set(pairs)), dtype=np.int64).reshape(-1, 2)


def _joined(cells: set[int], free: nx.Graph) -> bool:
    """Add to ``cells``, in place, those on the shortest ways between its pieces; say whether they are one piece now."""
    while True:
        pieces = sorted(nx.connected_components(free.subgraph(cells)), key=min)
        if len(pieces) < 2:
            return True
        try:
            _, way = nx.multi_source_dijkstra(free, set(pieces[0]), target=min(pieces[1]), weight=None)
        except nx.NetworkXNoPath:
            return False
        cells.update(way)


def _apart(code: str, here: list[tuple[Pinned, set[int]]], together: Ints, faults: list[Message]) -> Ints:
    """Return the pairs of cells under different pins of one group (S3)."""
    pairs: set[tuple[int, int]] = set()
    joined = nx.Graph()
    joined.add_edges_from(map(tuple, together.tolist()))
    part = {cell: i for i, cells in enumerate(nx.connected_components(joined)) for cell in cells}
    groups: dict[str, list[set[int]]] = {}
    for pin, own in here:
        if pin.kind == "apart":
            groups.setdefault(pin.group, []).append(own)
    for group, several in sorted(groups.items()):
        new = {(min(a, b), max(a, b)) for one, other in combinations(several, 2) for a in one for b in other}
        if any(a == b or (a in part and part[a] == part.get(b)) for a, b in new):
            faults.append(
                msg(
                    "pins of village {village}: group {group} (apart) parts what is pinned together",
                    village=code,
                    group=group,
                )
            )
        pairs |= {p for p in new if p[0] != p[1]}
    return np.array(sorted(pairs), dtype=np.int64).reshape(-1, 2)
