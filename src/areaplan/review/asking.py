"""Read wishes as changes: the words of a table, in Chinese or English, become the kinds and fields of :class:`Change`.

A row that cannot be understood is refused with what is missing; the other rows go on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final, Protocol, cast, get_args

from shapely.geometry.base import BaseGeometry

from areaplan.messages import LANGS, Message, msg
from areaplan.review.change import KIND_WORDS, Change, KindName
from areaplan.review.revise import Refusal

__all__ = ["COLUMN_WORDS", "are_changes", "changes_from_rows", "wanted_rows"]

COLUMN_WORDS: Final[dict[str, tuple[str, ...]]] = {
    "action": ("action", "操作", "修改类型"),
    "area": ("area", "areas", "ea_code", "小区", "普查小区", "小区代码"),
    "to": ("to", "至小区", "目标小区", "相邻小区", "转入小区"),
    "cells": ("cells", "cell", "地块"),
    "buildings": ("buildings", "building", "建筑物"),
    "block": ("block", "街区"),
    "value": ("value", "name", "内容", "名称"),
    "parts": ("parts", "个数"),
    "village": ("village", "village_code", "普查区"),
    "persons": ("persons", "人数"),
    "reason": ("reason", "理由", "原因"),
    "author": ("author", "提出人"),
    "made": ("made", "date", "日期"),
    "accept": ("accept", "accepted", "采纳"),
}
"""What the columns of a table of changes may be called."""

_ACTIONS: Final[dict[str, KindName]] = {
    "划转": "move", "合并": "merge", "拆分": "split", "分割": "split", "调整界线": "border", "界线": "border", "redraw": "border",
    "改名": "rename", "更名": "rename", "锁定": "lock", "解锁": "unlock", "特殊": "special", "虚拟小区": "virtual", "虚拟": "virtual",
}  # fmt: skip
_LOCKS: Final = {"户数": "counts", "界线": "borders", "全部": "both", "all": "both"}
_YES: Final = {"yes", "y", "true", "1", "x", "是", "采纳", "√", "✓"}


class Row(Protocol):
    """Hold one row as it was read: where it stands, its texts by column, what was drawn."""

    @property
    def where(self) -> Message:
        """File and row."""

    @property
    def values(self) -> Mapping[str, str]:
        """Column -> text."""

    @property
    def shape(self) -> BaseGeometry | None:
        """What was drawn, in the plan's CRS."""


def are_changes(rows: Iterable[Row]) -> bool:
    """Say whether rows are changes at all: one of them names an action."""
    return any("action" in _named(row.values) for row in rows)


def wanted_rows(rows: Iterable[Row]) -> list[Row]:
    """Leave out rows of a list of differences that nobody accepted: where there is a column ``accept`` it must say yes."""
    every = list(rows)
    asked = any(_named(row.values).get("accept") is not None for row in every)
    return [r for r in every if not asked or _named(r.values).get("accept", "").casefold() in _YES]


def changes_from_rows(rows: Iterable[Row], *, author: str = "", made: str = "") -> tuple[list[Change], list[Refusal]]:
    """Return the changes that rows ask for, and those rows that make none.

    Parameters
    ----------
    rows
        What :func:`areaplan.files.read_wishes` returned.
    author, made
        For rows that do not say.
    """
    changes: list[Change] = []
    refused: list[Refusal] = []
    for row in rows:
        values = _named(row.values)
        kind = _kind(values.get("action", ""))
        change = _change(kind or "move", values, row, author, made)
        if kind is None:
            known = ", ".join(get_args(KindName))
            said = values.get("action", "")
            refused.append(Refusal(change, msg("the action {said!r} is none of {known}", said=said, known=known)))
        elif (values.get("parts") or "1").isdecimal() and (values.get("persons") or "1").isdecimal():
            changes.append(change)
        else:
            refused.append(Refusal(change, msg("the number of parts or persons is no whole number")))
    return changes, refused


def _named(values: Mapping[str, str]) -> dict[str, str]:
    """Return the values under our names; of several words for one column the first that is filled counts."""
    return {ours: values[w] for ours, words in COLUMN_WORDS.items() for w in reversed(words) if w in values}


def _kind(said: str) -> KindName | None:
    word = said.strip().casefold()
    if word in get_args(KindName):
        return cast("KindName", word)
    for kind, label in KIND_WORDS.items():
        if word in {label.text(lang).casefold() for lang in LANGS}:
            return cast("KindName", kind)
    return _ACTIONS.get(word)


def _change(kind: KindName, values: Mapping[str, str], row: Row, author: str, made: str) -> Change:
    value = values.get("value", "")
    return Change(
        kind=kind,
        areas=_list(values.get("area", "")),
        to=values.get("to", ""),
        cells=_list(values.get("cells", "")),
        buildings=_list(values.get("buildings", "")),
        block=values.get("block", ""),
        shape=row.shape,
        parts=_whole(values.get("parts")),
        value=_LOCKS.get(value, value) if kind == "lock" else value,
        village=values.get("village", ""),
        persons=_whole(values.get("persons")),
        reason=values.get("reason", ""),
        author=values.get("author", author),
        made=values.get("made", made),
        where=row.where,
    )


def _list(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(t for t in re.split(r"[;,+、\s]+", text) if t))


def _whole(text: str | None) -> int | None:
    return int(text) if text is not None and text.isdecimal() else None
