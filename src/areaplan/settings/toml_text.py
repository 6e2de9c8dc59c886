"""Write a plain dictionary as TOML: the little of it that settings need."""

from __future__ import annotations

from typing import Any

__all__ = ["toml_lines"]


def toml_lines(table: dict[str, Any], at: tuple[str, ...] = ()) -> list[str]:
    """Return the lines of a table and of the tables in it; ``at`` names where it stands."""
    plain = {k: v for k, v in table.items() if not isinstance(v, dict)}
    lines = [f"[{'.'.join(at)}]"] if at and plain else []
    lines += [f"{_toml_key(k)} = {_toml_value(v)}" for k, v in plain.items()]
    for key, value in table.items():
        if isinstance(value, dict) and value:
            lines += toml_lines(value, (*at, _toml_key(key)))
    return lines


def _toml_key(key: str) -> str:
    return key if key.replace("_", "").replace("-", "").isalnum() and key.isascii() else _toml_value(key)


def _toml_value(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float)):
        return repr(value)
    text = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c >= " " and c != "\x7f" else f"\\u{ord(c):04x}" for c in text) + '"'
