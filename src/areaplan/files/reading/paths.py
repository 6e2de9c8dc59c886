"""Let only existing local files of known kinds through to the libraries that open them.

A ``.vrt`` can read any other file, an address or connection string can call out, and a wrong suffix can hide either; so the first bytes
are looked at too.
"""

from __future__ import annotations

import difflib
import re
from pathlib import Path
from typing import Final

from areaplan.files.reading.limits import size_fault
from areaplan.files.reading.record import Record
from areaplan.files.reading.shapefiles import lacking_fault, shapefile_fault
from areaplan.messages import Message, msg
from areaplan.reasons import system_reason
from areaplan.settings import LayerInput, Settings

__all__ = ["LAYER_SUFFIXES", "TABLE_SUFFIXES", "file_fault", "local_file"]

LAYER_SUFFIXES: Final = (".gpkg", ".shp", ".geojson", ".json", ".gdb", ".fgb", ".parquet", ".geoparquet")
TABLE_SUFFIXES: Final = (".csv", ".xlsx", ".dbf")
ARCHIVES: Final = (".zip", ".rar", ".7z", ".gz", ".tgz", ".tar")

_ADDRESS = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]+:|[<{]|/vsi|\\\\)")
_FIRST_BYTES: Final[dict[str, tuple[bytes, ...]]] = {
    ".gpkg": (b"SQLite format 3\0",),
    ".shp": (b"\0\0\x27\x0a",),
    ".geojson": (b"{",),
    ".json": (b"{",),
    ".fgb": (b"fgb",),
    ".parquet": (b"PAR1",),
    ".geoparquet": (b"PAR1",),
    ".xlsx": (b"PK",),
}


def local_file(settings: Settings, spec: LayerInput, record: Record, *, table: bool = False) -> Path | None:
    """Return the place of an input file, or ``None`` after noting why it cannot be used.

    Parameters
    ----------
    settings, spec
        Where the layer should be.
    record
        Takes the fault.
    table
        Also let tables without geometry through.
    """
    path = settings.path_of(spec)
    fault = file_fault(spec.path, path, (*LAYER_SUFFIXES, *TABLE_SUFFIXES) if table else LAYER_SUFFIXES)
    if fault:
        record.fault(fault)
        return None
    return path


def file_fault(given: str, path: Path, suffixes: tuple[str, ...]) -> Message | None:
    """Return why a file is not let through, or ``None``: an address, not there, of an unknown kind, of another content, too large."""
    if _ADDRESS.match(given):
        return msg("{path}: is not a file on this computer; only local files are read", path=given)
    try:
        there = path.exists()
    except OSError as e:  # a name longer than the disk bears
        return msg("{path}: cannot be read ({reason})", path=f"{given[:100]}…", reason=system_reason(e))
    if not there:
        return _not_there(given, path)
    return _wrong_kind(given, path, suffixes) or _content_fault(given, path) or size_fault(given, path)


def _wrong_kind(given: str, path: Path, suffixes: tuple[str, ...]) -> Message | None:
    suffix = path.suffix.lower()
    if suffix in ARCHIVES:
        return msg("{path}: is an archive; unpack it and name the file inside it", path=given)
    if suffix not in suffixes:
        return msg("{path}: is not a kind of file that is read here ({known})", path=given, known=", ".join(suffixes))
    if not (path.is_file() or path.is_dir()):
        return msg("{path}: is no ordinary file but a pipe or a device; nothing is read from those", path=given)
    if path.is_dir() != (suffix == ".gdb"):
        return msg("{path}: a folder stands where a file is needed, or the other way round", path=given)
    return None


def _content_fault(given: str, path: Path) -> Message | None:
    """Return why the content of a file is not what its suffix says, or ``None``."""
    suffix = path.suffix.lower()
    lacking = lacking_fault(given, path)
    if lacking:
        return lacking
    if not _looks_like(path, suffix):
        return msg(
            "{path}: its content is not that of a {suffix} file; save it again as one", path=given, suffix=suffix
        )
    return shapefile_fault(given, path) if suffix in {".shp", ".dbf"} else None


def _not_there(given: str, path: Path) -> Message:
    if not path.parent.is_dir():
        return msg("{path}: no such file; the folder {folder} does not exist", path=given, folder=path.parent.name)
    names = sorted(p.name for p in path.parent.iterdir() if p.name != path.name)  # a link may lead nowhere
    near = difflib.get_close_matches(path.name, names, 1, 0.5)
    if near:
        return msg("{path}: no such file; did you mean {near}?", path=given, near=near[0])
    return msg("{path}: no such file", path=given)


def _looks_like(path: Path, suffix: str) -> bool:
    if suffix == ".gdb":
        return any(p.suffix == ".gdbtable" for p in path.iterdir())
    with path.open("rb") as f:
        head = f.read(64)
    if suffix in {".geojson", ".json"}:
        head = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    return head.startswith(_FIRST_BYTES.get(suffix, (b"",)))
