"""Open every file of a delivery again, before it is moved into place: what cannot be opened here cannot be opened there."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from typing import Final
from xml.etree.ElementTree import ParseError, fromstring

import pyogrio
from openpyxl import load_workbook
from pyogrio.errors import DataLayerError, DataSourceError

from areaplan.deliveries.delivery import Delivery, Item
from areaplan.errors import OutputError
from areaplan.messages import msg

__all__ = ["verify"]


def verify(delivery: Delivery) -> None:
    """Hold every listed file against what was put into it.

    Raises
    ------
    OutputError
        Naming every file that did not come back whole.
    """
    faults = []
    for item in delivery.items:
        check = _CHECKS.get(item.path.suffix.lower())
        try:
            fault = check(item) if check else (None if item.path.stat().st_size else "empty")
        except (OSError, ValueError, KeyError, ParseError, zipfile.BadZipFile, DataSourceError, DataLayerError) as e:
            fault = str(e)
        if fault:
            faults.append(
                msg(
                    "{file}: does not open again as it was written ({reason})",
                    file=item.path.relative_to(delivery.folder).as_posix(),
                    reason=fault,
                )
            )
    if faults:
        raise OutputError(faults)


def _layers(item: Item) -> str | None:
    """Return the first layer whose rows are not those that were written."""
    for layer, _ in pyogrio.list_layers(item.path):
        if layer == "layer_styles":
            continue
        rows = pyogrio.read_info(item.path, layer=layer, force_feature_count=True)["features"]
        known = item.rows.get(layer, next(iter(item.rows.values())) if len(item.rows) == 1 else None)
        if known is not None and rows != known:
            return f"{layer}: {rows} / {known}"
    return None


def _workbook(item: Item) -> str | None:
    book = load_workbook(item.path, read_only=True)
    try:
        return None if book.sheetnames else "no sheets"
    finally:
        book.close()


def _pdf(item: Item) -> str | None:
    data = item.path.read_bytes()
    return (
        None
        if data.startswith(b"%PDF-") and data.rstrip().endswith(b"%%EOF") and b"/Type /Page" in data
        else "not a whole PDF"
    )


def _document(item: Item) -> str | None:
    with zipfile.ZipFile(item.path) as archive:
        return archive.testzip() or (None if "word/document.xml" in archive.namelist() else "no document")


def _project(item: Item) -> str | None:
    """Return the first layer of a QGIS project that is not there, or whose path is not relative."""
    root = fromstring(item.path.read_text(encoding="utf-8"))  # noqa: S314 - our own file
    for source in root.iter("datasource"):
        name, _, layer = (source.text or "").partition("|layername=")
        if not name.startswith("./") or layer not in [str(n) for n, _ in pyogrio.list_layers(item.path.parent / name)]:
            return source.text
    return None


def _drawing(item: Item) -> str | None:
    import ezdxf

    auditor = ezdxf.readfile(item.path).audit()
    return str(auditor.errors[0].message) if auditor.has_errors else None


_CHECKS: Final[dict[str, Callable[[Item], str | None]]] = {
    ".gpkg": _layers, ".shp": _layers, ".gdb": _layers, ".xlsx": _workbook, ".pdf": _pdf, ".docx": _document, ".qgs": _project, ".dxf": _drawing,
}  # fmt: skip
