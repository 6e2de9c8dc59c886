"""Say the same thing in Chinese and in English, through gettext.

A :class:`Message` keeps its English template and its values apart until somebody reads it, so one finding can be stored in the language
of the settings and printed in the language of the person at the keyboard. Neither choice changes a plan.
"""

from __future__ import annotations

import gettext
import locale
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from typing import Literal
from unicodedata import category

Lang = Literal["en", "zh"]
LANGS: tuple[Lang, ...] = ("en", "zh")

__all__ = ["LANGS", "Lang", "Message", "msg", "plain", "system_lang", "translate"]


@dataclass(frozen=True)
class Message:
    """Hold a sentence for a person: an English ``template`` in ``str.format`` form, and its ``values``.

    Values may be messages themselves; they are rendered in the same language.

    Examples
    --------
    >>> str(msg("village {code} has no ground", code="350302101003"))
    'village 350302101003 has no ground'
    """

    template: str
    values: Mapping[str, object] = field(default_factory=dict)

    def text(self, lang: Lang = "en") -> str:
        """Return the sentence in ``lang``, its values without what a terminal or a reader would obey."""
        values = {k: v.text(lang) if isinstance(v, Message) else _tame(v) for k, v in self.values.items()}
        return self._filled(values, lang)

    def exact(self, lang: Lang = "en") -> str:
        """Return the sentence in ``lang`` with its values to the character, for what shows every text as text."""
        values = {k: v.exact(lang) if isinstance(v, Message) else v for k, v in self.values.items()}
        return self._filled(values, lang)

    def _filled(self, values: dict[str, object], lang: Lang) -> str:
        template = translate(self.template, lang)
        return template.format(**values) if values else template

    def __str__(self) -> str:
        return self.text("en")


def msg(template: str, /, **values: object) -> Message:
    """Make a :class:`Message`; ``template`` must be a literal so that the extractor finds it."""
    return Message(template, values)


def translate(template: str, lang: Lang) -> str:
    """Return ``template`` in ``lang``, or itself where no translation exists."""
    return template if lang == "en" or not template else _catalogue(lang).gettext(template)


@lru_cache(maxsize=len(LANGS))
def _catalogue(lang: Lang) -> gettext.NullTranslations:
    folder = files("areaplan") / "locale"
    return gettext.translation("areaplan", str(folder), languages=["zh_CN" if lang == "zh" else lang], fallback=True)


def system_lang() -> Lang:
    """Return the language of the locale: Chinese where it says so, else English.

    Windows keeps its language outside the POSIX variables, hence the second question.
    """
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name, "")
        if value:
            return "zh" if value.lower().startswith("zh") else "en"
    return "zh" if (locale.getlocale()[0] or "").lower().startswith(("zh", "chinese")) else "en"


def _tame(value: object) -> object:
    r"""Return a value without characters that a terminal or a reader would obey instead of show.

    A name may hold escape sequences that repaint the screen, line ends that forge a second message, or marks that turn the reading
    direction. Numbers stay numbers for the template's own format.

    Examples
    --------
    >>> str(msg("village {name} is named twice", name="East\x1b[2J\u202etsaE"))
    'village East[2JtsaE is named twice'
    """
    if isinstance(value, (int, float)):
        return value
    text = str(value)
    if text.isascii() and text.isprintable():
        return value
    return "".join(c if category(c)[0] != "C" and c not in "\u2028\u2029" else " " if c.isspace() else "" for c in text)


def plain(value: object) -> str:
    r"""Return ``value`` as one line of text that paper and documents can carry.

    Control, direction and private characters (and halves of surrogate pairs) are dropped, and every run of white space is one blank: names come from
    files, and XML, PDF and the eye each have characters they cannot bear.

    Examples
    --------
    >>> plain("East\x00 \u202evillage\n")
    'East village'
    """
    text = "".join(c if category(c)[0] not in "CZ" else (" " if c.isspace() else "") for c in str(value))
    return " ".join(text.split())
