"""The field mapping of what is handed up: a data file that an office can correct, because the national format of the day is not known here."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Literal

import geopandas as gpd
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, model_validator

from areaplan.deliveries.own_files import read_own_file
from areaplan.errors import InputError
from areaplan.levels import Level
from areaplan.messages import msg
from areaplan.reasons import WrongValue

__all__ = ["FieldMapping", "IssuedList", "LayerMapping", "mapped", "read_mapping"]

Source = Literal["code", "name", "parent", "areas", "buildings", "households", "persons", "area_m2"]

_OURS = files("areaplan.deliveries") / "data" / "upper.toml"


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FieldOf(_Table):
    """One field: its name, and where its value comes from."""

    name: Annotated[str, Field(min_length=1)]
    source: Source | None = Field(default=None, alias="from")
    value: str | None = None
    type: Literal["text", "integer", "real"] = "text"
    width: Annotated[int, Field(ge=1, le=254)] = 254

    @model_validator(mode="after")
    def _one_source(self) -> FieldOf:
        if (self.source is None) == (self.value is None):
            raise WrongValue(msg("needs either `from` or `value`"))
        return self


class LayerMapping(_Table):
    """One layer: the level it holds, the name of its file, its fields."""

    level: Level
    file: Annotated[str, Field(pattern=r"^[A-Za-z0-9_\-\u4e00-\u9fff]+$")]
    fields: tuple[FieldOf, ...]


class IssuedList(_Table):
    """How the issued list is filled in."""

    level: Level = "village"
    source: Source = Field(default="areas", alias="from")
    key: str | None = None
    fill: str | None = None


class FieldMapping(_Table):
    """The whole mapping."""

    format: Literal["shp", "gdb"] = "shp"
    encoding: Literal["UTF-8", "GBK"] = "UTF-8"
    layer: tuple[LayerMapping, ...]
    issued: IssuedList = IssuedList()

    @model_validator(mode="after")
    def _fitting(self) -> FieldMapping:
        for layer in self.layer:
            names = [f.name for f in layer.fields]
            if len(set(names)) < len(names):
                raise WrongValue(msg("layer {layer}: a field stands twice", layer=layer.file))
            long = [n for n in names if len(n.encode(self.encoding)) > 10]
            if self.format == "shp" and long:
                raise WrongValue(
                    msg(
                        "layer {layer}: longer than the ten bytes of a Shapefile: {names}",
                        layer=layer.file,
                        names=", ".join(long),
                    )
                )
        if len({layer.file for layer in self.layer}) < len(self.layer):
            raise WrongValue(msg("two layers have one file name"))
        return self


def read_mapping(path: Path | None = None) -> FieldMapping:
    """Read a field mapping, or the one that comes with areaplan.

    Raises
    ------
    InputError
        With every fault of the file.
    """
    if path is None:
        return FieldMapping.model_validate(tomllib.loads(_OURS.read_text("utf-8")))
    return read_own_file(path, FieldMapping, msg("{path}: cannot be read as a field mapping ({reason})"))


def mapped(table: gpd.GeoDataFrame, layer: LayerMapping, encoding: str) -> gpd.GeoDataFrame:
    """Return a level with the fields of its layer.

    Raises
    ------
    InputError
        For texts longer than their field: a cut name would be a wrong name.
    """
    columns, faults = {}, []
    for field in layer.fields:
        values = (
            pd.Series([field.value] * len(table), dtype=object)
            if field.source is None
            else table[field.source].reset_index(drop=True)
        )
        if field.type == "text":
            texts = [None if pd.isna(v) else str(v) for v in values]
            longest = max((t for t in texts if t), key=lambda t: len(t.encode(encoding, "replace")), default="")
            if len(longest.encode(encoding, "replace")) > field.width:
                faults.append(
                    msg(
                        "field {name} holds {width} bytes, but «{text}» has more; widen it in the field mapping",
                        name=field.name,
                        width=field.width,
                        text=longest,
                    )
                )
            columns[field.name] = pd.Series(texts, dtype=object)
        else:
            columns[field.name] = values.astype("Int64" if field.type == "integer" else "float64")
    if faults:
        raise InputError(faults)
    return gpd.GeoDataFrame(columns, geometry=table.geometry.reset_index(drop=True), crs=table.crs)
