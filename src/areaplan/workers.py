"""Work side by side: tasks in processes, or a few pieces of work on threads. How many there are changes the time, not what comes out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from typing import Any, TypeVar

__all__ = ["at_once", "in_processes"]

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
