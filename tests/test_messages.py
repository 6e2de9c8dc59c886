"""Every message exists in both languages, with the same values, and the compiled catalogue is the one that was written."""

from __future__ import annotations

import gettext
import re
from functools import cache
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import areaplan
from areaplan.messages import msg, system_lang

PACKAGE = Path(areaplan.__file__).parent
CATALOGUE = PACKAGE / "locale" / "zh_CN" / "LC_MESSAGES" / "areaplan.po"


@cache
def spoken() -> frozenset[str]:
    """Return every template in the source."""
    found = extract_from_dir(str(PACKAGE), keywords={"msg": None, "_": None})
    return frozenset(m if isinstance(m, str) else m[0] for _, _, m, _, _ in found)


@cache
def translated() -> dict[str, str]:
    """Return the Chinese of every template."""
    with CATALOGUE.open("rb") as file:
        return {m.id: m.string for m in read_po(file, locale="zh_CN") if m.id}


def values_in(template: str) -> set[str]:
    """Return the names in braces."""
    return set(re.findall(r"{(\w+)", template))


def test_every_message_is_translated() -> None:
    """No message reaches a Chinese user in English."""
    missing = sorted(m for m in spoken() if not translated().get(m))
    assert not missing, "run `make messages`, then translate in areaplan.po"


def test_no_translation_is_dead() -> None:
    """The catalogue holds only what the source says."""
    assert set(translated()) <= spoken()


def test_translations_keep_the_values() -> None:
    """A translation names the same values as its template."""
    wrong = {m: t for m, t in translated().items() if values_in(m) != values_in(t)}
    assert not wrong


def test_the_compiled_catalogue_is_in_step() -> None:
    """What is installed is what was written."""
    with CATALOGUE.with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    assert all(compiled.gettext(m) == t for m, t in translated().items())


def test_values_are_rendered_in_the_same_language() -> None:
    """A message inside a message speaks the same language as the outer one."""
    outer = msg(
        "{path}: cannot be read as UTF-8 text ({reason})",
        path="a.toml",
        reason=msg("the key `{key}` is missing", key="k"),
    )
    assert outer.text("en").endswith("(the key `k` is missing)")


def test_braces_in_values_are_text() -> None:
    """Text from data is never taken for a template."""
    assert msg("village {code} is not in this plan", code="{0}{x}").text("en") == "village {0}{x} is not in this plan"


@pytest.mark.parametrize(
    ("variable", "value", "lang"), [("LANGUAGE", "zh_CN", "zh"), ("LANG", "de_DE.UTF-8", "en"), ("LC_ALL", "C", "en")]
)
def test_the_locale_decides(monkeypatch: pytest.MonkeyPatch, variable: str, value: str, lang: str) -> None:
    """Without --lang the locale decides what is printed."""
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(variable, value)
    assert system_lang() == lang
