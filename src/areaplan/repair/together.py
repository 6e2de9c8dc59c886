"""Keep villages whole: none loses all its ground, and none falls apart, because its neighbourhood was mended.

Two outlines that cross each other again and again leave splinters behind when every overlap goes to one side. A splinter that is itself a
sliver goes to the neighbour with the longest border, as the rule has it. A larger one is joined again, by giving the village another place
that it holds too; where that would split somebody else, nothing is proposed there, and people must decide.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

import numpy as np
import shapely

from areaplan.linework import dissolve
from areaplan.linework.edges import Geoms, Ints
from areaplan.repair.ground import Ground
from areaplan.repair.places import Spots, is_narrow
from areaplan.repair.settling import NO_PROPOSAL
from areaplan.settings import RepairSettings

__all__ = ["Crumb", "Tenure", "hold_together", "sweep_crumbs"]

_ROUNDS = 8


@dataclass(frozen=True)
class Crumb:
    """Say that faces which a village held alone came off and went to another."""

    faces: tuple[int, ...]
    from_row: int
    to_row: int


@dataclass
class Tenure:
    """Keep who holds each face now; the only thing in this room that changes.

    Parameters
    ----------
    ground
        The faces as drawn.
    holds
        Holders of each face now.
    members
        Faces of each village now.
    drawn
        Connected pieces of each village as drawn.
    """

    ground: Ground
    holds: list[tuple[int, ...]]
    members: list[set[int]] = field(default_factory=list)
    drawn: list[list[set[int]]] = field(default_factory=list)

    @classmethod
    def of(cls, ground: Ground, villages: int) -> Tenure:
        """Return the tenure as drawn."""
        members: list[set[int]] = [set() for _ in range(villages)]
        for face, village in zip(ground.held_face.tolist(), ground.holder.tolist(), strict=True):
            members[village].add(face)
        drawn = [connected(ground, faces) for faces in members]
        return cls(ground, list(ground.holders), members, drawn)

    def give(self, faces: Iterable[int], rows: tuple[int, ...]) -> None:
        """Let exactly the villages of ``rows`` hold some faces."""
        for face in faces:
            for row in self.holds[face]:
                self.members[row].discard(face)
            self.holds[face] = rows
            for row in rows:
                self.members[row].add(face)

    def fragments(self, village: int) -> list[set[int]]:
        """Return what came off the pieces that the village was drawn in: all but the largest of what is left of each piece."""
        now = connected(self.ground, self.members[village])
        if len(now) <= 1:
            return []
        number = {face: k for k, piece in enumerate(now) for face in piece}
        out: list[set[int]] = []
        for piece in self.drawn[village]:
            parts: dict[int, set[int]] = {}
            for face in piece & self.members[village]:
                parts.setdefault(number[face], set()).add(face)
            by_size = sorted(parts.values(), key=lambda p: (-self.ground.sum(p), min(p)))
            out += by_size[1:]
        return out

    def loss(self, villages: Iterable[int]) -> int:
        """Return what came off some villages, in units of area; a village without ground counts all that it was drawn with."""
        total = 0
        for v in villages:
            lost = [set().union(*self.drawn[v])] if not self.members[v] else self.fragments(v)
            total += sum(self.ground.sum(f) + 1 for f in lost)
        return total


def connected(ground: Ground, faces: Collection[int]) -> list[set[int]]:
    """Return faces by connected piece; corners do not connect."""
    left, out = set(faces), []
    for start in sorted(faces):
        if start not in left:
            continue
        piece, ahead = {start}, deque([start])
        left.discard(start)
        while ahead:
            for near in ground.adjoining[ahead.popleft()]:
                if near in left:
                    left.discard(near)
                    piece.add(near)
                    ahead.append(near)
        out.append(piece)
    return out


def sweep_crumbs(
    tenure: Tenure, settings: RepairSettings, footprints: Geoms | None, locked: Collection[int]
) -> list[Crumb]:
    """Give splinters that are slivers to the neighbour with the longest border; ``locked`` faces are people's business."""
    crumbs: list[Crumb] = []
    built = None if footprints is None else shapely.STRtree(footprints)
    for village in range(len(tenure.members)):
        for piece in tenure.fragments(village):
            to = _home_of_crumb(tenure, village, piece, settings, built, locked)
            if to is not None:
                tenure.give(piece, (to,))
                crumbs.append(Crumb(tuple(sorted(piece)), village, to))
    return crumbs


def _home_of_crumb(
    tenure: Tenure,
    village: int,
    piece: set[int],
    settings: RepairSettings,
    built: shapely.STRtree | None,
    locked: Collection[int],
) -> int | None:
    ground = tenure.ground
    if not piece.isdisjoint(locked) or ground.m2(sorted(piece)) >= settings.sliver_m2:
        return None
    shape = dissolve(ground.faces[sorted(piece)], np.zeros(len(piece), dtype=np.int64))
    if not is_narrow(shape, settings.sliver_m)[0]:
        return None
    if built is not None and len(built.query(shape[0], predicate="intersects")):
        return None
    return _longest_neighbour(tenure, village, piece)


def _longest_neighbour(tenure: Tenure, village: int, piece: set[int]) -> int | None:
    """Return the only holder of ground around a piece that has the longest border with it."""
    ground, metres = tenure.ground, dict[int, float]()
    inside = np.zeros(len(ground.faces), dtype=bool)
    inside[sorted(piece)] = True
    rim = np.flatnonzero(inside[ground.left] != inside[ground.right])
    for e in rim.tolist():
        far = int(ground.right[e] if inside[ground.left[e]] else ground.left[e])
        if len(tenure.holds[far]) == 1 and tenure.holds[far][0] != village:
            row = tenure.holds[far][0]
            metres[row] = metres.get(row, 0.0) + float(ground.length[e])
    return min(metres, key=lambda r: (-metres[r], r)) if metres else None


def hold_together(tenure: Tenure, spots: Spots, to: Ints, fixed: Collection[int]) -> Ints:
    """Return the proposals changed so that no village falls apart or is left without ground; where that cannot be, nothing is proposed.

    ``tenure`` follows: it must hold what ``to`` says.
    """
    to = to.copy()
    for _ in range(_ROUNDS):
        changed = False
        for village in range(len(tenure.members)):
            for piece in _pieces_off(tenure, village):
                changed |= _rejoin(tenure, spots, to, village, piece, fixed)
        if not changed:
            break
    for village in range(len(tenure.members)):
        for piece in _pieces_off(tenure, village):
            _withdraw(tenure, spots, to, village, piece, fixed)
    return to


def _pieces_off(tenure: Tenure, village: int) -> list[set[int]]:
    return tenure.fragments(village) if tenure.members[village] else [set().union(*tenure.drawn[village])]


def _rejoin(tenure: Tenure, spots: Spots, to: Ints, village: int, piece: set[int], fixed: Collection[int]) -> bool:
    """Give the village what lies between a piece and the rest of it, if that makes the losses of all concerned smaller."""
    way = _way_home(tenure, spots, to, village, piece, fixed)
    if not way:
        return False
    concerned = {village, *(int(to[s]) for s in way if to[s] >= 0)}
    before, old = tenure.loss(concerned), {s: int(to[s]) for s in way}
    for s in way:
        tenure.give(spots.faces[s], (village,))
    if tenure.loss(concerned) < before:
        to[way] = village
        return True
    for s, row in old.items():
        tenure.give(spots.faces[s], _rows(spots, s, row))
    return False


def _rows(spots: Spots, spot: int, row: int) -> tuple[int, ...]:
    return (row,) if row >= 0 else spots.holders[spot] if row == NO_PROPOSAL else ()


def _way_home(
    tenure: Tenure, spots: Spots, to: Ints, village: int, piece: set[int], fixed: Collection[int]
) -> list[int]:
    """Return the fewest spots that join a piece with the rest of its village, by breadth-first search through what it may have."""
    home = tenure.members[village] - piece
    came: dict[int, int] = dict.fromkeys(sorted(piece), -1)
    ahead = deque(came)
    while ahead:
        face = ahead.popleft()
        for near in tenure.ground.adjoining[face]:
            if near in came:
                continue
            if near in home:
                return _spots_back(spots, came, face, to, village)
            spot = int(spots.of_face[near])
            free = spot >= 0 and spot not in fixed and (not spots.holders[spot] or village in spots.holders[spot])
            if free and not spots.declared[spot]:
                came[near] = face
                ahead.append(near)
    if not tenure.members[village]:  # nothing is left: the largest place it holds is its home
        held = sorted({int(s) for s in spots.of_face[sorted(piece)] if s >= 0 and int(s) not in fixed})
        return [max(held, key=lambda s: (float(spots.m2[s]), -s))] if held else []
    return []


def _spots_back(spots: Spots, came: dict[int, int], face: int, to: Ints, village: int) -> list[int]:
    way: set[int] = set()
    while face >= 0:
        spot = int(spots.of_face[face])
        if spot >= 0 and to[spot] != village:
            way.add(spot)
        face = came[face]
    return sorted(way)


def _withdraw(tenure: Tenure, spots: Spots, to: Ints, village: int, piece: set[int], fixed: Collection[int]) -> None:
    """Take back the proposals around a piece that cannot be joined again: the village holds that ground as drawn."""
    around = set(piece)
    for face in piece:
        around.update(tenure.ground.adjoining[face])
    for spot in sorted({int(s) for s in spots.of_face[sorted(around)] if s >= 0}):
        if spot not in fixed and village in spots.holders[spot] and to[spot] != village:
            to[spot] = NO_PROPOSAL
            tenure.give(spots.faces[spot], spots.holders[spot])
