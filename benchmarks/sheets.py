"""Draw all area sheets of a town and measure them: ``python benchmarks/sheets.py [PLAN]``.

Without a plan file Liechtenstein is planned first (needs ``AREAPLAN_DATA``). Prints milliseconds of processor per sheet after the first, pages, bytes, texts that overlap (measured on their
boxes), and areas in which a building number is missing or stands twice.
"""

from __future__ import annotations

import argparse
import io
import os
import time
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from reportlab.pdfgen.canvas import Canvas

from areaplan.files import read_plan
from areaplan.maps.sheets import Sheets
from areaplan.maps.sheets.ink import Ink
from areaplan.maps.sheets.sheet import draw_area
from areaplan.model import AreaPlan
from areaplan.pipeline import plan_town
from areaplan.settings import read_settings


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
    plan = plan_of(parser.parse_args().plan)
    before = calibration()
    seconds, size = timed(plan)
    loop = (before + calibration()) / 2
    ms = np.array(seconds) * 1000
    print(f"calibration loop: {loop:.2f} s of processor")
    print(
        f"{len(ms) + 1} sheets, {size / (len(ms) + 1) / 1000:.0f} kB each; processor: mean {ms.mean():.0f} ms, median {np.median(ms):.0f}, most {ms.max():.0f}"
    )
    sheets = Sheets(plan)
    ground = sheets.ground
    pages = touching = wrong = 0
    for code in ground.codes():
        canvas: Any = Canvas(io.BytesIO())
        ink = draw_area(canvas, sheets.face, ground, code, sheets.edition)
        pages, touching = pages + ink.page - 1, touching + overlaps(ink)
        wrong += not numbers_once(ink, len(ground.area(code).houses))
    print(f"{pages} pages; {touching} overlapping texts; {wrong} areas with a number missing or double")


if __name__ == "__main__":
    main()
