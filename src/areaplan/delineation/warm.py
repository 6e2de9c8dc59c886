"""Compile all hot loops of a run before the work starts: those over lines, then the engine's."""

from __future__ import annotations

from collections.abc import Callable

from areaplan import partition
from areaplan.linework import warm
from areaplan.messages import Message, msg

__all__ = ["warm_up"]


def warm_up(tell: Callable[[Message], None] | None = None) -> None:
    """Compile what cutting and dividing villages needs, once per machine and version; ``tell`` hears of it before, when it will take a while."""
    if tell is not None and not warm.is_warm():
        tell(msg("compiling the loops over lines, 5–15 s, only this once"))
    warm.warm_up()
    partition.warm_up(tell)
