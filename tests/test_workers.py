"""Work side by side: in order, begun as it comes, and given up as soon as a task cannot be made."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from time import monotonic, sleep

import pytest

from areaplan.workers import in_processes


def noted(task: tuple[Path, int]) -> int:
    """Leave a mark that the task was begun, and double its number."""
    folder, number = task
    (folder / str(number)).touch()
    return 2 * number


@pytest.mark.parametrize("jobs", [1, 2, 3])
def test_results_come_in_the_order_of_the_tasks(tmp_path: Path, jobs: int) -> None:
    """However many processes there are."""
    tasks = [(tmp_path, k) for k in range(7)]
    assert list(in_processes(noted, iter(tasks), jobs)) == [(task, 2 * task[1]) for task in tasks]
    assert list(in_processes(noted, [], jobs)) == []


def test_a_task_is_begun_before_the_next_is_made(tmp_path: Path) -> None:
    """The second task is made while the first is worked on: it waits here until it sees its mark."""

    def tasks() -> Iterator[tuple[Path, int]]:
        yield tmp_path, 1
        late = monotonic() + 60
        while not (tmp_path / "1").exists():
            assert monotonic() < late, "nobody began the first task"
            sleep(0.01)
        yield tmp_path, 2

    assert [doubled for _, doubled in in_processes(noted, tasks(), 2)] == [2, 4]


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_task_that_cannot_be_made_ends_the_work(tmp_path: Path, jobs: int) -> None:
    """What is wrong with a task is said by who makes it; in one process nothing has been begun then."""

    def tasks() -> Iterator[tuple[Path, int]]:
        yield tmp_path, 1
        raise ValueError("the second task")

    with pytest.raises(ValueError, match="the second task"):
        list(in_processes(noted, tasks(), jobs))
    assert jobs > 1 or not list(tmp_path.iterdir())
