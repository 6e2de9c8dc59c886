"""R13 and R16: borders people can see, and areas without arms."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import shapely
from numpy.typing import NDArray

from areaplan.check.case import Case
from areaplan.check.ruling import Ruling, judged, not_judged
from areaplan.check.strokes import as_lines, strokes
from areaplan.messages import msg
from areaplan.model import Finding
from areaplan.proof import segments

__all__ = ["r13_visible_boundary", "r16_compact"]


def r13_visible_boundary(case: Case) -> Ruling:
    """R13 visible boundary: most of the border between areas of a village follows a road, river, railway, wall or ridge.

    Measured on the ground, whatever the plan's own ``boundaries`` say: the part of the inner border within a metre of a line that is no tunnel.
    """
    if case.lines is None:
        return not_judged("R13", msg("no lines (streets, rivers, railways) given"))
    village, edges = _inner_edges(case)
    share_asked, near = case.pack.thresholds.visible_share, case.pack.thresholds.visible_m
    lines = case.lines.geometry.to_numpy()[~case.lines["tunnel"].to_numpy(dtype=bool)]
    seen = _length_near(edges, lines, near)
    length = shapely.length(edges)
    found = []
    for row in np.unique(village):
        mine = village == row
        total = float(length[mine].sum())
        share = float(seen[mine].sum()) / total if total else 1.0
        if share < share_asked:
            found.append(_hidden(case, int(row), share, edges[mine][seen[mine] < 0.5 * length[mine]]))
    return judged("R13", len(np.unique(village)), found)


def _inner_edges(case: Case) -> tuple[NDArray[np.int64], NDArray[np.object_]]:
    """Return the edges shared by two areas of one village, each once, with the village's row."""
    table = case.proof.table
    keys = table.vertex_keys()
    mine = np.flatnonzero(table.owner < table.areas)
    a, b = keys[table.tail[mine]], keys[table.head[mine]]
    order = np.lexsort((np.maximum(a, b), np.minimum(a, b)))
    mine, low, high = mine[order], np.minimum(a, b)[order], np.maximum(a, b)[order]
    same = np.flatnonzero(
        (low[1:] == low[:-1]) & (high[1:] == high[:-1]) & (table.group[mine[1:]] == table.group[mine[:-1]])
    )
    edges = mine[same]
    tails, heads = table.xy[table.tail[edges]], table.xy[table.head[edges]]
    return table.group[edges], segments(tails + table.origin, heads + table.origin)


def _length_near(edges: NDArray[np.object_], lines: NDArray[np.object_], near_m: float) -> NDArray[np.float64]:
    """Return how much of each edge runs within ``near_m`` of a line."""
    seen = np.zeros(len(edges))
    ends, line_of = strokes(lines)
    edge, stroke = shapely.STRtree(as_lines(ends)).query(edges, predicate="dwithin", distance=near_m)
    if not len(edge):
        return seen
    edge, line = np.divmod(np.unique(edge * len(lines) + line_of[stroke]), len(lines))
    used, at = np.unique(line, return_inverse=True)
    reach = shapely.buffer(lines[used], near_m, quad_segs=2)
    shapely.prepare(reach)
    parts = edges[edge].copy()
    part_of = ~shapely.covers(reach[at], parts)
    parts[part_of] = shapely.intersection(parts[part_of], reach[at[part_of]])
    lone = np.bincount(edge, minlength=len(edges))[edge] == 1
    seen[edge[lone]] = shapely.length(parts[lone])
    several = np.flatnonzero(~lone)
    several = several[np.argsort(edge[several], kind="stable")]
    own, row = np.unique(edge[several], return_inverse=True)
    place = np.arange(len(row)) - np.searchsorted(row, row)
    beside = np.full((len(own), place.max(initial=0) + 1), None, dtype=object)
    beside[row, place] = parts[several]
    seen[own] = shapely.length(shapely.union_all(beside, axis=1))
    return seen


def _hidden(case: Case, row: int, share: float, hidden: NDArray[np.object_]) -> Finding:
    code = case.village_codes[row] if 0 <= row < len(case.village_codes) else "-"
    text = msg("village {village}: of the border between its areas, the share that follows something visible is {percent} %, less than {asked} %; see the stretches marked",
               village=code, percent=round(share * 100), asked=round(case.pack.thresholds.visible_share * 100))  # fmt: skip
    geometry = shapely.line_merge(shapely.multilinestrings(hidden)) if len(hidden) else None
    return case.finding("R13", code, text, village=code, measure=share, unit="share", geometry=geometry)


def r16_compact(case: Case) -> Ruling:
    """R16 compact: no needle, no octopus (Polsby-Popper 4 pi A / P² of the largest piece not below the preset)."""
    return judged("R16", len(case.areas), _ragged(case))


def _ragged(case: Case) -> Iterator[Finding]:
    for row, polygon in enumerate(case.polygons):
        if polygon is None or row in case.suspects:
            continue
        largest = max(shapely.get_parts(polygon), key=lambda p: float(p.area))
        around = float(largest.length)
        measure = 4 * np.pi * float(largest.area) / around**2 if around else 0.0
        if measure < case.pack.thresholds.compactness:
            code, village = case.codes[row], case.areas["village_code"].iloc[row]
            text = msg("area {code} is a needle or an octopus (compactness {measure:.2f}, asked {asked}); see whether a neighbour should take an arm",
                       code=code, measure=measure, asked=case.pack.thresholds.compactness)  # fmt: skip
            yield case.finding("R16", code, text, village=village, measure=measure, unit="ratio", geometry=polygon)
