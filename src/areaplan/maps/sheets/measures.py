"""Measures of a page."""

from __future__ import annotations

__all__ = ["MM", "Box"]

MM = 72 / 25.4
"""Points in a millimetre."""

Box = tuple[float, float, float, float]
"""Left, bottom, right, top, in points."""
