"""Work side by side: tasks in processes, or a few pieces of work on threads. How many there are changes the time, not what comes out.

Neither does how often Python looks for circles among what it holds.
"""

from __future__ import annotations

import gc
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar

__all__ = ["at_once", "collecting_seldom", "in_processes"]

_OBJECTS = 50_000
"""So many objects come to be before the collector looks at them; its own way is to look at every 700."""

Task = TypeVar("Task")
Result = TypeVar("Result")


def in_processes(work: Callable[[Task], Result], tasks: Iterable[Task], jobs: int) -> Iterator[tuple[Task, Result]]:
    """Yield each task with ``work(task)`` in order, done in up to ``jobs`` processes.

    Tasks are begun in their order, and as soon as they come: give the largest first, for what is begun last should be soon over. In one
    process all tasks are taken before the first is worked on, so that what is wrong with one of them is known before the work.

    Parameters
    ----------
    work
        A function of a module, so that a process can find it.

    Examples
    --------
    >>> list(in_processes(len, ["bcd", "ef", "a"], 1))
    [('bcd', 3), ('ef', 2), ('a', 1)]
    """
    if jobs < 2:
        for task in list(tasks):
            yield task, work(task)
        return
    with ProcessPoolExecutor(jobs) as pool:
        try:
            begun = deque((task, pool.submit(work, task)) for task in tasks)
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
        while begun:
            task, doing = begun.popleft()
            yield task, doing.result()


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
