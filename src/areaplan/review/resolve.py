"""From a wish to its effect: look it up, hold it to the rules, work out which cells change hands.

Each kind has a function that returns the effect or refuses. What holds for all is done here: areas stay in one piece, locks hold, and cells
that were cut earlier are put together again as soon as one area holds all their pieces.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from areaplan.messages import msg
from areaplan.review.bordering import border
from areaplan.review.change import LOCKS, Change, Refused
from areaplan.review.demands import require_area, require_unlocked, require_whole
from areaplan.review.dividing import split
from areaplan.review.draft import Draft, apply_effect
from areaplan.review.effect import Effect
from areaplan.review.moving import merge, move

__all__ = ["resolve"]

MOST_PERSONS = 4995
"""The most persons of a virtual area (R11)."""


def resolve(draft: Draft, change: Change) -> tuple[Effect, Draft]:
    """Return what a change does, and the draft after it.

    Raises
    ------
    Refused
        When it cannot be made, with the reason.
    """
    if not change.reason.strip():
        raise Refused(msg("no reason is given"))
    if not change.author.strip():
        raise Refused(msg("no author is given"))
    effect = _KINDS[change.kind](draft, change)
    after = apply_effect(draft, effect)
    moved = _moved(draft, after, effect)
    if moved:
        people = _people_moved(draft, after, moved)
        require_unlocked(draft, sorted(moved & set(draft.villages)), people=people)
        require_whole(draft, after, moved - set(effect.retired))
    healed = _whole_again(after)
    if not healed:
        return effect, after
    effect = replace(effect, healed=tuple(healed))
    return effect, apply_effect(draft, effect)


def _moved(before: Draft, after: Draft, effect: Effect) -> set[str]:
    """Return the areas that give or receive ground."""
    mother = {p.cell_id: c.cell_id for c in effect.cuts for p in c.pieces}
    old = before.code_of
    pairs = [(old[mother.get(c, c)], code) for c, code in effect.cells.items()]
    return {code for pair in pairs if pair[0] != pair[1] for code in pair}


def _people_moved(before: Draft, after: Draft, codes: set[str]) -> bool:
    """Say whether any of the areas that stay has other counts than before."""
    columns = ["households", "persons"]
    old, new = (
        d.cells.table.drop(columns="geometry").groupby("ea_code")[columns].sum(min_count=1) for d in (before, after)
    )
    both = [c for c in sorted(codes) if c in old.index and c in new.index]
    same = old.loc[both].fillna(-1).eq(new.loc[both].fillna(-1))
    return not bool(same.all(axis=None)) or any(c not in new.index for c in codes)


def _whole_again(draft: Draft) -> list[str]:
    """Return the cut cells that one area holds altogether, innermost first."""
    code_of = dict(draft.code_of)
    healed: list[str] = []
    while True:
        ready = [
            cell for cell, cut in draft.cuts.items()
            if cell not in healed
            and all(p.cell_id in code_of for p in cut.pieces)
            and len({code_of[p.cell_id] for p in cut.pieces}) == 1
        ]  # fmt: skip
        if not ready:
            return healed
        for cell in ready:
            pieces = draft.cuts[cell].pieces
            code_of[cell] = code_of[pieces[0].cell_id]
            healed.append(cell)


def _rename(draft: Draft, change: Change) -> Effect:
    require_area(draft, change.area)
    name, village = change.value.strip(), draft.villages[change.area]
    if not name:
        raise Refused(msg("no name is given"))
    for code, columns in draft.columns.items():
        if columns["name"] == name and code != change.area and draft.villages[code] == village:
            raise Refused(msg("area {code} of the same village is called {name} already (R12)", code=code, name=name))
    return Effect(columns={change.area: {"name": name}})


def _lock(draft: Draft, change: Change) -> Effect:
    require_area(draft, change.area)
    if change.value not in LOCKS:
        raise Refused(msg("{value!r} cannot be locked; say counts, borders or both", value=change.value))
    had = draft.columns[change.area]["locked"]
    value = change.value if had in (None, change.value) else "both"
    return Effect(columns={change.area: {"locked": value}})


def _unlock(draft: Draft, change: Change) -> Effect:
    require_area(draft, change.area)
    if not change.value.strip():
        raise Refused(msg("the number of the written approval is not given (R19)"))
    if draft.columns[change.area]["locked"] is None:
        raise Refused(msg("area {code} is not locked", code=change.area))
    return Effect(columns={change.area: {"locked": None}})


def _special(draft: Draft, change: Change) -> Effect:
    require_area(draft, change.area)
    return Effect(columns={change.area: {"special": change.value.strip() or None}})


def _virtual(draft: Draft, change: Change) -> Effect:
    villages = set(draft.base.territory.villages["village_code"])
    if change.village not in villages:
        raise Refused(msg("the plan has no village {code}", code=change.village or "-"))
    if change.persons is not None and not 0 <= change.persons <= MOST_PERSONS:
        raise Refused(msg("a virtual area has at most {most} persons (R11)", most=MOST_PERSONS))
    given = [int(str(r["ea_code"])[-3:]) for r in draft.virtual if r["village_code"] == change.village]
    number = max(given, default=899) + 1
    if number > 999:
        raise Refused(msg("village {village} has no virtual numbers left (R11)", village=change.village))
    code = f"{change.village}{number}"
    row = {"ea_code": code, "village_code": change.village, "name": change.value or code, "persons": change.persons}
    return Effect(virtual=(row,))


_KINDS: dict[str, Callable[[Draft, Change], Effect]] = {
    "move": move,
    "merge": merge,
    "split": split,
    "border": border,
    "rename": _rename,
    "lock": _lock,
    "unlock": _unlock,
    "special": _special,
    "virtual": _virtual,
}
