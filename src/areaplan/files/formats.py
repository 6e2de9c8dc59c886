"""The file formats that maps are handed out in, each written from the same layers.

Shapefile cuts names to ten characters: the names are chosen here, and ``fields.csv`` beside the files lists them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Final

import geopandas as gpd
import pandas as pd
import pyogrio
from pyogrio.errors import FeatureError, GeometryError

from areaplan.errors import InputError, OutputError
from areaplan.files.geometry_types import by_shape, geometry_type
from areaplan.messages import msg
from areaplan.schema import SCHEMA

__all__ = ["FORMATS", "SHORT_NAMES", "Layers", "field_list", "lost_in", "narrow", "write_layers"]

Layers = Mapping[str, gpd.GeoDataFrame]

SHORT_NAMES: Final = {
    "village_code": "vill_code", "households_low": "hh_low", "households_high": "hh_high",
    "feature_name": "feat_name", "building_id": "bldg_id",
}  # fmt: skip
"""Field names in Shapefiles where the column's own is longer than ten characters (or would be cut to the same as another)."""

_LAYERS: Final = ("areas", "boundaries", "buildings", "cells")
_DBF_BYTES: Final = 254


def write_layers(
    folder: Path,
    stem: str,
    layers: Layers,
    *,
    format: str,  # noqa: A002 - the word of the command line
    encoding: str = "UTF-8",
) -> list[Path]:
    """Write layers in one of :data:`FORMATS` into a folder, which the caller stages; whole numbers are as narrow as they can be.

    Raises
    ------
    OutputError
        When rows are lost on the way, or a text cannot be written in ``encoding``.
    """
    filled = {name: narrow(table) for name, table in layers.items() if len(table)}
    return list(FORMATS[format](folder, stem, filled, encoding))


def lost_in(layers: Layers, encoding: str) -> list[str]:
    """Return the characters of all texts that ``encoding`` lacks."""
    texts = (
        v
        for table in layers.values()
        for c in table.columns
        if table[c].dtype == object and c != "geometry"
        for v in table[c]
    )
    return sorted({c for t in texts if isinstance(t, str) for c in t if not _encodes(c, encoding)})


def narrow(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Make whole numbers 32 bits wide where they fit: older programs read wider ones as text or as fractions."""
    whole = [c for c in table.columns if str(table[c].dtype) in ("Int64", "int64")]
    fits = [c for c in whole if not (table[c].abs() > 2**31 - 1).any()]
    return table.astype(dict.fromkeys(fits, "Int32"))


def _shapefiles(folder: Path, stem: str, layers: Layers, encoding: str) -> list[Path]:
    places = []
    for layer, table in _unmixed(layers).items():
        short = _for_dbf(table.rename(columns=SHORT_NAMES), encoding)
        place = folder / (f"{stem}_{layer}.shp" if stem else f"{layer}.shp")
        _write(short, place, None, "ESRI Shapefile", encoding=encoding, DBF_DATE_LAST_UPDATE="2000-01-01")
        places.append(place)
    return places


def _for_dbf(table: gpd.GeoDataFrame, encoding: str) -> gpd.GeoDataFrame:
    """Return ``table`` with texts that fit the format: 254 bytes, cut between characters; refuse what the encoding lacks."""
    table, lost = table.copy(), set()
    for name in [c for c in table.columns if table[c].dtype == object]:
        texts = table[name].tolist()
        lost |= {c for t in texts if isinstance(t, str) for c in t if not _encodes(c, encoding)}
        if not lost:
            table[name] = pd.Series([_cut(t, encoding) for t in texts], dtype=object, index=table.index)
    if lost:
        raise OutputError(
            msg(
                "{encoding} cannot hold the characters {characters}; export as UTF-8",
                encoding=encoding,
                characters=" ".join(sorted(lost)),
            )
        )
    return table


def _encodes(character: str, encoding: str) -> bool:
    try:
        character.encode(encoding)
    except UnicodeEncodeError:
        return False
    except LookupError:
        raise InputError(msg("{encoding}: no such encoding; use UTF-8 or GBK", encoding=encoding)) from None
    return True


def _cut(text: object, encoding: str) -> object:
    if not isinstance(text, str):
        return text
    return text.encode(encoding)[:_DBF_BYTES].decode(encoding, "ignore")


def field_list() -> pd.DataFrame:
    """Return what each field of a Shapefile is called elsewhere, layer by layer."""
    rows = [(layer, SHORT_NAMES.get(c, c), c, kind) for layer in _LAYERS for c, kind in SCHEMA[layer].items()]
    return pd.DataFrame(rows, columns=["layer", "field", "column", "type"])


def _geojson(folder: Path, stem: str, layers: Layers, _encoding: str) -> list[Path]:
    places = []
    for layer, table in layers.items():
        place = folder / f"{stem}_{layer}.geojson"
        # nine digits of a degree are a tenth of a millimetre: neighbours still meet vertex for vertex
        _write(_wgs84(table), place, None, "GeoJSON", RFC7946="YES", COORDINATE_PRECISION=9)
        places.append(place)
    return places


def _parquet(folder: Path, stem: str, layers: Layers, _encoding: str) -> list[Path]:
    places = []
    for layer, table in layers.items():
        place = folder / f"{stem}_{layer}.parquet"
        table.to_parquet(place, index=False)
        places.append(place)
    return places


def _kml(folder: Path, stem: str, layers: Layers, _encoding: str) -> list[Path]:
    """Write one file with a folder per layer; each feature bears a name that a map can show."""
    place = folder / f"{stem}.kml"
    for layer, table in layers.items():
        named = _wgs84(table).rename(columns={"name": "label"} if "name" in table else {})
        _write(named.assign(Name=_names(layer, table)), place, layer, "LIBKML")
    return [place]


def _names(layer: str, table: gpd.GeoDataFrame) -> list[str]:
    if layer == "areas":
        return [" ".join(filter(None, pair)) for pair in zip(table["ea_code"], table["name"], strict=True)]
    first, second = {
        "boundaries": ("feature_name", "kind"),
        "buildings": ("name", "building_id"),
        "cells": ("label", "cell_id"),
    }[layer]
    return [a or b or "" for a, b in zip(table[first], table[second], strict=True)]


def _gdb(folder: Path, stem: str, layers: Layers, _encoding: str) -> list[Path]:
    place = folder / f"{stem}.gdb"
    for layer, table in _unmixed(layers).items():
        _write(table, place, layer, "OpenFileGDB")
    return [place]


def _unmixed(layers: Layers) -> dict[str, gpd.GeoDataFrame]:
    """Return layers that hold one shape each: buildings given as points get a layer of their own beside those with footprints."""
    apart = {}
    for layer, table in layers.items():
        parts = by_shape(table)
        for shape, part in parts.items():
            suffix = {"fill": "", "line": "_lines", "marker": "_points"}[shape] if len(parts) > 1 else ""
            apart[f"{layer}{suffix}"] = part.reset_index(drop=True)
    return apart


def _wgs84(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return table.to_crs("EPSG:4326")


def _write(table: gpd.GeoDataFrame, place: Path, layer: str | None, driver: str, **options: object) -> None:
    """Write a layer and see that every row arrived."""
    kind = geometry_type(table, "Polygon")
    try:
        pyogrio.write_dataframe(
            table, place, layer=layer, driver=driver, append=place.exists(),
            geometry_type=kind, promote_to_multi=kind.startswith("Multi"), **options,
        )  # fmt: skip
    except (FeatureError, GeometryError):
        text = msg(
            "{file}: a shape is unsound and cannot be written in this format; `areaplan check` says which; nothing was changed",
            file=place.name,
        )
        raise OutputError(text) from None
    rows = pyogrio.read_info(place, layer=layer, force_feature_count=True)["features"]
    if rows != len(table):
        raise OutputError(
            msg(
                "{file}: {rows} of {total} rows arrived; nothing was changed",
                file=place.name,
                rows=rows,
                total=len(table),
            )
        )


Writer = Callable[[Path, str, Layers, str], Iterable[Path]]

FORMATS: Final[dict[str, Writer]] = {
    "shp": _shapefiles,
    "geojson": _geojson,
    "parquet": _parquet,
    "kml": _kml,
    "gdb": _gdb,
}
"""How each format is written."""
