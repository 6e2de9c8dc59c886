"""What a person is told about a repair: rings, decisions, accepted proposals, open disputes, and each village's account."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import shapely

from areaplan.messages import Message, msg
from areaplan.model import Finding, Severity
from areaplan.repair.result import NOBODY, Line, Mended, Place, Way

__all__ = ["code_or_nobody", "is_trial", "open_disputes", "repair_findings", "squares"]

RULES = {"overlap": "R02", "gap": "R01", "crumb": "R05"}
TRIAL = msg(
    "trial: {count} disputes between villages, {m2} m², stand as proposed; nobody has confirmed these borders"
).template
_NAMED = 4
_CHANGED_M2 = 0.005
"""A village that gained and lost less than this is not said to have changed: its borders were one already."""


def repair_findings(mended: Mended, codes: Sequence[str]) -> list[Finding]:
    """Return the findings of a repair; ``codes`` in the order of its villages. Open disputes: see :func:`open_disputes`."""
    where = dict(zip(codes, mended.geometry, strict=True))
    return [
        *_rings(mended, codes),
        *_accepted(mended),
        *_decided(mended),
        *_nobodys(mended),
        *(_unused(d.place, d.village) for d in mended.unused),
        *(_torn(code, m2, where) for code, m2 in mended.torn),
        *_accounts(mended),
    ]


def is_trial(findings: Iterable[Finding]) -> bool:
    """Tell whether disputes stand as proposed: everything that rests on them must say so."""
    return any(f.message.template == TRIAL for f in findings)


def open_disputes(mended: Mended) -> list[Finding]:
    """Return an error for every dispute that nobody has settled: R02 for overlaps, R01 for gaps."""
    return [_open(place) for place in mended.open]


def _open(place: Place) -> Finding:
    values: dict[str, Any] = {"number": place.number, "m2": squares(place.m2), "owners": _listed(place.owners)}
    values["proposal"] = _proposed(place)
    if place.kind == "overlap":
        message = msg("dispute {number}: {owners} both hold {m2} m²; {proposal}", **values)
    else:
        message = msg("dispute {number}: {m2} m² between {owners} belong to no village; {proposal}", **values)
    first = place.owners[0] if place.owners else place.number
    return Finding(RULES[place.kind], Severity.ERROR, first, message, first, place.m2, "m2", place.geometry)


def _proposed(place: Place) -> Message:
    if place.proposal is None:
        return msg("nothing can be proposed, for a village would fall apart or lose its ground")
    if place.proposal == NOBODY:
        return msg("proposed: no village, as water or foreign ground")
    return msg("proposed: {village}", village=place.proposal)


def _rings(mended: Mended, codes: Sequence[str]) -> Iterator[Finding]:
    for row, reason, drawn in mended.rings:
        code, line = codes[row], mended.ledger.lines[row]
        message = msg(
            "village {code}: its outline was invalid ({reason}); made valid it encloses {m2} m², as drawn {drawn} m²",
            code=code, reason=reason, m2=squares(line.drawn_m2), drawn=squares(drawn),
        )  # fmt: skip
        place = shapely.point_on_surface(mended.geometry[row])
        yield Finding("R00", Severity.NOTE, code, message, code, abs(line.drawn_m2 - drawn), "m2", place)


def _accepted(mended: Mended) -> Iterator[Finding]:
    taken = mended.settled("proposal")
    if taken:
        m2 = sum(p.m2 for p in taken)
        message = Message(TRIAL, {"count": len(taken), "m2": squares(m2)})
        yield Finding("R06", Severity.WARNING, taken[0].owners[0], message, measure=m2, unit="m2")


def _decided(mended: Mended) -> Iterator[Finding]:
    for place in mended.settled("decision"):
        decision = place.decision
        if decision is None:
            continue
        message = msg(
            "dispute {number}, {m2} m² between {owners}: given to {village} by decision of {name}, {date}",
            number=place.number, m2=squares(place.m2), owners=_listed(place.owners),
            village=code_or_nobody(decision.village), name=decision.name, date=decision.date,
        )  # fmt: skip
        subject = decision.village or place.owners[0]
        yield Finding("R06", Severity.NOTE, subject, message, subject, place.m2, "m2", place.geometry)


def _nobodys(mended: Mended) -> Iterator[Finding]:
    """Name ground inside the villages that belongs to none of them."""
    says: dict[Way, Message] = {"declared": msg("declared"), "decision": msg("decided"), "proposal": msg("as proposed")}
    for place in mended.places:
        if place.to == NOBODY and place.way in says:
            message = msg(
                "{m2} m² between {owners} belong to no village: water or foreign ground ({way})",
                m2=squares(place.m2), owners=_listed(place.owners), way=says[place.way],
            )  # fmt: skip
            first = place.owners[0] if place.owners else place.number
            yield Finding("R01", Severity.NOTE, first, message, first, place.m2, "m2", place.geometry)


def _unused(number: str, village: str) -> Finding:
    message = msg(
        "the decision {number} for {village} fits no dispute: the layer has changed since, or that village has no claim there",
        number=number, village=code_or_nobody(village),
    )  # fmt: skip
    return Finding("R06", Severity.WARNING, number, message)


def _torn(code: str, m2: float, where: Mapping[str, Any]) -> Finding:
    message = msg("village {code} falls into parts by decision; {m2} m² came off", code=code, m2=squares(m2))
    return Finding("R05", Severity.WARNING, code, message, code, m2, "m2", shapely.point_on_surface(where[code]))


def _accounts(mended: Mended) -> Iterator[Finding]:
    """Return a note per village that changed, at the ground that changed hands."""
    ground = _moved_ground(mended)
    for line in mended.ledger.lines:
        if line.gained_m2 + line.lost_m2 < _CHANGED_M2:
            continue
        message = msg(
            "village {code}: {before} m² before, {after} m² after; gained {gained} m² ({givers}), lost {lost} m² ({takers})",
            code=line.village_code, before=squares(line.before_m2), after=squares(line.after_m2),
            gained=squares(line.gained_m2), givers=_shares(line.gained_from),
            lost=squares(line.lost_m2), takers=_shares(line.lost_to),
        )  # fmt: skip
        yield _account(line, message, ground.get(line.village_code))


def _account(line: Line, message: Message, where: Any) -> Finding:
    change = line.after_m2 - line.before_m2
    return Finding("R06", Severity.NOTE, line.village_code, message, line.village_code, change, "m2", where)


def _moved_ground(mended: Mended) -> dict[str, Any]:
    """Return the ground that each village gained or lost."""
    shapes = {p.number: p.geometry for p in mended.places}
    found: dict[str, list[Any]] = {}
    for move in mended.moves:
        for code in {move.from_code, move.to_code} - {NOBODY}:
            found.setdefault(code, []).append(shapes[move.place])
    return {code: shapely.multipolygons(shapely.get_parts(parts)) for code, parts in found.items()}


def _shares(shares: Mapping[str, float]) -> Message:
    """Name the largest shares."""
    largest = [(c, m2) for c, m2 in sorted(shares.items(), key=lambda s: (-s[1], s[0])) if m2 >= _CHANGED_M2]
    if not largest:
        return msg("none")
    named = [_share(code, m2) for code, m2 in largest[:_NAMED]]
    out = named[0]
    for more in named[1:]:
        out = msg("{first}, {then}", first=out, then=more)
    rest = len(largest) - _NAMED
    return out if rest <= 0 else msg("{first} and {count} more", first=out, count=rest)


def _share(code: str, m2: float) -> Message:
    if code == NOBODY:
        return msg("no village: {m2}", m2=squares(m2))
    return msg("{code}: {m2}", code=code, m2=squares(m2))


def _listed(owners: Sequence[str]) -> str:
    return ", ".join(owners[:_NAMED]) + (" …" if len(owners) > _NAMED else "")


def code_or_nobody(code: str) -> str | Message:
    """Return a code, or the words for no village."""
    return code or msg("no village")


def squares(m2: float) -> str:
    """Return square metres as people write them.

    Examples
    --------
    >>> squares(12345.6), squares(3.14159), squares(0.0)
    ('12,346', '3.14', '0')
    """
    return f"{m2:,.0f}" if m2 >= 100 or m2 == 0 else f"{m2:.2f}"
