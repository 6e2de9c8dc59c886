"""Draw all area sheets of a town and measure them: ``python benchmarks/sheets.py [PLAN]``.

Without a plan file Liechtenstein is planned first (needs ``AREAPLAN_DATA``). Prints milliseconds of processor per sheet (all pages of one area) after the first, median of three
runs, beside a fixed loop; pages, bytes, texts that overlap (measured on their boxes), areas in which a building number is missing or stands twice, and what R20 and R22 demand
and a sheet read back from its PDF lacks. ``--only-time`` leaves the checks out.
"""

from __future__ import annotations

import argparse
import io
import os
import re
import time
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from pypdf import PdfReader
from reportlab.pdfgen.canvas import Canvas

from areaplan.files import read_plan
from areaplan.maps.sheets import Sheets, words
from areaplan.maps.sheets.edition import DRAFT, INTERNAL
from areaplan.maps.sheets.ground import Ground
from areaplan.maps.sheets.ink import Ink
from areaplan.maps.sheets.measures import MM
from areaplan.maps.sheets.sheet import draw_area
from areaplan.model import AreaPlan
from areaplan.pipeline import plan_town
from areaplan.settings import read_settings

RUNS = 3


def plan_of(path: Path | None) -> AreaPlan:
    """Read a plan, or plan Liechtenstein."""
    if path:
        return read_plan(path)
    return plan_town(read_settings(Path(os.environ["AREAPLAN_DATA"]) / "configs" / "ready_liechtenstein.toml")).plan


def timed(plan: AreaPlan) -> tuple[list[float], int]:
    """Return the processor seconds of every sheet after the first, and the bytes of all."""
    seconds, size, last = [], 0, time.process_time()
    for _, data in Sheets(plan, content_hash="0" * 64).areas():
        seconds.append(time.process_time() - last)
        size, last = size + len(data), time.process_time()
    return seconds[1:], size


def calibration() -> float:
    """Return the processor seconds of a fixed loop: on a shared machine only the ratio to it counts."""
    start, total = time.process_time(), 0
    for i in range(3_000_000):
        total += i * i
    return time.process_time() - start


def unmet(data: bytes, ground: Ground, code: str) -> list[str]:
    """Read a sheet back from its PDF and return the demands of R20 and R22 that its first page does not meet."""
    reader = PdfReader(io.BytesIO(data))
    page = reader.pages[0]
    text = page.extract_text()
    flat = "".join(text.split())
    width, height = float(page.mediabox.width), float(page.mediabox.height)
    frame = f"{35 * MM:.2f} {15 * MM:.2f} m\n{width - 15 * MM:.2f} {15 * MM:.2f} l\n{width - 15 * MM:.2f} {height - 15 * MM:.2f} l"
    asked = {
        "title": "".join(ground.full_name(code).split()) in flat,
        "paper": sorted((round(width / MM), round(height / MM))) == [210, 297],
        "frame": frame.encode() in page.get_contents().get_data(),  # type: ignore[union-attr]
        "scale": re.search(r"1:\d", text) is not None,
        "north": words.NORTH.text(ground.lang) in text,
        "code": code in text,
        "neighbours": all(
            ground.short_code(c, ground.village_of(c))[-3:] in text
            for c in words.neighbours_of(ground, ground.area(code))
        ),
    }
    for name in ("LEGEND", "DRAFTER", "DATE", "SHEET", "SUPERVISOR", "TOWNSHIP", "STAMP", "DISCLAIMER"):
        asked[name.lower()] = "".join(getattr(words, name).text(ground.lang).split()) in flat
    asked["class"] = "".join(INTERNAL.text(ground.lang).split()) in flat
    asked["state"] = "".join(DRAFT.text(ground.lang).split()) in flat
    return [name for name, met in asked.items() if not met]


def overlaps(ink: Ink) -> int:
    """Count pairs of texts of a page that share more than a fifth of a square point."""
    found = 0
    for page in {t.page for t in ink.texts}:
        boxes = np.array([shapely.Polygon(t.corners) for t in ink.texts if t.page == page])
        left, right = shapely.STRtree(boxes).query(boxes, predicate="intersects")
        shared = shapely.area(shapely.intersection(boxes[left], boxes[right]))
        found += int(((shared > 0.2) & (left < right)).sum())
    return found


def numbers_once(ink: Ink, count: int) -> bool:
    """Tell whether the numbers 1 … count stand once each."""
    shown = Counter(t.text for t in ink.texts if t.kind == "number")
    return shown == Counter(str(i) for i in range(1, count + 1))


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("plan", type=Path, nargs="?")
    parser.add_argument("--only-time", action="store_true", help="leave the checks out")
    given = parser.parse_args()
    plan = plan_of(given.plan)
    runs = []
    for _ in range(RUNS):
        loop, (seconds, size) = calibration(), timed(plan)
        ms = np.array(seconds) * 1000
        runs.append(ms.mean())
        print(f"{len(ms) + 1} sheets, {size / (len(ms) + 1) / 1000:.0f} kB each; loop {loop:.2f} s; processor per sheet: "
              f"mean {ms.mean():.0f} ms, median {np.median(ms):.0f}, most {ms.max():.0f}")  # fmt: skip
    print(f"mean per sheet, median of {RUNS} runs: {np.median(runs):.0f} ms of processor")
    if not given.only_time:
        check(plan)


def check(plan: AreaPlan) -> None:
    """Measure what is drawn, and read every sheet back."""
    sheets = Sheets(plan)
    ground = sheets.ground
    pages = touching = wrong = 0
    faults: Counter[str] = Counter()
    for code in ground.codes():
        canvas: Any = Canvas(io.BytesIO())
        ink = draw_area(canvas, sheets.face, ground, code, sheets.edition)
        pages, touching = pages + ink.page - 1, touching + overlaps(ink)
        faults.update(unmet(sheets.area(code), ground, code))
        wrong += not numbers_once(ink, len(ground.area(code).houses))
    print(f"{pages} pages; {touching} overlapping texts; {wrong} areas with a number missing or double")
    print(f"R20 and R22 read back from the PDF of every sheet: {dict(faults) or 'all met'}")


if __name__ == "__main__":
    main()
