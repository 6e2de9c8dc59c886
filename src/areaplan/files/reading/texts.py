"""Find the encoding to read a layer in, say what was guessed, and decode what GDAL can only give byte by byte."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from areaplan.files.reading.encodings import (
    decodes,
    detect,
    is_encoding,
    shapefile_encoding,
    texts_of,
    unknown_encoding,
)
from areaplan.files.reading.record import Record
from areaplan.files.reading.shapefiles import companion
from areaplan.messages import Message, msg
from areaplan.model import Finding, Severity
from areaplan.settings import LayerInput

__all__ = ["dbf_of", "decoded", "text_encoding", "untorn"]


def text_encoding(path: Path, spec: LayerInput, where: Message, record: Record) -> str | None:
    """Return the encoding to read a file in, ``None`` for the format's own, ``""`` after noting that the one given is wrong."""
    if spec.encoding and not is_encoding(spec.encoding):
        record.fault(unknown_encoding(where, spec.encoding))
        return ""
    if path.suffix.lower() in {".geojson", ".json"}:
        return _json_encoding(path, where, record)
    return (
        _dbf_encoding(dbf_of(path), spec, where, record) if path.suffix.lower() in {".shp", ".dbf"} else spec.encoding
    )


def _dbf_encoding(dbf: Path, spec: LayerInput, where: Message, record: Record) -> str | None:
    """Return the encoding of a ``.dbf``, found out where it is not given; say what had to be guessed."""
    if spec.encoding:
        if decodes(texts_of(dbf), spec.encoding):
            return spec.encoding
        record.fault(
            msg(
                '{where}: encoding = "{encoding}" does not fit its text; leave the key out to have it found',
                where=where,
                encoding=spec.encoding,
            )
        )
        return ""
    found = shapefile_encoding(dbf)
    if found is None:
        return None
    if found.guessed and found.claimed:
        message = msg(
            "{where}: says its text is {claimed}, but it is not; read as {encoding}",
            where=where,
            claimed=found.claimed,
            encoding=found.name,
        )
        record.find([Finding("R00", Severity.WARNING, spec.path, message)])
    elif found.guessed:
        message = msg(
            "{where}: does not say how its text is encoded; read as {encoding}. If names look wrong, write encoding = in the settings",
            where=where,
            encoding=found.name,
        )
        record.find([Finding("R00", Severity.NOTE, spec.path, message)])
    return found.name


def _json_encoding(path: Path, where: Message, record: Record) -> str | None:
    """Return ``None`` for a GeoJSON in UTF-8, as the standard has it; ``""`` after noting that this one is not."""
    data = path.read_bytes()
    if decodes([data], "UTF-8"):
        return None
    found = detect([data])
    likely = msg("it looks like {encoding}", encoding=found) if found else msg("it is in no encoding known here")
    record.fault(
        msg(
            "{where}: its text is not UTF-8, which GeoJSON must be; {likely}. Save it again as UTF-8",
            where=where,
            likely=likely,
        )
    )
    return ""


def dbf_of(path: Path) -> Path:
    """Return the file that holds the text of a shapefile."""
    return companion(path, ".dbf") or path


def decoded(text: str, encoding: str | None) -> str:
    """Return text that was read byte by byte; half a character at its end is dropped."""
    return text.encode("iso-8859-1").decode(encoding or "utf-8", errors="ignore")


def untorn(table: pd.DataFrame, encoding: str) -> pd.DataFrame:
    """Decode the names and texts of a table that was read byte by byte."""
    out = table.rename(columns={c: decoded(str(c), encoding) for c in table.columns if c != "geometry"})
    for column in out.columns:
        if column != "geometry" and not pd.api.types.is_numeric_dtype(out[column]):
            out[column] = [decoded(v, encoding) if isinstance(v, str) else v for v in out[column]]
    return out
