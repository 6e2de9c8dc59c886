"""Why something is refused is said in the language chosen, whichever library found out."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from areaplan.deliveries import read_prices
from areaplan.deliveries.fields import read_mapping
from areaplan.errors import InputError, SettingsError
from areaplan.packs import load_pack
from areaplan.reasons import WrongValue, library_reason, read_toml, system_reason
from areaplan.settings import read_settings, settings_from
from here import run_here

VALUES: list[Any] = [-5, 10**30, 1.5, float("nan"), "", " ", "x", True, [], [1], {}, {"a": 1}]
TABLES = [
    "title",
    "rules",
    "input",
    "repair",
    "areas",
    "households",
    "cells",
    "borders",
    "engine",
    "output",
    "calendar",
]
SPOKEN = re.compile(r"[A-Za-z]{3,}")


def _keys() -> list[tuple[str, ...]]:
    from areaplan.settings import Settings

    keys: list[tuple[str, ...]] = []
    for table in TABLES:
        kind = Settings.model_fields[table].annotation
        inside = getattr(kind, "model_fields", {})
        keys += [(table,), *((table, k) for k in inside)]
    return keys


@pytest.mark.parametrize("key", _keys(), ids=".".join)
def test_settings_speak_the_readers_language(key: tuple[str, ...]) -> None:
    """Whatever stands under a key: it is taken, or refused in Chinese words alone (keys, values and names of choices apart)."""
    for value in VALUES:
        data: dict[str, Any] = {"input": {"villages": {"path": "v.gpkg"}}}
        inner = data
        for part in key[:-1]:
            inner = inner.setdefault(part, {})
        inner[key[-1]] = value
        try:
            settings_from(data)
        except SettingsError as e:
            for fault in e.faults:
                reason = fault.values.get("reason")
                if reason is None:
                    continue
                said = re.sub(r"'[a-z_]+'|true|false", "", reason.text("zh"))  # type: ignore[attr-defined]
                assert not SPOKEN.search(said), (key, value, said)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a", "at the end of the file a key is not followed by ="),
        ("a = ", "at the end of the file there is no value"),
        ("a = x", "line 1, column 5: there is no value"),
        ("a = 1\na = 2", "at the end of the file a key or table stands twice"),
        ("[a]\n[a]", "line 2, column 3: a key or table stands twice"),
        ("a = {b = 1, b = 2}", "a key or table stands twice"),
        ("a = 'x", "at the end of the file a text is not closed"),
        ("a = [1", "at the end of the file a bracket is not closed"),
        ("[a", "a bracket is not closed"),
        ('a = "C:\\maps"', "line 1, column 10: a backslash"),
        ("a = 2026-02-31", "there is no such day"),
        ("a = 1 2", "something follows"),
        ("!", "this is no line of TOML"),
        ("a = '\x00'", "a character stands there"),
        ("a = " + "[" * 20_000, "brackets stand inside brackets too often"),
    ],
)  # fmt: skip
def test_toml_says_where_and_why(text: str, says: str) -> None:
    """Every kind of fault has its sentence in both languages, with the place."""
    with pytest.raises(WrongValue) as raised:
        read_toml(text)
    assert says in str(raised.value.message)
    assert not SPOKEN.search(raised.value.message.text("zh").replace("TOML", "")), raised.value.message.text("zh")


def test_settings_that_are_no_utf8(tmp_path: Path) -> None:
    """The line is named."""
    (tmp_path / "a.toml").write_bytes('title = "x"\nrules = "普查"'.encode("gbk"))
    with pytest.raises(SettingsError, match="not UTF-8: line 2"):
        read_settings(tmp_path / "a.toml")


def test_rule_packs_name_every_fault(tmp_path: Path) -> None:
    """All faults at once, by key; a pack that extends itself is refused."""
    (tmp_path / "own.toml").write_text(
        'extends = "generic"\nname = 5\ntitle = "t"\ncolour = 1\n[thresholds]\ndetour = "far"\n'
    )
    with pytest.raises(SettingsError) as raised:
        load_pack("own.toml", folder=tmp_path)
    said = raised.value.text("zh")
    assert "`name`：须为引号之间的文本" in said
    assert "`colour`：没有这样的键" in said
    assert "`thresholds.detour`：须为数值" in said
    (tmp_path / "own.toml").write_text('extends = "own.toml"\nname = "own"\ntitle = "t"\n')
    with pytest.raises(SettingsError, match="extends itself"):
        load_pack("own.toml", folder=tmp_path)


OWN_FILES: list[tuple[Callable[[Path], object], str]] = [
    (read_prices, "{key} = {value}"),
    (read_prices, "[price_per_page]\n{key} = {value}"),
    (read_prices, "[price_per_page]\nA4 = {value}"),
    (read_prices, "copies = {value}"),
    (read_prices, "[bearer]\narea = {value}"),
    (read_prices, "[subsidy_share]\ncounty = {value}"),
    (read_prices, "subsidy_share = {value}"),
    (read_mapping, "layer = {value}"),
    (read_mapping, "[[layer]]\nlevel = {value}\nfile = {value}\nfields = {value}"),
    (read_mapping, "[[layer]]\nlevel = 'area'\nfile = 'a'\nfields = [{{name = {value}, from = {value}, width = {value}}}]"),
    (read_mapping, "[[layer]]\nlevel = 'area'\nfile = 'a'\nfields = [{{name = 'x'}}]\n[issued]\nlevel = {value}"),
    (read_mapping, "encoding = {value}\n[[layer]]\nlevel = 'area'\nfile = 'a'\nfields = [{{name = 'x', value = ''}}, {{name = 'x', value = ''}}]"),
    (read_mapping, "[[layer]]\nlevel = 'area'\nfile = 'a'\nfields = [{{name = '普查小区代码', value = ''}}]"),
    (read_mapping, "layer = [{{level = 'area', file = 'a', fields = []}}, {{level = 'area', file = 'a', fields = []}}]"),
]  # fmt: skip


@pytest.mark.parametrize(("read", "text"), OWN_FILES)
def test_price_lists_and_field_mappings_speak_the_readers_language(
    tmp_path: Path, read: Callable[[Path], object], text: str
) -> None:
    """Whatever an office writes into them: it is taken, or refused in Chinese words alone (keys and values apart)."""
    for value in ["-1", "1.5", "nan", "1e999", "''", "'x'", "'../a'", "true", "[]", "[1]", "{}", "2026-11-01", "["]:
        (tmp_path / "own.toml").write_text(text.format(key="A9", value=value), encoding="utf-8")
        try:
            read(tmp_path / "own.toml")
        except InputError as e:
            for fault in e.faults:
                reason = fault.values.get("reason")
                said = re.sub(r"'[^']*'|`[^`]*`|TOML|Shapefile|true|false", "", reason.text("zh") if reason else "")  # type: ignore[attr-defined]
                assert not SPOKEN.search(said), (text, value, fault.text("zh"))
                assert fault.text("zh") != fault.text("en")


def test_a_price_list_from_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    """It might never end."""
    os.mkfifo(tmp_path / "prices.toml")
    with pytest.raises(InputError, match="a pipe or a device"):
        read_prices(tmp_path / "prices.toml")


def test_what_libraries_say_of_damaged_files() -> None:
    """Each has a sentence in the reader's language with the place, where there is one; what is unknown passes as it is."""
    for said, words in {
        "Failed to read GeoJSON data; At line 7, character 26: Unterminated object": "第 7 行第 26 个字符",
        "Failed to read GeoJSON data; JSON parsing error: continue (at offset 93)": "第 93 字节",
        "Error in fread() reading object of size 136 at offset 236 from .shp file": "已损坏或不完整",
        "sqlite3_prepare_v2(SELECT 1) failed: database disk image is malformed": "已损坏或不完整",
        "file is not a database": "已损坏或不完整",
        "database is locked": "被其他程序占用",
        "Error tokenizing data. C error: EOF inside string starting at row 2": "第 2 行",
        "There is no item named '[Content_Types].xml' in the archive": "Excel",
        "Missing geo metadata in Parquet/Feather file.": "不含几何",
    }.items():
        assert words in library_reason(ValueError(said)).text("zh")
    assert str(library_reason(KeyError())) == "KeyError"


def test_what_the_system_says() -> None:
    """Known causes have a sentence; others pass as they are."""
    assert system_reason(PermissionError(13, "Permission denied")).text("zh") == "当前用户无权读写"
    assert str(system_reason(OSError(95, "Operation not supported"))) == "Operation not supported"


def test_faulty_settings_speak_chinese_on_the_command_line(tmp_path: Path) -> None:
    """The whole message, as an office sees it."""
    (tmp_path / "a.toml").write_text('[input.villages]\npath = "v.gpkg"\n[areas]\ntarget_households = "many"\n')
    done = run_here(["plan", str(tmp_path / "a.toml")], lang="zh")
    assert (done.code, done.trace) == (2, "")
    assert "`areas.target_households` = 'many'：须为整数" in done.err
