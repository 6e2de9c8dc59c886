"""Why something is refused is said in the language chosen, whichever library found out."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from areaplan.errors import SettingsError
from areaplan.packs import load_pack
from areaplan.reasons import WrongValue, read_toml, system_reason
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
