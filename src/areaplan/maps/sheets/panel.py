"""Everything around the map: head, title, scale, legend, facts, locator, QR code, places to sign, and the closing sentence."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely

from areaplan.maps.sheets import words
from areaplan.maps.sheets.ground import AreaGround, Ground
from areaplan.maps.sheets.ink import MM, Box, Ink, path_operators, wrap
from areaplan.maps.sheets.pages import Page
from areaplan.maps.sheets.signs import BORDERS, FEATURES, draw_border, draw_feature
from areaplan.maps.sheets.view import View, fit
from areaplan.messages import Message

__all__ = ["draw_facts", "draw_legend", "draw_locator", "draw_rim", "draw_scale"]


def draw_rim(ink: Ink, page: Page, ground: Ground, area: AreaGround, state: str, number: tuple[int, int]) -> None:
    """Draw what every page of a sheet has: the thick frame, head, title, places to sign, foot."""
    lang, unit = ground.lang, page.unit
    ink.rect(page.frame, width=2.6 * unit)
    left, low, right, high = page.head
    y = low + (high - low - 9 * unit) / 2 + 1.2 * unit
    mark = words.DRAFT if state == "draft" else words.FINAL
    ink.text(left + 2 * MM, y, mark.text(lang), 10 * unit, bold=True)
    paged = Message(words.PAGE.template, {"page": number[0], "pages": number[1]}).text(lang)
    ink.text((left + right) / 2, y, paged, 7.5 * unit, anchor=0.5)
    ink.text(right - 2 * MM, y, words.INTERNAL.text(lang), 10 * unit, anchor=1, bold=True)
    _title(ink, page.title, ground.full_name(area.code), unit)
    _signs(ink, page, ground, f"{area.code}-{number[0]}")
    left, low, right, high = page.foot
    ink.line(left, high, right, high, 0.6)
    _shrunk(ink, (left, low, right, high), words.DISCLAIMER.text(lang), 7 * unit)


def _title(ink: Ink, box: Box, title: str, unit: float) -> None:
    """Write the title as large as it fits: on one line down to 11 points, then on two, then three."""
    left, low, right, high = box
    width = right - left - 6 * MM
    ink.line(left, low, right, low, 0.8)
    for size, most in (
        (17, 1),
        (15, 1),
        (13, 1),
        (11, 1),
        (11, 2),
        (10, 2),
        (9, 2),
        (8, 3),
        (7, 3),
        (6, 4),
        (5, 5),
        (4, 9),
    ):
        lines = wrap(ink.face, title, size * unit, width)
        if len(lines) <= most:
            break
    step = size * unit * 1.12
    y = (low + high) / 2 + step * (len(lines) / 2 - 1) + size * unit * 0.22
    for i, line in enumerate(lines):
        ink.text((left + right) / 2, y - i * step, line, size * unit, anchor=0.5, bold=True)


def _shrunk(ink: Ink, box: Box, text: str, size: float) -> None:
    left, low, right, high = box
    size = min(size, size * (right - left - 4 * MM) / ink.face.width(text, size))
    ink.text((left + right) / 2, (low + high) / 2 - size * 0.36, text, size, anchor=0.5)


def _signs(ink: Ink, page: Page, ground: Ground, sheet: str) -> None:
    left, low, right, high = page.signs
    lang, unit = ground.lang, page.unit
    ink.line(left, high, right, high, 0.8)
    cells = (
        (words.DRAFTER, 0.17, ""), (words.DATE, 0.15, ""), (words.SHEET, 0.23, sheet),
        (words.SUPERVISOR, 0.18, ""), (words.TOWNSHIP, 0.27, words.STAMP.text(lang)),
    )  # fmt: skip
    x = left
    for label, share, text in cells:
        end = x + share * (right - left)
        ink.text(x + 1.5 * MM, high - 8.5 * unit, label.text(lang), 7 * unit)
        if text == sheet:
            size = min(8 * unit, 8 * unit * (end - x - 3 * MM) / ink.face.width(text, 8 * unit))
            ink.text((x + end) / 2, low + 4 * MM * unit, text, size, anchor=0.5)
        else:
            ink.text(end - 1.5 * MM, low + 2 * unit, text, 7 * unit, anchor=1, gray=0.35)
        if end < right - 1:
            ink.line(end, low, end, high, 0.5)
        x = end


def draw_scale(ink: Ink, page: Page, view: View, crs: str) -> None:
    """Draw the scale bar with its numeric scale, and the name of the CRS."""
    left, low, right, _ = page.bar
    unit = page.unit
    ink.rect(page.bar, width=0.5)
    length = _round_length(50 * MM * unit / view.per_m)
    x, y, step = left + 5 * MM, low + 2.2 * MM * unit, length * view.per_m / 4
    for i in range(4):
        ink.rect((x + i * step, y, x + (i + 1) * step, y + 3 * unit), width=0.5, fill=float(i % 2))
    for at, text in ((0, "0"), (2, f"{length / 2:g}"), (4, f"{length:g} m")):
        ink.text(x + at * step, y + 4.6 * unit, text, 6.5 * unit, anchor=0.5)
    scale = f"1:{view.scale:,.0f}".replace(",", "\u0020")
    ink.text(x + 4 * step + 10 * MM * unit, y, scale, 10 * unit, bold=True)
    ink.text(right - 2 * MM, y, crs, 6.5 * unit, anchor=1, gray=0.3)


def _round_length(most: float) -> float:
    power = 10.0 ** np.floor(np.log10(most))
    return float(max(f * power for f in (1, 2, 4) if f * power <= most * (1 + 1e-9)))


def draw_facts(ink: Ink, page: Page, lines: list[str]) -> None:
    """Write the facts, wrapped, smaller when there is much to say."""
    left, low, right, high = page.facts
    ink.rect(page.facts, width=0.5)
    room = right - left - 4 * MM
    for size in (8.5, 7.5, 6.5, 5.5, 4.5):
        wrapped = [w for line in lines for w in wrap(ink.face, line, size * page.unit, room)]
        if len(wrapped) * size * 1.35 * page.unit <= high - low - 3 * MM:
            break
    step = size * 1.35 * page.unit
    fitting = wrapped[: int((high - low - 3 * MM) / step)]
    for i, line in enumerate(fitting):
        ink.text(left + 2 * MM, high - 1.5 * MM - step * (i + 0.8), line, size * page.unit)


def draw_legend(ink: Ink, page: Page, ground: Ground, used: set[str]) -> None:
    """Draw the signs that occur on the sheet, and what they mean."""
    left, low, right, high = page.legend
    lang, unit = ground.lang, page.unit
    ink.rect(page.legend, width=0.5)
    ink.text(left + 2 * MM, high - 11 * unit, words.LEGEND.text(lang), 8.5 * unit, bold=True)
    signs: list[tuple[str, str]] = [
        (f"border {k}", m.text(lang)) for k, (m, _) in BORDERS.items() if f"border {k}" in used
    ]
    signs += [(k, m.text(lang)) for k, m in FEATURES.items() if k in used]
    signs += [
        (k, m.text(lang)) for k, m in (("house", words.HOUSE), ("shed", words.SHED), ("cell", words.CELL)) if k in used
    ]
    signs.append(("neighbour", words.ELSEWHERE.text(lang)))
    step = min(13 * unit, (high - low - 16 * unit) / max(len(signs), 1))
    size = min(7 * unit, step * 0.8)
    for i, (sign, text) in enumerate(signs):
        y = high - 15 * unit - step * (i + 0.6)
        _sign(ink, sign, left + 2 * MM, y, 11 * MM * unit, unit)
        ink.text(
            left + 15 * MM * unit,
            y - size * 0.36,
            text,
            min(size, _fitting(ink, text, size, right - left - 16 * MM * unit)),
        )


def _fitting(ink: Ink, text: str, size: float, width: float) -> float:
    return size * min(1.0, width / max(ink.face.width(text, size), 1e-6))


def _sign(ink: Ink, sign: str, x: float, y: float, width: float, unit: float) -> None:
    line = [np.array([(x, y), (x + width, y)])]
    if sign.startswith("border "):
        ink.rect((x, y, x + width, y + 3.2 * unit), fill=0.74)
        draw_border(ink, sign.removeprefix("border "), line, unit)
    elif sign in ("house", "shed"):
        ink.rect(
            (x + width / 4, y - 3.2 * unit, x + width * 3 / 4, y + 3.2 * unit),
            width=0.45,
            fill=0.86 if sign == "house" else 1.0,
        )
    elif sign == "cell":
        ink.path(line, width=0.4, gray=0.45, dash=(2, 1.5))
    elif sign == "neighbour":
        ink.path(line, width=0.9 * unit, gray=0.55, dash=(5, 2))
    else:
        draw_feature(ink, sign, line)


def draw_locator(ink: Ink, page: Page, ground: Ground, area: AreaGround) -> None:
    """Draw the village with its areas, this one black, and the QR code with the area's code and the plan's hash."""
    left, low, right, high = page.inset
    unit = page.unit
    ink.rect(page.inset, width=0.5)
    code = 21 * MM * unit
    beside = (right - left) < (high - low)
    box = (left, low + code, right, high) if beside else (left, low, right - code, high)
    v = ground.village_row(area.village_code)
    name = ground.villages["name"][v] or area.village_code
    room = box[2] - box[0] - 3 * MM
    caption = Message(words.LOCATOR.template, {"village": name}).text(ground.lang)
    while ink.face.width(caption, 5 * unit) > room and name:  # the whole name stands in the title
        name = name[:-1]
        caption = Message(words.LOCATOR.template, {"village": f"{name}…"}).text(ground.lang)
    size = _fitting(ink, caption, 7 * unit, room)
    ink.text((box[0] + box[2]) / 2, box[3] - 9 * unit, caption, size, anchor=0.5)
    picture = (box[0], box[1], box[2], box[3] - 11 * unit)
    view, outline, borders = _village(ground, area.village_code, picture)
    with ink.clip(picture):
        ink.path(view.rings(area.shape), width=0.3, fill=0.25, close=True)
        ink.canvas.addLiteral(f"q 0.3 w 0.5 G {borders} S 0.9 w 0 G {outline} S Q")
    text = area.code if not ground.content_hash else f"{area.code} {ground.content_hash[:16]}"
    at = (left, low) if beside else (right - code, low + (high - low - code) / 2)
    _qr(ink, at[0] + (1.5 * MM if not beside else 2 * MM), at[1] + 1.5 * MM, code - 3 * MM, text)
    if beside:
        _beside_code(ink, (left + code, low, right, low + code), area, ground)


def _beside_code(ink: Ink, box: Box, area: AreaGround, ground: Ground) -> None:
    left, low, right, high = box
    size = _fitting(ink, area.code, 8.0, right - left - 3 * MM)
    ink.text(left, (low + high) / 2 + 2, area.code, size, bold=True)
    ink.text(left, (low + high) / 2 - 9, (ground.content_hash or "")[:16], size * 0.9, gray=0.3)


def _village(ground: Ground, village: str, box: Box) -> tuple[View, str, str]:
    """Return the view of a village and its outline and borders as path operators; drawn once, used for each of its areas."""
    key = ("village", village, box)
    if key not in ground.memo:
        shape = ground.villages.shapes[ground.village_row(village)]
        rows = np.flatnonzero(ground.areas["village_code"] == village)
        shapes = ground.areas.shapes[rows]
        seen = (
            shapely.union(shapely.box(*shape.bounds), shapely.box(*shapely.total_bounds(shapes)))
            if len(rows)
            else shape
        )
        view = fit(seen.bounds, box, 2 * MM)
        coarse = shapely.simplify(np.concatenate([shapes, [shape]]), 0.4 / view.per_m)
        borders = path_operators(view.rings(coarse[:-1]), close=True)
        ground.memo[key] = view, path_operators(view.rings(coarse[-1:]), close=True), borders
    found: tuple[View, str, str] = ground.memo[key]
    return found


def _qr(ink: Ink, x: float, y: float, size: float, text: str) -> None:
    from reportlab.graphics.barcode import qrencoder

    made: Any = qrencoder.QRCode(None, qrencoder.QRErrorCorrectLevel.M)
    made.addData(text)
    made.make()
    n = made.getModuleCount()
    step = size / n
    squares = [
        f"{x + c * step:.2f} {y + size - (r + 1) * step:.2f} {step + 0.02:.2f} {step + 0.02:.2f} re"
        for r in range(n) for c in range(n) if made.isDark(r, c)
    ]  # fmt: skip
    ink.canvas.addLiteral("q 0 g " + " ".join(squares) + " f Q")
