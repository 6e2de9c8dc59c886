"""Work side by side: tasks in processes, or a few pieces of work on threads. How many there are changes the time, not what comes out.

Neither does how often Python looks for circles among what it holds.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar

__all__ = ["at_once", "collecting_seldom", "in_processes"]

_OBJECTS = 50_000
"""So many objects come to be before the collector looks at them; its own way is to look at every 700."""

Task = TypeVar("Task")
Result = TypeVar("Result")


def in_processes(
    work: Callable[[Task], Result], tasks: Sequence[Task], jobs: int, *, size: Callable[[Task], int]
) -> Iterator[Result]:
    """Yield ``work(task)`` of each task in order, done in up to ``jobs`` processes, the largest task begun first.

    Parameters
    ----------
    work
        A function of a module, so that a process can find it.
    size
        How large a task is: what is begun last should be soon over.

    Examples
    --------
    >>> list(in_processes(len, ["a", "bcd", "ef"], 1, size=len))
    [1, 3, 2]
    """
    jobs = min(jobs, len(tasks))
    if jobs < 2:
        yield from map(work, tasks)
        return
    with ProcessPoolExecutor(jobs) as pool:
        order = sorted(range(len(tasks)), key=lambda i: -size(tasks[i]))
        begun = {i: pool.submit(work, tasks[i]) for i in order}
        for i in range(len(tasks)):
            yield begun.pop(i).result()


def at_once(jobs: int, *works: Callable[[], Any]) -> list[Any]:
    """Return what each of several pieces of work returns, done on up to ``jobs`` threads.

    Threads gain where most of the time goes to GEOS, to sorting or to compiled loops, which leave the others their turn.

    Examples
    --------
    >>> at_once(2, lambda: 1, lambda: 2)
    [1, 2]
    """
    if jobs < 2:
        return [work() for work in works]
    with ThreadPoolExecutor(min(jobs, len(works))) as threads:
        return [begun.result() for begun in [threads.submit(work) for work in works]]


@contextmanager
def collecting_seldom() -> Iterator[None]:
    """Let Python look for circles of objects that nothing else holds only once in many thousand objects, as long as this lasts.

    Geometries come in hundreds of thousands and none of them is in a circle; to look through them again and again takes a tenth of the time
    of the judge. Whoever begins this while another does leaves the end of it to the other.

    Examples
    --------
    >>> with collecting_seldom():
    ...     gc.get_threshold()[0]
    50000
    """
    usual = gc.get_threshold()
    if usual[0] == 0 or usual[0] >= _OBJECTS:
        yield
        return
    gc.set_threshold(_OBJECTS, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)
