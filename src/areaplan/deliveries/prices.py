"""What printing costs, and who bears it (统一采购、分级负担、适当补助)."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from areaplan.deliveries.own_files import read_own_file
from areaplan.messages import msg

__all__ = ["Prices", "read_prices"]

Bearer = Literal["village", "township", "county", "city", "province"]
Money = Annotated[Decimal, Field(ge=0)]


class Prices(BaseModel):
    """Hold copies, prices and shares.

    Parameters
    ----------
    copies
        How many of each sheet are printed; two by default (R20).
    price_per_page
        By paper; papers without a price have no cost, and the print order says so.
    bearer
        Who pays for the sheets of a level.
    subsidy_share
        The share of a bearer's cost that the level above pays.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    copies: Annotated[int, Field(ge=1)] = 2
    price_per_page: dict[Literal["A4", "A3", "A2", "A1", "A0"], Money] = Field(default_factory=dict)
    bearer: dict[Literal["area", "village", "township", "county"], Bearer] = Field(
        default={"area": "township", "village": "township", "township": "county", "county": "county"}
    )
    subsidy_share: dict[Bearer, Annotated[Decimal, Field(ge=0, le=1)]] = Field(default_factory=dict)


def read_prices(path: str | Path) -> Prices:
    """Read a price file (TOML; ``docs/deliveries.md`` shows one).

    Raises
    ------
    InputError
        With every fault of the file.
    """
    return read_own_file(Path(path), Prices, msg("{path}: cannot be read as a price file ({reason})"))
