"""To the enumerators: the sheet of each area, a listing form with its building numbers, and, when asked, a GeoPackage for field apps."""

from __future__ import annotations

import pandas as pd

from areaplan.deliveries.contractor import put_project
from areaplan.deliveries.delivery import Delivery
from areaplan.deliveries.layers import given_layers
from areaplan.deliveries.office import about
from areaplan.files import safe_name, xlsx_bytes
from areaplan.messages import msg, plain

__all__ = ["for_enumerators"]

_BLANK_ROWS = 10  # for buildings that the enumerator finds


def for_enumerators(delivery: Delivery) -> None:
    """Fill the folder of the enumerators: a folder per village."""
    names = delivery.levels["village"].set_index("code")["name"]
    for village in delivery.levels["village"]["code"]:
        folder = safe_name(village)
        codes = delivery.sheets.ground.codes(village=village)
        for code in codes:
            says = msg("sheet of an enumeration area: give each enumerator the own ones")
            delivery.put(f"{folder}/{safe_name(code)}.pdf", says, delivery.sheets.area(code))
        forms = {safe_name(c): _form(delivery, c) for c in codes}
        says = msg("listing forms (摸底表) with the building numbers of the sheets, an area on each worksheet")
        delivery.put(f"{folder}/listing_{folder}.xlsx", says, xlsx_bytes({**forms, **about(delivery)}))
        delivery.items[-1].rows.update({c: len(f) - _BLANK_ROWS for c, f in forms.items()})
        if delivery.options.phone:
            layers = given_layers(delivery.plan, village)
            layers["areas"] = layers["areas"].drop(columns="households")
            put_project(delivery, f"{folder}/phone", layers, f"{village} {names[village]}")
    delivery.notes.append(
        msg("A new building takes the next free number; a vanished one is struck out, and no number is used again.")
    )
    if delivery.options.phone:
        delivery.notes.append(
            msg(
                "The GeoPackage for field apps holds codes, borders and building numbers, and no counts of households or persons."
            )
        )


def _form(delivery: Delivery, code: str) -> pd.DataFrame:
    """Return the form of one area: a row per building, columns to be filled, and blank rows for new buildings."""
    plan, lang = delivery.plan, delivery.lang
    numbered = delivery.sheets.ground.numbered
    own = numbered[numbered["ea_code"] == code]
    buildings = plan.cells.buildings.iloc[own["row"].tolist()]
    name = [
        " ".join(filter(None, (plain(n or ""), plain(p or ""))))
        for n, p in zip(buildings["name"], own["part"], strict=True)
    ]
    rows = [
        [code, n, b, said, None if pd.isna(f) else float(f), *[None] * 5]
        for n, b, said, f in zip(own["number"], own["building_id"], name, buildings["levels"], strict=True)
    ]
    rows += [[code, *[None] * 9] for _ in range(_BLANK_ROWS)]
    heads = (msg("Area code"), msg("Building number"), msg("Identifier"), msg("Name, part"), msg("Floors"), msg("Households found"), msg("Persons found"),
             msg("Empty dwellings"), msg("New / gone"), msg("Remarks"))  # fmt: skip
    return pd.DataFrame(rows, columns=[h.text(lang) for h in heads], dtype=object)
