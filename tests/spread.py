"""Spread the tests over processes: a module stays together, so that what it makes once is made once; the longest begin.

``pytest -n 2 --dist loadfile`` asks for it. The marks of pytest-xdist that were meant for this (``xdist_group``) do nothing under the
versions pinned here.
"""

from __future__ import annotations

from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

BY_CLASS = {"test_real_towns.py"}
"""Modules whose classes make one thing each."""

BY_TEST = {"test_compare.py", "test_revise.py", "test_notebooks.py", "test_cells_laws.py"}
"""Modules of long tests that share nothing."""

FIRST = (
    "test_real_towns.py", "test_deliver.py", "test_install.py", "test_fuzz.py", "test_review_cli.py", "test_repair_files.py",
    "test_page_browser.py", "test_page_comments.py", "test_cli.py", "test_sheets.py", "test_notebooks.py", "test_revise.py",
)  # fmt: skip
"""Modules that take longest: what begins last should be short, or one process waits for the other."""


class ByModule(LoadScopeScheduling):
    """Hand out whole modules, or classes, or single tests, in the order they were collected."""

    def _split_scope(self, nodeid: str) -> str:
        path, _, test = nodeid.partition("::")
        name = path.rsplit("/", 1)[-1]
        if name in BY_TEST:
            return nodeid
        return f"{path}::{test.partition('::')[0]}" if name in BY_CLASS else path


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByModule | None:
    """Take the place of ``--dist loadfile``."""
    if config.getvalue("dist") != "loadfile":
        return None
    config.option.loadscopereorder = False
    return ByModule(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest modules first; the order within a module stays."""
    rank = {name: i for i, name in enumerate(FIRST)}
    items.sort(key=lambda item: rank.get(item.path.name, len(FIRST)))
