"""Shapefiles as offices deliver them: any encoding, a right label, a wrong one, or none."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd

__all__ = ["shapefile"]


def shapefile(folder: Path, table: gpd.GeoDataFrame, encoding: str, cpg: str | None) -> None:
    """Write ``v.shp`` in an encoding, with ``cpg`` in its .cpg (None: no such file) and no language in the header of the table."""
    table.to_file(folder / "v.shp", driver="ESRI Shapefile", encoding=encoding)
    (folder / "v.cpg").unlink(missing_ok=True)
    if cpg:
        (folder / "v.cpg").write_text(cpg)
    dbf = bytearray((folder / "v.dbf").read_bytes())
    dbf[29] = 0
    (folder / "v.dbf").write_bytes(dbf)
