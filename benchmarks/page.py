"""The review page beside plain folium, in one run: ``python -m benchmarks.page [--runs 3] [--out DIR]``.

A town of 1,500 areas, 4,500 streets and 50,000 buildings (invented, the same every time). Both pages are opened in headless Chromium from a file with the network
blocked; folium's also with its scripts put inside, for blocked it is blank. Measured: bytes; seconds from the start of the navigation until the page can be used (ours says so when
all but the buildings is drawn and lists, keys and map answer; folium's map exists and its layers are drawn), and until the buildings are drawn too, the frame after it included; for each of twelve zoom steps the longest
time between two frames until all is drawn (median and worst), and the time until all is drawn; megabytes of heap after garbage collection.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import folium
import geopandas as gpd
import numpy as np

from areaplan.certificate import content_hash
from areaplan.maps import review_page
from areaplan.maps.assets import leaflet_script, leaflet_style
from benchmarks.big_town import big_town, some_findings

CHROMIUM = "/usr/bin/chromium"
BLANK = "folium, as it comes"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--js-flags=--expose-gc",
    "--enable-precise-memory-info",
]

FRAMES = """async (map) => {
  const steps = [], begun = performance.now();
  for (const by of [1, 1, 1, -1, -1, -1, 1, 1, 1, -1, -1, -1]) {
    const from = performance.now();
    let last = from, longest = 0;
    if (from - begun > CAP) { return null; }
    map.setZoom(map.getZoom() + by, { animate: false });
    do {
      await new Promise(done => requestAnimationFrame(() => setTimeout(done, 0)));
      const now = performance.now();
      longest = Math.max(longest, now - last);
      last = now;
    } while (map.getContainer().getAttribute('aria-busy') === 'true');
    steps.push([longest, last - from]);
    await new Promise(done => setTimeout(done, 120));
  }
  return steps;
}""".replace("CAP", "60000")
BLANK_AFTER_S = 15
"""How long to wait for a page that never becomes ready; folium's as it comes has nothing to wait for."""


def plain_folium(plan: Any) -> str:
    """Return the same town as folium draws it: areas, streets and buildings as GeoJson layers."""
    shown = folium.Map(tiles=None, prefer_canvas=True)
    for table, keys in (
        (plan.areas, ["ea_code", "name", "households"]),
        (plan.territory.lines, ["kind", "name"]),
        (plan.cells.buildings, ["building_id", "households"]),
    ):
        layer = gpd.GeoDataFrame(table[keys].astype(object), geometry=table.geometry, crs=plan.crs).to_crs(4326)
        folium.GeoJson(layer.to_json(), tooltip=folium.GeoJsonTooltip(keys)).add_to(shown)
    west, south, east, north = plan.areas.to_crs(4326).total_bounds
    shown.fit_bounds([[south, west], [north, east]])
    return str(shown.get_root().render())


def with_scripts_inside(page: str) -> str:
    """Put Leaflet into folium's page in place of the scripts it would load; what else it would load is left out."""
    page = re.sub(r'<script src="[^"]*"></script>', "", page)
    page = re.sub(r"<link[^>]*stylesheet[^>]*/?>", "", page)
    return page.replace("<head>", f"<head><script>{leaflet_script()}</script><style>{leaflet_style()}</style>", 1)


def measure(browser: Any, path: Path, *, ready: str, map_name: str, wait: bool) -> dict[str, float | None]:
    """Open a page with the network blocked and measure it; None for what cannot be measured because nothing is there."""
    context = browser.new_context(viewport={"width": 1366, "height": 768})
    page = context.new_page()
    page.route("**/*", lambda r: r.continue_() if r.request.url.startswith("file:") else r.abort())
    page.add_init_script(
        f"window.__t0 = performance.now(); (function look() {{ if ({ready}) {{ requestAnimationFrame(() => setTimeout(() => {{ window.__ready = performance.now(); }}, 0)); }} else {{ setTimeout(look, 5); }} }})(); (function look() {{ if (window.areaplanDrawn) {{ window.__whole = performance.now(); }} else {{ setTimeout(look, 5); }} }})();"
    )
    page.goto(path.as_uri(), wait_until="commit", timeout=120_000)
    end = time.monotonic() + (60 if wait else BLANK_AFTER_S)
    while page.evaluate("window.__ready || 0") == 0 and time.monotonic() < end:
        time.sleep(0.05)
    seconds = page.evaluate("window.__ready ? window.__ready / 1000 : null")
    out: dict[str, float | None] = {
        "megabytes": path.stat().st_size / 1e6,
        "seconds": seconds,
        "whole_seconds": None,
        "frame_ms": None,
        "worst_frame_ms": None,
        "all_drawn_ms": None,
        "heap_mb": None,
    }
    if seconds is not None:
        page.wait_for_timeout(3000)
        name = page.evaluate(f"Object.keys(window).find(k => /^{map_name}/.test(k))")
        steps = page.evaluate(f"({FRAMES})(window['{name}'])")
        page.evaluate("gc()")
        page.wait_for_timeout(300)
        if steps:
            frames = [longest for longest, _ in steps]
            out |= {
                "frame_ms": statistics.median(frames),
                "worst_frame_ms": max(frames),
                "all_drawn_ms": statistics.median(whole for _, whole in steps),
            }
        out |= {
            "whole_seconds": page.evaluate("window.__whole ? window.__whole / 1000 : window.__ready / 1000"),
            "heap_mb": page.evaluate("gc() || performance.memory.usedJSHeapSize / 1e6"),
        }
    context.close()
    return out


def pages(folder: Path) -> dict[str, tuple[Path, str, str]]:
    """Write the pages and return where they are, when each is ready, and what its map is called."""
    plan = big_town()
    findings = some_findings(plan)
    folium_page = plain_folium(plan)
    drawn = "window.L && Object.keys(window).some(k => /^geo_json_/.test(k)) && document.readyState === 'complete'"
    texts = {
        "areaplan": (
            review_page(plan, findings, {"content_hash": content_hash(plan), "proof": {"tiles": True}}),
            "window.areaplanReady",
            "map_review",
        ),
        BLANK: (folium_page, drawn, "map_"),
        "folium, scripts inside": (with_scripts_inside(folium_page), drawn, "map_"),
    }
    print(
        f"{len(plan.areas):,} areas, {len(plan.territory.lines):,} lines, {len(plan.cells.buildings):,} buildings, {len(findings):,} findings"
    )
    out = {}
    for name, (text, ready, map_name) in texts.items():
        path = folder / f"{re.sub('[^a-z]+', '_', name)}.html"
        path.write_text(text, encoding="utf-8", newline="\n")
        out[name] = (path, ready, map_name)
    return out


def main() -> None:
    """Measure and print."""
    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--out", type=Path, default=None)
    asked = parser.parse_args()
    folder = asked.out or Path(tempfile.mkdtemp())
    folder.mkdir(parents=True, exist_ok=True)
    written = pages(folder)
    found: dict[str, list[dict[str, float | None]]] = {name: [] for name in written}
    for run in range(asked.runs):
        for name, (
            path,
            ready,
            map_name,
        ) in written.items():  # in turn, so that what else the machine does meets all alike
            if name == BLANK and run:
                continue  # it stays blank
            with sync_playwright() as play:
                browser = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
                found[name].append(measure(browser, path, ready=ready, map_name=map_name, wait=name != BLANK))
                browser.close()
    print(
        f"{'':24}{'MB':>8}{'usable s':>10}{'whole s':>10}{'frame ms':>10}{'worst ms':>10}{'drawn ms':>10}{'heap MB':>9}   median of {asked.runs} runs"
    )
    for name, runs in found.items():
        print(
            f"{name:24}"
            + "".join(
                _cell(runs, k, w)
                for k, w in (
                    ("megabytes", 8),
                    ("seconds", 10),
                    ("whole_seconds", 10),
                    ("frame_ms", 10),
                    ("worst_frame_ms", 10),
                    ("all_drawn_ms", 10),
                    ("heap_mb", 9),
                )
            )
        )
    (folder / "page.json").write_text(json.dumps(found, indent=1), encoding="utf-8")


def _cell(runs: list[dict[str, float | None]], key: str, width: int) -> str:
    values = [v for r in runs if (v := r[key]) is not None]
    return f"{np.median(values):>{width}.2f}" if values else f"{'blank':>{width}}"


if __name__ == "__main__":
    main()
