"""The nouns of areaplan, as frozen values.

A territory is cut into cells along lines people can see; a plan gives every cell to exactly one area;
findings say what is wrong with a plan.

All values are frozen; each step of the flow takes values and returns new ones. The tables inside are GeoDataFrames with the columns of
:data:`areaplan.schema.SCHEMA`, in one projected CRS in metres, indexed 0, 1, 2 …; treat them as read-only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any, overload

import geopandas as gpd
import pandas as pd
from shapely.geometry.base import BaseGeometry

from areaplan.messages import Lang, Message
from areaplan.schema import conform, empty_layer
from areaplan.settings import Settings

if TYPE_CHECKING:
    import folium
    import networkx as nx

__all__ = ["AreaPlan", "Cells", "Finding", "Findings", "Severity", "Territory"]


class Severity(StrEnum):
    """Weigh a finding: an error blocks the issue of a plan, a warning wants a look, a note explains."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True)
class Finding:
    """Say that a person must look here.

    Parameters
    ----------
    rule
        ``R00`` … ``R23`` of ``docs/rules.md``.
    severity
        How much it weighs.
    subject
        What it is about: an ea_code, village_code, building_id …
    message
        What is wrong and what would mend it.
    village_code
        The village it lies in, when there is one.
    measure, unit
        How large it is, and in what (``m2``, ``m``, ``households`` …).
    geometry
        Where it is, in the working CRS.
    """

    rule: str
    severity: Severity
    subject: str
    message: Message
    village_code: str | None = None
    measure: float | None = None
    unit: str | None = None
    geometry: BaseGeometry | None = None


@dataclass(frozen=True)
class Findings(Sequence[Finding]):
    """Hold findings in a stable order, worst first on screen, as a table on demand."""

    items: tuple[Finding, ...] = ()
    crs: Any = None

    @overload
    def __getitem__(self, index: int) -> Finding: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Finding]: ...
    def __getitem__(self, index: int | slice) -> Finding | Sequence[Finding]:
        return self.items[index]

    def __len__(self) -> int:
        return len(self.items)

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.items)

    def __add__(self, other: Iterable[Finding]) -> Findings:
        return replace(self, items=(*self.items, *other))

    def of(self, severity: Severity | str) -> Findings:
        """Return the findings of one severity."""
        return replace(self, items=tuple(f for f in self.items if f.severity == severity))

    def under(self, *rules: str) -> Findings:
        """Return the findings of the given rules."""
        return replace(self, items=tuple(f for f in self.items if f.rule in rules))

    @property
    def errors(self) -> Findings:
        """The findings that block the issue of a plan."""
        return self.of(Severity.ERROR)

    def ordered(self) -> Findings:
        """Return the findings by severity, rule and subject."""
        rank = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.NOTE: 2}
        key = lambda f: (rank[f.severity], f.rule, f.village_code or "", f.subject, f.message.template)  # noqa: E731
        return replace(self, items=tuple(sorted(self.items, key=key)))

    def to_gdf(self, lang: Lang = "en") -> gpd.GeoDataFrame:
        """Return the findings as a GeoDataFrame with messages in ``lang``."""
        rows = {
            "rule": [f.rule for f in self.items],
            "severity": [str(f.severity) for f in self.items],
            "subject": [f.subject for f in self.items],
            "village_code": [f.village_code for f in self.items],
            "message": [f.message.text(lang) for f in self.items],
            "measure": [f.measure for f in self.items],
            "unit": [f.unit for f in self.items],
        }
        if not self.items:
            return empty_layer("findings", self.crs)
        table = gpd.GeoDataFrame(rows, geometry=gpd.GeoSeries([f.geometry for f in self.items], crs=self.crs))
        return conform(table, "findings")

    def __repr__(self) -> str:
        counts = ", ".join(f"{len(self.of(s))} {s}s" for s in Severity)
        worst = "".join(f"\n  {f.rule} {f.severity}: {f.subject}: {f.message}" for f in self.ordered().items[:5])
        more = f"\n  … and {len(self) - 5} more" if len(self) > 5 else ""
        return f"Findings: {counts}{worst}{more}"

    def _repr_html_(self) -> str:
        return str(self.ordered().to_gdf().drop(columns="geometry").to_html(max_rows=20, escape=True))


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


def _crs_name(crs: Any) -> str:
    return "no CRS" if crs is None else str(":".join(crs.to_authority() or ()) or crs.name)
