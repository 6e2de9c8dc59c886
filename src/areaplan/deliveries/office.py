"""To the office: the register of areas, totals that add up, and the order for the printer."""

from __future__ import annotations

import pandas as pd

from areaplan.deliveries.delivery import Delivery
from areaplan.deliveries.printing import LEVEL_NAMES, page_counts, print_order
from areaplan.deliveries.register import register, totals
from areaplan.files import xlsx_bytes
from areaplan.levels import Level
from areaplan.messages import msg

__all__ = ["about", "for_office"]

_ABOVE: tuple[Level, ...] = ("village", "township", "county")


def for_office(delivery: Delivery) -> None:
    """Fill the folder of an office."""
    lang, options = delivery.lang, delivery.options
    areas = register(delivery)
    tables = {msg("Register of enumeration areas").text(lang): areas, **about(delivery)}
    delivery.put(
        "register.xlsx",
        msg("register of enumeration areas (普查小区名录); columns for enumerator and supervisor are blank"),
        xlsx_bytes(tables),
    )
    delivery.items[-1].rows.update(areas=len(areas))
    sums = {LEVEL_NAMES[level].text(lang): totals(delivery, level) for level in _ABOVE}
    delivery.put(
        "totals.xlsx",
        msg("totals by village, township and county; every sheet ends with its sum"),
        xlsx_bytes({**sums, **about(delivery)}),
    )
    delivery.items[-1].rows.update({level: len(delivery.levels[level]) for level in _ABOVE})
    order, borne = print_order(page_counts(delivery), options.edition.paper, options.prices, lang)
    books = {msg("Print order").text(lang): order}
    if options.edition.paper in options.prices.price_per_page:
        books[msg("Cost by level").text(lang)] = borne
    else:
        delivery.notes.append(
            msg("The print order has no costs: no price of {paper} was given (--prices).", paper=options.edition.paper)
        )
    delivery.put(
        "print_order.xlsx",
        msg("print order: sheets, pages and copies by level, cost and who bears it"),
        xlsx_bytes({**books, **about(delivery)}),
    )


def about(delivery: Delivery) -> dict[str, pd.DataFrame]:
    """Return the sheet that says what a workbook is of: title, class, plan (R22: every file carries its class)."""
    lang = delivery.lang
    rows = [
        [msg("Title").text(lang), delivery.plan.territory.title],
        [msg("Class").text(lang), delivery.options.edition.circulation(lang)],
        [msg("Plan").text(lang), delivery.hash],
    ]
    return {msg("About").text(lang): pd.DataFrame(rows, columns=[msg("Item").text(lang), msg("Value").text(lang)])}
