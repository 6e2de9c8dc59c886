"""Values of a case that several rules share: made by the first rule that asks, once, whichever thread it runs on."""

from __future__ import annotations

from collections.abc import Callable
from threading import RLock
from typing import Any, Generic, Self, TypeVar, cast, overload

__all__ = ["once"]

T = TypeVar("T")


class once(Generic[T]):  # noqa: N801 - stands as a decorator
    """Make an attribute's value when it is first asked for, while other threads that ask for it wait.

    As ``functools.cached_property``, which from Python 3.12 on lets two threads make the same value. Values may ask for others in no circle.

    Examples
    --------
    >>> class Circle:
    ...     radius = 2
    ...
    ...     @once
    ...     def double(self) -> int:
    ...         return 2 * self.radius
    >>> Circle().double
    4
    """

    def __init__(self, make: Callable[[Any], T]) -> None:
        self._make = make
        self._lock = RLock()
        self._name = make.__name__
        self.__doc__ = make.__doc__

    @overload
    def __get__(self, case: None, owner: type) -> Self: ...

    @overload
    def __get__(self, case: object, owner: type) -> T: ...

    def __get__(self, case: object | None, owner: type) -> Self | T:
        """Return the value; from then on it stands in the instance itself and nothing is asked here."""
        if case is None:
            return self
        known = vars(case)
        with self._lock:
            if self._name not in known:
                known[self._name] = self._make(case)
        return cast("T", known[self._name])
