"""What a person must look at, and how much it weighs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, overload

import geopandas as gpd
from shapely.geometry.base import BaseGeometry

from areaplan.messages import Lang, Message
from areaplan.schema import conform, empty_layer

__all__ = ["Finding", "Findings", "Severity"]


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
