"""Sheets of a delivery, and the order for the printer: how many pages of which paper, what they cost, who bears it."""

from __future__ import annotations

import io
from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

import pandas as pd

from areaplan.deliveries.delivery import Delivery
from areaplan.deliveries.prices import Prices
from areaplan.files import safe_name
from areaplan.levels import LEVELS, Level
from areaplan.maps.sheets.sheet import draw_area
from areaplan.messages import Lang, Message, msg

__all__ = ["LEVEL_NAMES", "page_counts", "print_order", "put_sheets"]

LEVEL_NAMES: Final[dict[str, Message]] = {
    "area": msg("enumeration area"), "village": msg("village"), "township": msg("township"), "county": msg("county"), "city": msg("city"),
    "province": msg("province"),
}  # fmt: skip
_CENT = Decimal("0.01")


def put_sheets(delivery: Delivery, folder: str) -> None:
    """Put in an atlas per village, the township maps and the county overviews."""
    sheets = delivery.sheets
    for level, says in (("county", msg("overview of the county")), ("township", msg("map of the township"))):
        for code in delivery.levels[level]["code"]:  # type: ignore[index]
            name = f"{level}-{safe_name(code)}" if code else level
            delivery.put(f"{folder}/{name}.pdf", says, sheets.overview(level, code))  # type: ignore[arg-type]
    for code in delivery.levels["village"]["code"]:
        says = msg("atlas of the village: contents, map, a sheet per enumeration area")
        delivery.put(f"{folder}/{safe_name(code)}.pdf", says, sheets.village_atlas(code, delivery.progress))


def page_counts(delivery: Delivery) -> dict[Level, list[int]]:
    """Return the pages of every sheet by level; each is drawn, for only drawing tells how many details it needs."""
    from reportlab.pdfgen.canvas import Canvas

    sheets, counts = delivery.sheets, defaultdict[Level, list[int]](list)
    for level in LEVELS:
        for code in delivery.levels[level]["code"]:
            canvas: Any = Canvas(io.BytesIO())
            if level == "area":
                draw_area(canvas, sheets.face, sheets.ground, code, sheets.edition)
            else:
                sheets.overviews.draw(canvas, level, code)
            counts[level].append(canvas.getPageNumber() - 1)
    return dict(counts)


def print_order(
    pages: dict[Level, list[int]], paper: str, prices: Prices, lang: Lang
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the order by level and paper, and the cost by bearer; every column adds up to its last row.

    Costs are rounded to the cent per level; the subsidy is taken off the bearer and put on the level above.
    """
    price = prices.price_per_page.get(paper)  # type: ignore[call-overload]
    rows, borne = [], defaultdict[str, Decimal](Decimal)
    for level in LEVELS:
        printed = sum(pages[level]) * prices.copies
        cost = None if price is None else (price * printed).quantize(_CENT, ROUND_HALF_UP)
        bearer = prices.bearer.get(level, "county")
        share = prices.subsidy_share.get(bearer, Decimal(0))
        subsidy = None if cost is None else (cost * share).quantize(_CENT, ROUND_HALF_UP)
        if cost is not None and subsidy is not None:
            borne[bearer] += cost - subsidy
            borne[_above(bearer)] += subsidy
        rows.append(
            [
                LEVEL_NAMES[level].text(lang),
                paper,
                len(pages[level]),
                sum(pages[level]),
                prices.copies,
                printed,
                price,
                cost,
                LEVEL_NAMES[bearer].text(lang),
                subsidy,
            ]
        )
    heads = (msg("Level"), msg("Paper"), msg("Sheets"), msg("Pages"), msg("Copies"), msg("Pages printed"), msg("Price of a page"), msg("Cost"),
             msg("Borne by"), msg("Of it subsidy from the level above"))  # fmt: skip
    total = [
        msg("Total").text(lang),
        "",
        *(sum(r[i] for r in rows) for i in (2, 3)),
        None,
        sum(r[5] for r in rows),
        None,
        _sum(rows, 7),
        "",
        _sum(rows, 9),
    ]
    order = pd.DataFrame(
        [[_plain(v) for v in r] for r in [*rows, total]], columns=[h.text(lang) for h in heads], dtype=object
    )
    shares = [[LEVEL_NAMES[b].text(lang), _plain(v)] for b, v in borne.items() if v]
    shares.append([msg("Total").text(lang), _plain(sum(borne.values(), Decimal(0)))])
    return order, pd.DataFrame(
        shares, columns=[msg("Level").text(lang), msg("Cost after subsidy").text(lang)], dtype=object
    )


def _above(bearer: str) -> str:
    order = ("village", "township", "county", "city", "province")
    return order[min(order.index(bearer) + 1, len(order) - 1)]


def _sum(rows: list[list[Any]], column: int) -> Decimal | None:
    values = [r[column] for r in rows]
    return None if None in values else sum(values, Decimal(0))


def _plain(value: object) -> object:
    return float(value) if isinstance(value, Decimal) else value
