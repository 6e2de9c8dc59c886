"""Findings as layers of their own, for whoever has no plan to look at."""

from __future__ import annotations

from pathlib import Path

from areaplan.messages import Lang
from areaplan.model import Findings

__all__ = ["write_findings"]


def write_findings(findings: Findings, folder: Path, *, lang: Lang) -> None:
    """Write ``findings.gpkg`` in the working CRS and ``findings.geojson`` in WGS 84 into ``folder``."""
    table = findings.ordered().to_gdf(lang)
    table.to_file(folder / "findings.gpkg", layer="findings", driver="GPKG")
    degrees = table.to_crs("EPSG:4326") if table.crs else table
    degrees.to_file(folder / "findings.geojson", driver="GeoJSON", RFC7946=True)
