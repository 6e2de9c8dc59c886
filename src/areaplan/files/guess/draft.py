"""Write a first ``areaplan.toml`` for a folder of files, commented in Chinese and English, with every doubt said."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from areaplan.errors import InputError
from areaplan.files.guess.roles import Roles, column_for, roles_of, sure
from areaplan.files.guess.survey import Seen, survey
from areaplan.files.reading.paths import LAYER_SUFFIXES, TABLE_SUFFIXES
from areaplan.messages import msg

__all__ = ["guess_settings"]

Pairs = list[tuple[str, str | None]]

HEAD = """\
# areaplan.toml：由 areaplan init 猜测写成，请逐行核对，“请核”处尤其如此
# A first guess by `areaplan init`: check every line, those marked CHECK above all
title = {title}

[input]
{crs}
"""
CRS_FREE = '# crs = "EPSG:4549"             # 工作坐标系，可省略 / working CRS in metres; may be left out'
CRS_TOLD = "crs = {crs}              # 请核 CHECK: 普查区图层不是米制坐标 / the villages are not in metres"

TAIL = """
[areas]                         # 每个普查小区的户数 / households in an area
target_households = 80
min_households = 60
max_households = 100
# max_persons = 300             # 人数上限，可省略 / second bound, may be left out

[output]
folder = "out"
lang = "zh"                     # 结果所用语言 zh | en / language stored in the plan
"""
TITLES = {
    "villages": "普查区（村委会、居委会） / villages: an area never crosses their borders",
    "buildings": "建筑物 / buildings",
    "base_areas": "现成的最小地块 / ready-made smallest pieces",
    "townships": "乡镇 / townships",
    "counties": "县区 / counties",
    "settlement": "居民地 / where people live",
}


def guess_settings(folder: str | Path) -> str:
    """Return the text of an ``areaplan.toml`` with the best guess of layers and columns in ``folder``.

    The text reads with :func:`areaplan.settings.read_settings`; paths are relative to the folder. What is doubtful stands in comments.

    Parameters
    ----------
    folder
        Looked into, with the folders below it.

    Raises
    ------
    InputError
        When the folder is not there, holds nothing that can be read, or no polygons that could be villages.
    """
    place = Path(folder)
    if not place.is_dir():
        raise InputError(msg("{folder}: no such folder", folder=folder))
    seen, odd = survey(place)
    if not seen:
        kinds = ", ".join((*LAYER_SUFFIXES, *TABLE_SUFFIXES))
        raise InputError(
            [
                msg("{folder}: holds no file that can be read here ({kinds})", folder=folder, kinds=kinds),
                *_odd_faults(odd),
            ]
        )
    roles = roles_of(seen)
    if "villages" not in roles.areas:
        found = ", ".join(s.label for s in seen[:8])
        raise InputError(
            msg(
                "{folder}: none of its layers can be the villages, for none has polygons (found: {found})",
                folder=folder,
                found=found,
            )
        )
    return _text(place.resolve().name, roles, odd)


def _odd_faults(odd: list[tuple[str, str]]) -> list[str]:
    return [f"{name}: {reason}" for name, reason in odd]


def _text(title: str, roles: Roles, odd: list[tuple[str, str]]) -> str:
    told = roles.areas["villages"].crs_to_write
    crs = CRS_TOLD.format(crs=_quoted(told)) if told else CRS_FREE
    parts = [HEAD.format(title=_quoted(title), crs=crs), _area_table("villages", roles)]
    parts += [_line_table(layer, kind, known) for layer, kind, known in roles.lines]
    parts += [
        _area_table(r, roles)
        for r in ("buildings", "base_areas", "settlement", "townships", "counties")
        if r in roles.areas
    ]
    parts += [_totals_table(roles.totals)] if roles.totals is not None else []
    parts += [_unused(roles.unused, odd)]
    return "\n".join(p for p in parts if p) + TAIL


def _area_table(role: str, roles: Roles) -> str:
    layer = roles.areas[role]
    pairs, doubts = _AREA_COLUMNS[role](layer)
    if not sure(layer, role):
        doubts.append("仅凭形状和列名猜测 / guessed from shape and columns only")
    if role == "villages" and roles.totals is not None:
        pairs = [(k, None if k in {"households", "persons"} else v) for k, v in pairs]
    return _table(f"[input.{role}]", TITLES[role], layer, pairs, doubts)


def _village_columns(layer: Seen) -> tuple[Pairs, list[str]]:
    code = column_for(layer, "code", key=True)
    pairs: Pairs = [("code", code or _first(layer)), ("name", column_for(layer, "name"))]
    pairs += [(k, column_for(layer, k, count=True)) for k in ("households", "persons")]
    pairs += [(k, column_for(layer, k)) for k in ("township", "county", "exclave")]
    doubts = [] if code else ["没有找到唯一的代码列 / no column with a code of its own for each row was found"]
    return pairs, doubts


def _building_columns(layer: Seen) -> tuple[Pairs, list[str]]:
    households = column_for(layer, "households", count=True)
    pairs: Pairs = [("households", households), ("levels", column_for(layer, "levels"))]
    pairs += [("id", column_for(layer, "building_id", key=True)), ("persons", column_for(layer, "persons", count=True))]
    pairs += [("use", column_for(layer, "use")), ("name", column_for(layer, "building_name"))]
    doubts = (
        []
        if households
        else ["没有户数列，将按占地面积和层数估算 / no households: they will be estimated from footprint and levels"]
    )
    return pairs, doubts


def _base_columns(layer: Seen) -> tuple[Pairs, list[str]]:
    code = column_for(layer, "base_code", key=True)
    pairs: Pairs = [("code", code or _first(layer)), ("village", column_for(layer, "village"))]
    pairs += [(k, column_for(layer, k, count=True)) for k in ("households", "persons")]
    return pairs, [] if code else ["没有找到唯一的代码列 / no column with a code of its own for each row was found"]


def _parent_columns(layer: Seen) -> tuple[Pairs, list[str]]:
    code = column_for(layer, "parent_code", key=True)
    pairs: Pairs = [("code", code or _first(layer)), ("name", column_for(layer, "parent_name"))]
    return pairs, [] if code else ["没有找到唯一的代码列 / no column with a code of its own for each row was found"]


def _no_columns(_layer: Seen) -> tuple[Pairs, list[str]]:
    return [], []


_AREA_COLUMNS = {
    "villages": _village_columns,
    "buildings": _building_columns,
    "base_areas": _base_columns,
    "townships": _parent_columns,
    "counties": _parent_columns,
    "settlement": _no_columns,
}


def _line_table(layer: Seen, kind: str, known: bool) -> str:
    own = {"street": "highway", "river": "waterway", "railway": "railway"}.get(kind, "")
    class_ = own if own in layer.columns else column_for(layer, "class")
    pairs: Pairs = [("kind", kind), ("class", class_), ("name", column_for(layer, "line_name"))]
    pairs += [(k, column_for(layer, k)) for k in ("tunnel", "bridge", "level")]
    doubts = (
        []
        if known
        else ["名称看不出是道路、河流还是铁路 / the name does not say: street, river, railway, wall, ridge or other?"]
    )
    return _table("[[input.lines]]", "界线地物 / lines people can see", layer, pairs, doubts)


def _totals_table(table: Seen) -> str:
    pairs: Pairs = [("code", column_for(table, "code", key=True))]
    pairs += [(k, column_for(table, k, count=True)) for k in ("households", "persons")]
    return _table("[input.totals]", "各村户数表，按代码对应 / village totals, matched by code", table, pairs, [])


def _table(head: str, title: str, layer: Seen, pairs: Pairs, doubts: list[str]) -> str:
    lines = [f"{head:<32}# {title}", f"path = {_quoted(layer.path)}"]
    if layer.layer is not None:
        lines.append(f"layer = {_quoted(layer.layer)}")
    lines += [f"{k} = {_quoted(v)}" for k, v in pairs if v is not None]
    if layer.encoding is not None and layer.encoding.guessed:
        doubts = [*doubts, f"文字编码看来是 / the text seems to be {layer.encoding.name}"]
    if not layer.has_crs:
        doubts = [*doubts, '文件没有坐标系，请填 / the file has no CRS, fill in:  crs = "EPSG:..."']
    return "\n".join([*lines, *(f"# 请核 CHECK: {d}" for d in doubts)]) + "\n"


def _first(layer: Seen) -> str:
    """Return some column, where a code is needed and none was found."""
    return layer.columns[0] if layer.columns else "code"


def _unused(unused: Iterable[Seen], odd: list[tuple[str, str]]) -> str:
    lines = [f"# 未用 not used: {_comment(s.label)}（{s.shape}, {s.rows}）" for s in unused]
    lines += [f"# 读不了 cannot be read: {_comment(name)}: {_comment(reason)}" for name, reason in odd]
    return "\n".join(lines) + "\n" if lines else ""


def _comment(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text)


def _quoted(text: str) -> str:
    """Quote a text for TOML."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
