"""The ways areaplan can be unable to go on.

::

    AreaplanError
    ├── InputError        a file, layer, column or row cannot be used       (exit 2)
    ├── SettingsError     areaplan.toml cannot be used                      (exit 2)
    ├── OutputError       a result cannot be written                        (exit 2)
    └── ProblemError      arrays given to `partition` do not make a problem (also a ValueError)

An exception says what, where and what to do; all faults of one file come in one exception. A *finding* (see :mod:`areaplan.model`) is
another thing: the plan exists, and a person must look at a place in it.
"""

from __future__ import annotations

from collections.abc import Iterable

from areaplan.messages import Lang, Message, msg

__all__ = ["AreaplanError", "InputError", "OutputError", "ProblemError", "SettingsError"]


class AreaplanError(Exception):
    """Carry one or more :class:`~areaplan.messages.Message` to the person who can mend the cause.

    Parameters
    ----------
    faults
        One message, or all the messages of one file. Plain strings are taken as they are.
    """

    def __init__(self, faults: Message | str | Iterable[Message | str]) -> None:
        several = [faults] if isinstance(faults, (Message, str)) else list(faults)
        self.faults: tuple[Message, ...] = tuple(m if isinstance(m, Message) else Message(m) for m in several)
        super().__init__("\n".join(str(m) for m in self.faults))

    def __reduce__(self) -> tuple[type[AreaplanError], tuple[tuple[Message, ...]]]:
        return type(self), (self.faults,)

    def text(self, lang: Lang = "en") -> str:
        """Return the faults in ``lang``, numbered when there are several."""
        if len(self.faults) == 1:
            return self.faults[0].text(lang)
        head = msg("{count} faults:", count=len(self.faults)).text(lang)
        return "\n".join([head, *(f"  {i}. {m.text(lang)}" for i, m in enumerate(self.faults, 1))])


class InputError(AreaplanError):
    """Say that a file, layer, column or row cannot be used."""


class SettingsError(AreaplanError):
    """Say that the settings cannot be used."""


class OutputError(AreaplanError):
    """Say that a result cannot be written; what was there before is intact."""


class ProblemError(AreaplanError, ValueError):
    """Say that the arrays given to :func:`areaplan.partition.partition` do not make a problem."""
