"""The figures of a certificate that a reviewer should see first.

The certificate is read as it stands in ``certificate.json``; a figure it does not have is shown as unknown, never as nought.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

__all__ = ["integrity"]

_WANTED = {
    "proved": ("proved", "tiles", "clean"),
    "gap_m2": ("gap_m2", "gaps_m2"),
    "overlap_m2": ("overlap_m2", "overlaps_m2"),
    "spill_m2": ("spill_m2", "spills_m2"),
    "households_in": ("households_in", "households_villages"),
    "households_out": ("households_out", "households_areas"),
    "hash": ("content_hash", "plan_hash", "hash"),
    "grid_m": ("grid_m",),
}
"""What is shown, and the names it may stand under, at any depth; the outermost wins."""


def integrity(certificate: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Return the figures of a certificate: areas in m², households in and out, the plan's hash; None without a certificate.

    Examples
    --------
    >>> integrity({"grid_m": 0.001, "totals": {"gap_m2": 0.0}})["gap_m2"]
    0.0
    """
    if certificate is None:
        return None
    found: dict[str, Any] = {}
    for key, value in _walk(certificate):
        found.setdefault(key, value)
    out = {name: next((found[k] for k in keys if k in found), None) for name, keys in _WANTED.items()}
    return {name: value if isinstance(value, (bool, int, float, str)) else None for name, value in out.items()}


def _walk(table: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield keys and plain values, level by level."""
    inner: list[Mapping[str, Any]] = []
    for key, value in table.items():
        if isinstance(value, Mapping):
            inner.append(value)
        else:
            yield str(key), value
    for each in inner:
        yield from _walk(each)
