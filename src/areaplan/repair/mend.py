"""The recipe: messy polygons in, one exact tiling out, and an account of how it came about.

1. Rings that cross themselves are made valid; the ground they enclose stays, and is reported.
2. All outlines are noded; the faces between them are settled ground, overlaps and gaps (:mod:`areaplan.repair.ground`).
3. Slivers go by rule to the neighbour with the longest border; for the rest there is a proposal (:mod:`areaplan.repair.settling`).
4. No village may be emptied or fall apart by that (:mod:`areaplan.repair.together`).
5. What people decided is done; proposals only where all are accepted. The rest stays as drawn, and open.
6. The account is made in whole units of the grid, and the tiling is proved by :func:`areaplan.proof.prove`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import shapely

from areaplan.linework import dissolve
from areaplan.linework.edges import Geoms, Ints
from areaplan.proof import Proof, prove
from areaplan.repair.accounts import ledger_of, moves_of
from areaplan.repair.ground import Ground, cut_ground
from areaplan.repair.places import Spots, find_spots, number_of
from areaplan.repair.result import NOBODY, Decision, Kind, Mended, Place, Way
from areaplan.repair.settling import NO_PROPOSAL, NOBODY_ROW, propose
from areaplan.repair.together import Crumb, Tenure, hold_together, sweep_crumbs
from areaplan.settings import RepairSettings

__all__ = ["mend", "sound_rings"]


def mend(
    polygons: Geoms,
    codes: Sequence[str],
    settings: RepairSettings,
    *,
    footprints: Geoms | None = None,
    outside: Geoms | None = None,
    decisions: Sequence[Decision] = (),
) -> Mended:
    """Make one exact tiling of messy village polygons, as far as rules and people settle it.

    Parameters
    ----------
    polygons
        (n,) Polygons or MultiPolygons in metres, none empty; rings may cross themselves.
    codes
        (n,) their codes, each its own.
    settings
        What a sliver is, and whether all proposals are accepted.
    footprints
        Buildings; ``None`` where none are known, and then nothing is known to be built in a sliver.
    outside
        Declared lakes, sea and foreign ground.
    decisions
        What people decided about disputes.

    Examples
    --------
    >>> from areaplan.settings import RepairSettings
    >>> mended = mend(shapely.box([0, 9.875], 0, [10, 20], 5), ["A", "B"], RepairSettings())
    >>> mended.tiles, [(m.from_code, m.to_code, m.m2) for m in mended.moves]
    (True, [('B', 'A', 0.625)])
    """
    order = sorted(range(len(codes)), key=lambda i: codes[i])
    names = [codes[i] for i in order]
    # one form of what is drawn: where rings start and which way they run must not reach the last bit of a crossing
    valid = shapely.normalize(sound_rings(shapely.normalize(np.asarray(polygons, dtype=object)[order])))
    ground = cut_ground(valid, slit_m=settings.sliver_m)
    spots = find_spots(ground, settings, footprints, outside)
    owners = _owners(ground, spots, names)
    numbers = _numbers(spots, owners)
    decided, unused = _decided(decisions, numbers, owners, spots, names)
    fixed = {s: names.index(d.village) if d.village else NOBODY_ROW for s, d in decided.items()}
    proposals = _proposals(ground, spots, len(names), settings, footprints, fixed)
    ways = _ways(spots, proposals, decided, accept=settings.accept_proposals)
    tenure = Tenure.of(ground, len(names))
    for spot, way in ways.items():
        if way is not None:
            row = int(proposals[spot])
            tenure.give(spots.faces[spot], (row,) if row >= 0 else ())
    locked = {f for s, way in ways.items() if way in (None, "decision") for f in spots.faces[s]}
    crumbs = sweep_crumbs(tenure, settings, footprints, locked)
    places = [
        *_places(spots, numbers, owners, proposals, ways, decided, names),
        *_crumb_places(ground, crumbs, names),
    ]
    place_of = {f: s for s in range(len(spots)) for f in spots.faces[s] if ways[s] is not None}
    place_of |= {f: len(spots) + k for k, crumb in enumerate(crumbs) for f in crumb.faces}
    ledger = ledger_of(ground, tenure, names, shapely.area(valid).tolist())
    moves = moves_of(ground, tenure, place_of, places, names)
    geometry = _dissolved(ground, tenure)
    back = np.argsort(order)
    lines = tuple(ledger.lines[i] for i in back.tolist())
    return Mended(
        geometry=geometry[back],
        places=tuple(sorted(places, key=lambda p: (-p.m2, p.number))),
        moves=moves,
        ledger=type(ledger)(**{**vars(ledger), "lines": lines}),
        rings=_rings(polygons),
        proof=None if None in ways.values() else _proof(geometry, valid, spots, proposals),
        unused=unused,
        torn=_torn(tenure, names),
        emptied=tuple(n for n, faces in zip(names, tenure.members, strict=True) if not faces),
    )


def sound_rings(polygons: Geoms) -> Geoms:
    """Return polygons with valid rings: loops of a ring that crosses itself stay ground, holes stay holes."""
    out = np.asarray(polygons, dtype=object).copy()
    bad = ~shapely.is_valid(out)
    out[bad] = shapely.make_valid(out[bad], method="structure", keep_collapsed=False)
    return out


def _rings(polygons: Geoms) -> tuple[tuple[int, str, float], ...]:
    """Return row, reason and m² as drawn of invalid polygons."""
    bad = np.flatnonzero(~shapely.is_valid(polygons)).tolist()
    return tuple((i, str(shapely.is_valid_reason(polygons[i])), float(polygons[i].area)) for i in bad)


def _owners(ground: Ground, spots: Spots, names: Sequence[str]) -> list[tuple[str, ...]]:
    """Return the codes of those that hold an overlap or adjoin a gap."""
    rows: list[set[int]] = [set(h) for h in spots.holders]
    for spot, faces in enumerate(spots.faces):
        if not spots.holders[spot]:
            rows[spot] = {h for f in faces for near in ground.adjoining[f] for h in ground.holders[near]}
    return [tuple(names[r] for r in sorted(found)) for found in rows]


def _numbers(spots: Spots, owners: Sequence[tuple[str, ...]]) -> list[str]:
    """Return the number of each spot; of two with the same one, the southern bears a mark."""
    points = shapely.get_coordinates(shapely.point_on_surface(shapely.normalize(spots.geometry)))
    out: dict[str, None] = {}
    for spot, (x, y) in enumerate(points.tolist()):
        number = number_of("overlap" if spots.holders[spot] else "gap", owners[spot], x, y)
        while number in out:
            number += "+"
        out[number] = None
    return list(out)


def _decided(
    decisions: Sequence[Decision],
    numbers: Sequence[str],
    owners: Sequence[tuple[str, ...]],
    spots: Spots,
    names: Sequence[str],
) -> tuple[dict[int, Decision], tuple[Decision, ...]]:
    """Return spot -> decision, and the decisions that fit no place: no such number, or a village that has no claim there."""
    row = {n: s for s, n in enumerate(numbers)}
    found: dict[int, Decision] = {}
    unused = []
    for decision in decisions:
        spot = row.get(decision.place)
        fits = spot is not None and (decision.village in owners[spot] if decision.village else not spots.holders[spot])
        if spot is None or not fits or decision.village not in {*names, NOBODY}:
            unused.append(decision)
        else:
            found[spot] = decision
    return found, tuple(unused)


def _proposals(
    ground: Ground,
    spots: Spots,
    villages: int,
    settings: RepairSettings,
    footprints: Geoms | None,
    fixed: Mapping[int, int],
) -> Ints:
    """Return who should get each spot, so that every village stays whole."""
    to = propose(ground, spots, villages, settings, fixed)
    tenure = Tenure.of(ground, villages)
    for spot, row in enumerate(to.tolist()):
        if row != NO_PROPOSAL:
            tenure.give(spots.faces[spot], (row,) if row >= 0 else ())
    locked = {f for s in fixed for f in spots.faces[s]}
    sweep_crumbs(tenure, settings, footprints, locked)
    return hold_together(tenure, spots, to, fixed)


def _ways(spots: Spots, proposals: Ints, decided: Mapping[int, Decision], *, accept: bool) -> dict[int, Way | None]:
    """Return how each spot is settled; ``None`` while it is open."""
    out: dict[int, Way | None] = {}
    for spot in range(len(spots)):
        if spot in decided:
            out[spot] = "decision"
        elif spots.declared[spot]:
            out[spot] = "declared"
        elif proposals[spot] == NO_PROPOSAL:
            out[spot] = None
        else:
            out[spot] = "rule" if spots.sliver[spot] else "proposal" if accept else None
    return out


def _places(
    spots: Spots,
    numbers: Sequence[str],
    owners: Sequence[tuple[str, ...]],
    proposals: Ints,
    ways: Mapping[int, Way | None],
    decided: Mapping[int, Decision],
    names: Sequence[str],
) -> list[Place]:
    out = []
    for spot, number in enumerate(numbers):
        row, way = int(proposals[spot]), ways[spot]
        proposal = None if row == NO_PROPOSAL else names[row] if row >= 0 else NOBODY
        kind: Kind = "overlap" if spots.holders[spot] else "gap"
        out.append(
            Place(
                number, kind, owners[spot], float(spots.m2[spot]), float(spots.width_m[spot]),
                None if spots.buildings is None else spots.built(spot), spots.geometry[spot],
                sliver=bool(spots.sliver[spot]) and row != NO_PROPOSAL, proposal=proposal,
                to=None if way is None else proposal, way=way, decision=decided.get(spot),
            )
        )  # fmt: skip
    return out


def _crumb_places(ground: Ground, crumbs: Sequence[Crumb], names: Sequence[str]) -> list[Place]:
    out = []
    for crumb in crumbs:
        faces = list(crumb.faces)
        shape = dissolve(ground.faces[faces], np.zeros(len(faces), dtype=np.int64))[0]
        at = shape.representative_point()
        number = number_of("crumb", [names[crumb.from_row]], at.x, at.y)
        width = float(2 * shape.area / shape.length)
        to = names[crumb.to_row]
        owners = (names[crumb.from_row],)
        out.append(
            Place(number, "crumb", owners, ground.m2(faces), width, None, shape, sliver=True, proposal=to, to=to, way="rule")
        )  # fmt: skip
    return out


def _dissolved(ground: Ground, tenure: Tenure) -> Geoms:
    """Return the ground of each village as one geometry."""
    faces = np.array([f for members in tenure.members for f in sorted(members)], dtype=np.int64)
    owner = np.repeat(np.arange(len(tenure.members)), [len(m) for m in tenure.members])
    out = np.full(len(tenure.members), shapely.Polygon(), dtype=object)
    joined = dissolve(ground.faces[faces], owner)
    out[: len(joined)] = joined
    return out


def _proof(geometry: Geoms, valid: Geoms, spots: Spots, proposals: Ints) -> Proof:
    """Prove the tiling against the ground of the input and the gaps that were filled."""
    filled = [g for g, held, to in zip(spots.geometry, spots.holders, proposals, strict=True) if not held and to >= 0]
    parent = shapely.union_all([*valid, *filled])
    return prove([g for g in geometry if not g.is_empty], [parent])


def _torn(tenure: Tenure, names: Sequence[str]) -> tuple[tuple[str, float], ...]:
    off = ((name, tenure.fragments(row)) for row, name in enumerate(names))
    return tuple((name, tenure.ground.m2([f for p in pieces for f in sorted(p)])) for name, pieces in off if pieces)
