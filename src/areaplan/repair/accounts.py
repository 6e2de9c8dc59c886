"""Account for every square metre: what each village held as drawn, what it holds now, and whom the difference came from or went to."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from areaplan.repair.ground import M2_PER_UNIT, Ground
from areaplan.repair.result import NOBODY, Ledger, Line, Move, Place
from areaplan.repair.together import Tenure, connected

__all__ = ["ledger_of", "moves_of"]


def moves_of(
    ground: Ground, tenure: Tenure, place_of: Mapping[int, int], places: Sequence[Place], codes: Sequence[str]
) -> tuple[Move, ...]:
    """Return what went from whom to whom, one row per place and pair; ``place_of`` names the place each face changed with."""
    units: Counter[tuple[int, str, str]] = Counter()
    for face, place in place_of.items():
        for from_row, to_row in _changes(ground.holders[face], tenure.holds[face]):
            key = (place, codes[from_row] if from_row >= 0 else NOBODY, codes[to_row] if to_row >= 0 else NOBODY)
            units[key] += ground.units[face]
    out = []
    for (place, giver, taker), number in sorted(units.items()):
        way = places[place].way
        if way is not None:
            out.append(Move(places[place].number, giver, taker, number * M2_PER_UNIT, way))
    return tuple(out)


def _changes(before: tuple[int, ...], now: tuple[int, ...]) -> list[tuple[int, int]]:
    """Return (from, to) of one face, -1 for nobody: who held it and does not, who did not and does."""
    taker = now[0] if len(now) == 1 else -1
    lost = [(b, taker) for b in before if b not in now]
    gained = [(-1, n) for n in now if n not in before and not before]
    return lost + gained


def ledger_of(ground: Ground, tenure: Tenure, codes: Sequence[str], drawn_m2: Sequence[float]) -> Ledger:
    """Return the account of all villages, in the order of ``codes``."""
    gained: dict[int, Counter[int]] = defaultdict(Counter)
    lost: dict[int, Counter[int]] = defaultdict(Counter)
    filled = 0
    for face, (before, now) in enumerate(zip(ground.holders, tenure.holds, strict=True)):
        if before == now:
            continue
        units = ground.units[face]
        filled += units if now and not before else 0
        for giver, taker in _changes(before, now):
            if giver >= 0:
                lost[giver][taker] += units
            if taker >= 0 and taker not in before:
                gained[taker][giver] += units
    lines = [_line(ground, tenure, row, codes, drawn_m2[row], gained[row], lost[row]) for row in range(len(codes))]
    ground_before, ground_after = _held(ground, ground.holders), _held(ground, tenure.holds)
    doubled_before, doubled_after = _doubled(ground, ground.holders), _doubled(ground, tenure.holds)
    left = [abs(_left(ground, tenure, row, gained[row], lost[row])) for row in range(len(codes))]
    total = sum(ground.sum(members) for members in tenure.members)
    left += [abs(ground_before + filled - ground_after), abs(total - doubled_after - ground_after)]
    return Ledger(
        tuple(lines),
        ground_before_m2=ground_before * M2_PER_UNIT,
        ground_after_m2=ground_after * M2_PER_UNIT,
        filled_m2=filled * M2_PER_UNIT,
        doubled_before_m2=doubled_before * M2_PER_UNIT,
        doubled_after_m2=doubled_after * M2_PER_UNIT,
        unexplained_m2=max(left) * M2_PER_UNIT,
    )


def _left(ground: Ground, tenure: Tenure, row: int, gained: Counter[int], lost: Counter[int]) -> int:
    """Return what the account of a village leaves over, in units."""
    before = sum(ground.sum(piece) for piece in tenure.drawn[row])
    return before + gained.total() - lost.total() - ground.sum(tenure.members[row])


def _line(
    ground: Ground,
    tenure: Tenure,
    row: int,
    codes: Sequence[str],
    drawn_m2: float,
    gained: Counter[int],
    lost: Counter[int],
) -> Line:
    before = sum(ground.sum(piece) for piece in tenure.drawn[row])
    named = {r: codes[r] if r >= 0 else NOBODY for r in (*gained, *lost)}
    return Line(
        codes[row],
        drawn_m2=drawn_m2,
        before_m2=before * M2_PER_UNIT,
        gained_m2=gained.total() * M2_PER_UNIT,
        lost_m2=lost.total() * M2_PER_UNIT,
        after_m2=ground.m2(tenure.members[row]),
        parts_before=len(tenure.drawn[row]),
        parts_after=len(connected(ground, tenure.members[row])),
        gained_from={named[r]: u * M2_PER_UNIT for r, u in gained.most_common()},
        lost_to={named[r]: u * M2_PER_UNIT for r, u in lost.most_common()},
    )


def _held(ground: Ground, holds: Sequence[tuple[int, ...]]) -> int:
    return ground.sum(f for f, h in enumerate(holds) if h)


def _doubled(ground: Ground, holds: Sequence[tuple[int, ...]]) -> int:
    """Return the ground counted again beyond its first holder."""
    return sum((len(h) - 1) * ground.units[f] for f, h in enumerate(holds) if len(h) > 1)
