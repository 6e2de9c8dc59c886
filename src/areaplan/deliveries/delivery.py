"""A delivery being made: the plan, the folder, and the list of what has been put in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Final

import geopandas as gpd
import pandas as pd

from areaplan.check import Evidence, Report, check_plan
from areaplan.deliveries.prices import Prices
from areaplan.files import read_base_map
from areaplan.levels import COUNTS, Level, level_tables
from areaplan.maps.sheets import Edition, Sheets
from areaplan.maps.sheets.atlas import Progress
from areaplan.messages import Lang, Message
from areaplan.model import AreaPlan

__all__ = ["TRUSTED", "Delivery", "Item", "Options"]

TRUSTED: Final = ("office", "upper")
"""Receivers who know of every building; no map goes to them."""


@dataclass(frozen=True)
class Options:
    """Hold what may be asked of a delivery.

    Parameters
    ----------
    edition
        How its sheets are printed.
    font
        Font files in order of preference.
    lang
        Language of documents; default: the plan's own. The README is in both.
    phone
        With a GeoPackage for field apps (enumerators).
    prices
        Copies and unit prices of printing (office).
    issued
        The list to be filled in, a CSV file (upper).
    base, base_layer
        The issued base map to compare with, and its layer (upper).
    fields
        A field mapping of the office's own (upper).
    staff
        Who counts where, as :func:`areaplan.files.read_staff` reads it, for the register (office).
    """

    edition: Edition = field(default_factory=Edition)
    font: Sequence[str | Path] | None = None
    lang: Lang | None = None
    phone: bool = False
    prices: Prices = field(default_factory=Prices)
    issued: Path | None = None
    base: Path | None = None
    base_layer: str | None = None
    fields: Path | None = None
    staff: pd.DataFrame | None = None


@dataclass(frozen=True)
class Item:
    """Hold one file (or folder that is one file to its reader) of a delivery: what it is, and how many rows it holds by layer."""

    path: Path
    says: Message
    rows: dict[str, int] = field(default_factory=dict)


@dataclass
class Delivery:
    """Gather one delivery in a staged folder.

    Parameters
    ----------
    plan
        As the receiver may know it: to the office and to those above it whole, to all others :func:`areaplan.sensitive.shown_plan`.
    hash
        The content hash of the office's plan.
    folder
        Where the files go.
    options
        What was asked.
    """

    plan: AreaPlan
    hash: str
    folder: Path
    options: Options
    progress: Progress = None
    items: list[Item] = field(default_factory=list)
    notes: list[Message] = field(default_factory=list)

    @property
    def lang(self) -> Lang:
        """Language of the documents."""
        return self.options.lang or self.plan.settings.output.lang

    @cached_property
    def levels(self) -> dict[Level, gpd.GeoDataFrame]:
        """The levels of the plan, merged bottom-up from the areas."""
        return level_tables(self.plan)

    @cached_property
    def sheets(self) -> Sheets:
        """The printer of the plan's sheets."""
        return Sheets(self.plan, self.options.edition, self.lang, self.options.font, self.hash)

    @cached_property
    def report(self) -> Report:
        """What the judge says of the plan, beside the issued base map where one is given."""
        base = self.options.base
        evidence = Evidence(base_map=read_base_map(base, layer=self.options.base_layer)) if base else None
        return check_plan(self.plan, evidence=evidence)

    def counts(self) -> dict[str, int | None]:
        """Return the totals that every file of the delivery agrees on; null where unknown."""
        areas = self.levels["area"]
        known = {c: areas[c] for c in COUNTS if c != "area_m2"}
        totals: dict[str, int | None] = {k: int(v.sum()) if v.notna().all() else None for k, v in known.items()}
        return totals | {
            f"{k}s" if k != "county" else "counties": len(self.levels[k]) for k in ("village", "township", "county")
        }

    def place(self, name: str) -> Path:
        """Return where the file ``name`` (with slashes) goes; its folder is made."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def put(self, name: str, says: Message, data: bytes | str) -> None:
        """Write a file and list it."""
        self.place(name).write_bytes(data.encode("utf-8") if isinstance(data, str) else data)
        self.list(self.folder / name, says)

    def list(self, path: Path, says: Message, rows: dict[str, int] | None = None) -> None:
        """List a file that somebody else has written into the folder."""
        self.items.append(Item(path, says, rows or {}))
