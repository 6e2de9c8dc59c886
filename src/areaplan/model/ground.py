"""What stands on the ground, and the smallest pieces it is cut into."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import geopandas as gpd

from areaplan.model.findings import Finding, Findings
from areaplan.schema import empty_layer

if TYPE_CHECKING:
    import networkx as nx

__all__ = ["Cells", "Territory"]


@dataclass(frozen=True)
class Territory:
    """Hold what stands on the ground: villages and what lies in them, projected, in metres.

    Parameters
    ----------
    villages, lines, buildings, base_areas, settlement, parents, complexes, units, pins
        Layers with the columns of :data:`areaplan.schema.SCHEMA`; an absent layer has no rows. ``lines`` are single line strings clipped
        to the villages with a margin; ``parents`` are townships and counties, ``complexes`` hospitals, schools, barracks and their like, ``units`` villagers'
        groups and other ground kept whole, ``pins`` what the office has decided.
    title
        What the maps call it.
    findings
        What reading repaired, set aside or doubts.
    estimated
        True where households were estimated from buildings rather than counted.
    """

    villages: gpd.GeoDataFrame
    lines: gpd.GeoDataFrame
    buildings: gpd.GeoDataFrame
    base_areas: gpd.GeoDataFrame
    settlement: gpd.GeoDataFrame
    parents: gpd.GeoDataFrame
    title: str = ""
    findings: Findings = field(default_factory=Findings)
    estimated: bool = False
    complexes: gpd.GeoDataFrame = field(default_factory=lambda: empty_layer("complexes", None))
    units: gpd.GeoDataFrame = field(default_factory=lambda: empty_layer("units", None))
    pins: gpd.GeoDataFrame = field(default_factory=lambda: empty_layer("pins", None))

    @property
    def crs(self) -> Any:
        """The working CRS."""
        return self.villages.crs

    def with_findings(self, more: Iterable[Finding]) -> Territory:
        """Return the same territory with more findings."""
        return replace(self, findings=self.findings + more)

    def __repr__(self) -> str:
        people = int(self.villages["households"].sum()) if self.villages["households"].notna().any() else "unknown"
        return (
            f"Territory {self.title!r}: {len(self.villages)} villages, {people} households, {len(self.buildings)} buildings, "
            f"{len(self.lines)} lines, {len(self.base_areas)} base areas, {_crs_name(self.crs)}"
        )


@dataclass(frozen=True)
class Cells:
    """Hold the smallest pieces and their shared borders.

    Parameters
    ----------
    territory
        Where they were cut from; its villages carry every vertex of the cells on their outline.
    table
        Layer ``cells`` (``ea_code`` null). The cells of a village tile it, vertex for vertex.
    borders
        Layer ``cell_borders``: one row per pair of neighbours and feature followed; positive length only.
    outer
        Layer ``outer_borders``: the same along the village's outline, ``right_cell`` null.
    buildings
        Layer ``buildings`` with ``cell_id`` of the largest part.
    findings
        Places a person should look at.
    """

    territory: Territory
    table: gpd.GeoDataFrame
    borders: gpd.GeoDataFrame
    outer: gpd.GeoDataFrame
    buildings: gpd.GeoDataFrame
    findings: Findings = field(default_factory=Findings)

    @cached_property
    def graph(self) -> nx.Graph:
        """A networkx graph: a node per cell (households, village_code), an edge per pair of neighbours (length_m, cost)."""
        import networkx as nx

        graph = nx.Graph()
        for row in self.table.drop(columns="geometry").itertuples(index=False):
            graph.add_node(row.cell_id, households=int(row.households), village_code=row.village_code)
        pairs = self.borders.groupby(["left_cell", "right_cell"], sort=False)[["length_m", "cost"]].sum()
        for (left, right), values in zip(pairs.index, pairs.to_numpy(), strict=True):
            graph.add_edge(left, right, length_m=float(values[0]), cost=float(values[1]))
        return graph

    def __repr__(self) -> str:
        return (
            f"Cells: {len(self.table)} cells in {self.table['village_code'].nunique()} villages, "
            f"{int(self.table['households'].sum())} households, {len(self.borders)} shared borders"
        )


def _crs_name(crs: Any) -> str:
    return "no CRS" if crs is None else str(":".join(crs.to_authority() or ()) or crs.name)
