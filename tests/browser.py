"""A real Chromium for tests of pages: pages opened from files, and all they tried to do."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from areaplan.maps import review_page
from areaplan.model import AreaPlan, Findings

__all__ = ["FLAGS", "PROOF", "Opened", "chromium", "open_file", "open_page"]

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync",
]  # fmt: skip
PROOF = {
    "proof": {"tiles": True, "grid_m": 0.001, "edges": 96, "gap_m2": 0.0, "overlap_m2": 0.0, "spill_m2": 0.0},
    "totals": {"households_in": 240, "households_out": 240},
    "content_hash": "0af3" * 16,
}


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """Return a fresh profile of a running Chromium; where there is none, skip, or fail if AREAPLAN_REQUIRE_BROWSER says so."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not program:
        if os.environ.get("AREAPLAN_REQUIRE_BROWSER") == "1":
            pytest.fail("AREAPLAN_REQUIRE_BROWSER=1, but no Chromium is installed")
        pytest.skip("no Chromium is installed (Debian: apt install chromium)")
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=program, args=FLAGS)
        yield browser.new_context()
        browser.close()


class Opened:
    """A page that was opened from a file, and all it tried to do."""

    def __init__(self, page: Any, path: Path, width: int, height: int) -> None:
        self.requests: list[str] = []
        self.dialogs: list[str] = []
        self.errors: list[str] = []
        self.page = page
        page.set_viewport_size({"width": width, "height": height})
        self.page.route("**/*", self._route)
        self.page.on("dialog", lambda d: (self.dialogs.append(d.message), d.dismiss()))
        self.page.on("pageerror", lambda e: self.errors.append(str(e)))
        self.page.on("console", lambda m: self.errors.append(m.text) if m.type == "error" else None)
        self.own = path.as_uri()
        self.page.goto(self.own)
        self.wait("window.areaplanDrawn === true")

    def again(self) -> None:
        """Load the page once more, as after a night."""
        self.page.reload()
        self.wait("window.areaplanDrawn === true")

    def _route(self, route: Any) -> None:
        if route.request.url.split("#")[0] == self.own or route.request.url.startswith("blob:"):
            route.continue_()
        else:
            self.requests.append(route.request.url)
            route.abort()

    def wait(self, condition: str) -> None:
        """Wait until ``condition`` is true; the page's policy forbids the polling that Playwright would put into it."""
        for _ in range(600):
            if self.page.evaluate(condition):
                return
            self.page.wait_for_timeout(25)
        pytest.fail(f"waited in vain for {condition}")

    def texts(self, selector: str) -> list[str]:
        """Return the text of each element as it stands in the document."""
        return list(self.page.eval_on_selector_all(selector, "nodes => nodes.map(n => n.textContent)"))

    def view(self) -> list[float]:
        """Return centre and zoom of the map."""
        return list(
            self.page.evaluate("[map_review.getCenter().lng, map_review.getCenter().lat, map_review.getZoom()]")
        )

    def settle(self) -> None:
        """Wait until the map stands still and is drawn; it starts to move with the next frame."""
        self.page.wait_for_timeout(60)
        self.wait("!map_review._animatingZoom && !(map_review._panAnim && map_review._panAnim._inProgress)")
        self.wait("map_review.getContainer().getAttribute('aria-busy') !== 'true'")

    def quiet(self) -> bool:
        """Say whether nothing was asked for, executed or wrong."""
        assert self.page.evaluate("typeof window.__pwned") == "undefined"
        assert (self.requests, self.dialogs, self.errors) == ([], [], [])
        return True


@pytest.fixture
def open_file(chromium: Any) -> Iterator[Callable[..., Opened]]:
    """Return a function that opens an HTML file."""
    context = chromium.browser.new_context()

    def opener(path: Path, *, width: int = 1366, height: int = 768) -> Opened:
        return Opened(context.new_page(), path, width, height)

    yield opener
    context.close()


@pytest.fixture
def open_page(chromium: Any, tmp_path: Path) -> Iterator[Callable[..., Opened]]:
    """Return a function that opens the review page of a plan; a test begins with an empty browser."""
    context = chromium.browser.new_context()
    page = context.new_page()

    def opener(
        plan: AreaPlan,
        findings: Findings | None = None,
        proof: dict[str, Any] | None = PROOF,
        *,
        width: int = 1366,
        height: int = 768,
        **options: Any,
    ) -> Opened:
        path = tmp_path / "review.html"
        text = review_page(plan, Findings(crs=plan.crs) if findings is None else findings, proof, **options)
        path.write_text(text, encoding="utf-8")
        return Opened(page, path, width, height)

    yield opener
    context.close()
