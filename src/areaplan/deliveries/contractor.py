"""To the contractor who draws the maps: the same layers in the formats of every GIS and CAD, sheets, field list, coordinate system."""

from __future__ import annotations

from typing import Any, Final

import geopandas as gpd
import pandas as pd

from areaplan.deliveries.delivery import Delivery
from areaplan.deliveries.layers import COLUMNS, LAYER_TITLES, MEANINGS, given_layers
from areaplan.deliveries.printing import put_sheets
from areaplan.files import SHORT_NAMES, lost_in, qgis_project, write_dxf, write_geopackage, write_layers, xlsx_bytes
from areaplan.messages import LANGS, Lang, msg

__all__ = ["for_contractor"]

_STEM: Final = "plan"


def for_contractor(delivery: Delivery) -> None:
    """Fill the folder of a contractor."""
    layers = given_layers(delivery.plan)
    rows = {n: len(t) for n, t in layers.items()}
    _geopackage(delivery, layers, rows)
    _shapefiles(delivery, layers)
    for path in write_layers(_folder(delivery, "filegdb"), _STEM, layers, format="gdb"):
        delivery.list(path, msg("FileGDB, a feature class per layer"), rows)
    path = delivery.place("dxf/plan.dxf")
    lines = write_dxf(path, layers)
    delivery.list(
        path, msg("DXF drawing in metres; its coordinate system stands on the CRS sheet"), {"polylines": lines}
    )
    put_sheets(delivery, "sheets")
    delivery.put(
        "fields.xlsx",
        msg("field list: every column of every layer, its short name in Shapefiles, what it means"),
        _fields(layers, delivery.lang),
    )
    delivery.put("crs.txt", msg("CRS sheet: the coordinate system and the extent"), _crs_sheet(delivery, layers))
    delivery.notes += [
        msg("Codes of villages and areas are text; do not let a spreadsheet turn them into numbers."),
        msg(
            "Building numbers are provisional until the listing; a new building takes the next free number, none is renumbered."
        ),
        msg(
            "Borders of neighbouring areas share every vertex; please keep them so, and return the layers in the same coordinate system."
        ),
    ]


def _folder(delivery: Delivery, name: str) -> Any:
    return delivery.place(f"{name}/x").parent


def _geopackage(delivery: Delivery, layers: dict[str, gpd.GeoDataFrame], rows: dict[str, int]) -> None:
    put_project(delivery, "qgis", layers, delivery.plan.territory.title or _STEM)
    for item in delivery.items:
        if item.path.suffix == ".gpkg":
            item.rows.update(rows)


def put_project(delivery: Delivery, folder: str, layers: dict[str, gpd.GeoDataFrame], title: str) -> None:
    """Write a GeoPackage with styles and a QGIS project that opens it."""
    path = delivery.place(f"{folder}/{_STEM}.gpkg")
    write_geopackage(path, layers, description=delivery.options.edition.circulation(delivery.lang))
    delivery.list(path, msg("GeoPackage with QGIS styles"), {n: len(t) for n, t in layers.items()})
    titles = {n: m.text(delivery.lang) for n, m in LAYER_TITLES.items()}
    delivery.put(
        f"{folder}/{_STEM}.qgs",
        msg("QGIS project: open this one; it finds the GeoPackage beside it"),
        qgis_project(title, path.name, layers, titles),
    )


def _shapefiles(delivery: Delivery, layers: dict[str, gpd.GeoDataFrame]) -> None:
    """Write Shapefiles in both encodings; a character that GBK lacks is spelled out there, and the README says which."""
    says = {
        "UTF-8": msg("Shapefiles in UTF-8"),
        "GBK": msg("Shapefiles in GBK, for older programs"),
    }
    for encoding, text in says.items():
        lost = lost_in(layers, encoding)
        written = {n: _spelled(t, set(lost)) for n, t in layers.items()} if lost else layers
        if lost:
            spelled = ", ".join(f"{c} = [U+{ord(c):04X}]" for c in lost)
            delivery.notes.append(
                msg("GBK lacks some characters; in those Shapefiles they are spelled out: {spelled}", spelled=spelled)
            )
        folder = _folder(delivery, f"shapefile_{encoding.lower().replace('-', '')}")
        for path in write_layers(folder, _STEM, written, format="shp", encoding=encoding):
            delivery.list(path, text, {path.stem: _rows_of(path.stem, layers)})


def _rows_of(stem: str, layers: dict[str, gpd.GeoDataFrame]) -> int:
    """Return the rows of a Shapefile's layer; ``plan_buildings_points`` holds those of the buildings that are points."""
    name = stem.removeprefix(f"{_STEM}_")
    if name in layers and layers[name].geom_type.str.replace("Multi", "").nunique() == 1:
        return len(layers[name])
    base, _, shape = name.rpartition("_")
    table = layers[base if base in layers else name]
    points = table.geom_type.isin(["Point", "MultiPoint"])
    return int(points.sum() if shape == "points" else (~points).sum())


def _spelled(table: gpd.GeoDataFrame, lost: set[str]) -> gpd.GeoDataFrame:
    out = table.copy()
    for column in [c for c in table.columns if table[c].dtype == object and c != "geometry"]:
        out[column] = pd.Series(
            ["".join(f"[U+{ord(c):04X}]" if c in lost else c for c in v) if isinstance(v, str) else v for v in table[column]],
            dtype=object, index=table.index,
        )  # fmt: skip
    return out


def _fields(layers: dict[str, gpd.GeoDataFrame], lang: Lang) -> bytes:
    heads = [
        m.text(lang)
        for m in (msg("Layer"), msg("Title"), msg("Column"), msg("Field in Shapefiles"), msg("Type"), msg("Meaning"))
    ]
    rows = [
        [
            layer,
            LAYER_TITLES[layer].text(lang),
            column,
            SHORT_NAMES.get(column, column),
            _type(layers[layer][column]),
            MEANINGS[column].text(lang),
        ]
        for layer in layers
        for column in COLUMNS[layer]
    ]
    return xlsx_bytes({msg("Fields").text(lang): pd.DataFrame(rows, columns=heads)})


def _type(column: pd.Series) -> str:
    return {"Int64": "integer", "float64": "real"}.get(str(column.dtype), "text")


def _crs_sheet(delivery: Delivery, layers: dict[str, gpd.GeoDataFrame]) -> str:
    crs = delivery.plan.crs
    extent = ", ".join(str(round(float(v), 3)) for v in layers["villages"].total_bounds)
    said = (
        msg("Coordinate system: {name} ({authority})", name=crs.name, authority=":".join(crs.to_authority() or ("-",))),
        msg("Datum: {name}", name=crs.datum.name if crs.datum else "-"),
        msg("Unit: {name}", name=crs.axis_info[0].unit_name),
        msg("Extent (west, south, east, north): {extent}", extent=extent),
    )
    both = ["\n".join([*(m.text(lang) for m in said), ""]) for lang in reversed(LANGS)]
    return "\n".join([*both, crs.to_wkt(pretty=True), ""])
