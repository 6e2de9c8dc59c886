"""Short names of the numbered rules."""

from __future__ import annotations

from typing import Final

from areaplan.messages import Message, msg

__all__ = ["TITLES"]

TITLES: Final[dict[str, Message]] = {
    "R00": msg("form"),
    "R01": msg("gap"),
    "R02": msg("overlap"),
    "R03": msg("spill"),
    "R04": msg("one line"),
    "R05": msg("one piece"),
    "R06": msg("nesting"),
    "R07": msg("whole buildings"),
    "R08": msg("every household once"),
    "R09": msg("size"),
    "R10": msg("cap"),
    "R11": msg("codes"),
    "R12": msg("names"),
    "R13": msg("visible boundary"),
    "R14": msg("barrier"),
    "R15": msg("reachable"),
    "R16": msg("compact"),
    "R17": msg("complexes"),
    "R18": msg("staff"),
    "R19": msg("frozen"),
    "R20": msg("map"),
    "R21": msg("numbers stay"),
    "R22": msg("circulation"),
    "R23": msg("base-map difference"),
}
