"""A plan: every cell in exactly one enumeration area."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd

from areaplan.model.findings import Findings
from areaplan.model.ground import Cells, Territory
from areaplan.settings import Settings

if TYPE_CHECKING:
    import folium

__all__ = ["AreaPlan"]


@dataclass(frozen=True)
class AreaPlan:
    """Give every cell to exactly one enumeration area.

    The assignment (``cells.table.ea_code``) is the truth; ``areas`` and ``boundaries`` are derived from it by dissolving.

    Parameters
    ----------
    cells
        With ``ea_code`` filled in ``cells.table`` and ``cells.buildings``.
    areas, boundaries
        Layers of those names.
    settings
        What it was planned with.
    findings
        Causes of areas outside the bounds (R09 notes), and what earlier steps found.
    """

    cells: Cells
    areas: gpd.GeoDataFrame
    boundaries: gpd.GeoDataFrame
    settings: Settings
    findings: Findings = field(default_factory=Findings)
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)

    @property
    def territory(self) -> Territory:
        """What the plan divides."""
        return self.cells.territory

    @property
    def assignment(self) -> pd.Series:
        """The truth: cell_id -> ea_code."""
        return self.cells.table.set_index("cell_id")["ea_code"]

    @property
    def crs(self) -> Any:
        """The working CRS."""
        return self.areas.crs

    def with_findings(self, findings: Findings) -> AreaPlan:
        """Return the same plan with other findings."""
        return replace(self, findings=findings)

    def of_village(self, code: str) -> AreaPlan:
        """Return the part of the plan that lies in one village, with the lines of the whole town."""

        def only(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
            return table[table["village_code"] == code].reset_index(drop=True)

        def starting(table: gpd.GeoDataFrame, column: str, keys: pd.Series) -> gpd.GeoDataFrame:
            return table[table[column].isin(set(keys))].reset_index(drop=True)

        town = self.territory
        territory = replace(town, villages=only(town.villages), buildings=only(town.buildings), title=town.title)
        table = only(self.cells.table)
        cells = replace(
            self.cells,
            territory=territory,
            table=table,
            borders=starting(self.cells.borders, "left_cell", table["cell_id"]),
            outer=starting(self.cells.outer, "left_cell", table["cell_id"]),
            buildings=only(self.cells.buildings),
        )
        areas = only(self.areas)
        findings = replace(self.findings, items=tuple(f for f in self.findings if f.village_code == code))
        boundaries = starting(self.boundaries, "left_ea", areas["ea_code"])
        return replace(self, cells=cells, areas=areas, boundaries=boundaries, findings=findings)

    def explore(self) -> folium.Map:
        """Return an interactive map of the plan for a notebook."""
        from areaplan.maps import explore

        return explore(self)

    def __repr__(self) -> str:
        sizes = self.areas["households"]
        return (
            f"AreaPlan {self.territory.title!r}: {len(self.areas)} areas in {self.areas['village_code'].nunique()} villages, "
            f"{int(sizes.sum())} households (mean {sizes.mean():.1f}, {sizes.min()}–{sizes.max()}), "
            f"{len(self.findings.errors)} error findings"
        )

    def _repr_html_(self) -> str:
        return str(self.explore()._repr_html_())
