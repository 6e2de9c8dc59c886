"""What the judge hands back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import geopandas as gpd

from areaplan.check.ruling import Ruling
from areaplan.messages import Lang
from areaplan.model import Findings, Severity
from areaplan.proof import Proof

__all__ = ["Report"]


@dataclass(frozen=True)
class Report:
    """Hold one ruling per rule, in the order of their numbers.

    Parameters
    ----------
    verdicts
        What each rule came to.
    proof
        The proof of the areas against their villages.
    pack
        Name of the rule pack.
    declared
        What the plan said of itself before it was judged.
    areas, villages
        What was judged, and against what; ``villages`` is None where there was nothing above.
    beside
        What was laid beside it, by name: ``previous``, ``inputs``, or a field of the evidence. Without it not every verdict can be given again.
    """

    verdicts: tuple[Ruling, ...]
    proof: Proof
    pack: str
    declared: Findings
    areas: gpd.GeoDataFrame
    villages: gpd.GeoDataFrame | None = None
    beside: tuple[str, ...] = ()

    def __iter__(self) -> Iterator[Ruling]:
        return iter(self.verdicts)

    def __getitem__(self, rule: str) -> Ruling:
        return next(r for r in self.verdicts if r.rule == rule)

    @property
    def found(self) -> Findings:
        """What the judge found, worst first."""
        return replace(self.declared, items=tuple(f for r in self.verdicts for f in r.findings)).ordered()

    @property
    def findings(self) -> Findings:
        """What the judge found and what the plan said of itself; where both speak of the same, the judge does."""
        found = self.found
        told = {(f.rule, f.severity, f.subject) for f in found}
        return (found + (f for f in self.declared if (f.rule, f.severity, f.subject) not in told)).ordered()

    def counts(self, rule: str) -> dict[Severity, int]:
        """Return how many of the findings under a rule there are of each severity, with those that the plan itself told: as many as are listed."""
        told = [f.severity for f in self.findings if f.rule == rule]
        return {s: told.count(s) for s in Severity}

    @property
    def passed(self) -> bool:
        """True when no rule found an error; rules not judged do not count as passed either, and are named in the table."""
        return not any(r.count for r in self.verdicts)

    def rows(self, lang: Lang = "en") -> list[dict[str, object]]:
        """Return a plain row per rule, for tables and JSON."""
        return [
            {
                "rule": r.rule, "verdict": r.verdict, "checked": r.checked,
                **{f"{severity}s": n for severity, n in self.counts(r.rule).items()},
                "reason": r.reason.text(lang) if r.reason else None,
            }
            for r in self.verdicts
        ]  # fmt: skip

    def __repr__(self) -> str:
        said = [r.verdict for r in self.verdicts]
        counts = ", ".join(f"{said.count(v)} {v}" for v in ("passed", "failed", "not judged"))
        return f"Report under {self.pack}: {counts}; {len(self.found)} findings"
