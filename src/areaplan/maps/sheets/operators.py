"""Paths as PDF operators, written digit by digit: half of a sheet's bytes are coordinates, and to format them one by one takes longest of all."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from areaplan.compiling import jit

__all__ = ["path_operators"]

_LONGEST: Final = 13  # characters of a number: sign, nine digits, point, two decimals
_FARTHEST: Final = 1e8  # no sheet reaches so far; without it a longer number would be written past the end
_MOVE, _LINE, _CLOSE, _BLANK, _BREAK, _POINT, _MINUS, _ZERO = (ord(c) for c in "mlh \n.-0")

Points = NDArray[np.float64]


def path_operators(lines: Iterable[Points], *, close: bool = False) -> str:
    r"""Return PDF path operators for arrays of points, to a hundredth of a point.

    Examples
    --------
    >>> path_operators([np.array([(0, 0), (10, 2.5)])], close=True)
    '0.00 0.00 m\n10.00 2.50 l\nh'
    """
    drawn = [points for points in lines if len(points) > 1]
    if not drawn:
        return ""
    xy = np.clip(np.concatenate(drawn).astype(np.float64, copy=False), -_FARTHEST, _FARTHEST)
    lengths = np.array([len(points) for points in drawn])
    text = np.empty(len(xy) * (2 * _LONGEST + 4) + 2 * len(drawn), dtype=np.uint8)
    end = _written(xy, lengths, close, text)
    return text[: end - 1].tobytes().decode("ascii")  # the last line break is not needed


@jit
def _written(xy: Points, lengths: NDArray[np.int64], close: bool, text: NDArray[np.uint8]) -> int:
    """Write the operators of all lines into ``text``; return where they end."""
    at = row = 0
    for length in lengths:
        for i in range(row, row + length):
            at = _number(xy[i, 0], text, at)
            at = _number(xy[i, 1], text, at)
            text[at], text[at + 1] = (_MOVE if i == row else _LINE), _BREAK
            at += 2
        row += length
        if close:
            text[at], text[at + 1] = _CLOSE, _BREAK
            at += 2
    return at


@jit
def _number(value: float, text: NDArray[np.uint8], at: int) -> int:
    """Write a number with two decimals and a blank at ``at``; return where it ends."""
    hundredths = round(abs(value) * 100)
    if value < 0 and hundredths > 0:
        text[at] = _MINUS
        at += 1
    whole, part = hundredths // 100, hundredths % 100
    power = 1
    while whole >= power * 10:
        power *= 10
    while power > 0:
        text[at] = _ZERO + whole // power % 10
        at, power = at + 1, power // 10
    text[at], text[at + 1], text[at + 2], text[at + 3] = _POINT, _ZERO + part // 10, _ZERO + part % 10, _BLANK
    return at + 4
