"""Turn the columns of a file into codes, texts, counts and flags, whatever type they were stored as.

Codes suffer most: read as numbers they lose leading zeros, and with one missing value they become 350302101003.0.
"""

from __future__ import annotations

import re
import unicodedata
from numbers import Integral

import numpy as np
import pandas as pd
from numpy.typing import NDArray

__all__ = ["as_code", "as_count", "as_flag", "as_real", "as_text", "is_blank"]

_WHOLE = re.compile(r"^([+-]?\d+)\.0+$")
_NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?")
_NO = frozenset({"", "no", "n", "0", "false", "f", "none", "null", "否", "无", "不是"})


def is_blank(value: object) -> bool:
    """Tell whether a cell of a table holds nothing."""
    if value is None or value is pd.NA or (isinstance(value, float) and np.isnan(value)):
        return True
    return isinstance(value, str) and not value.strip()


def as_text(column: pd.Series) -> list[str | None]:
    """Return texts without outer blanks; nothing becomes ``None``."""
    return [None if is_blank(v) else str(v).strip() for v in column.tolist()]


def as_code(column: pd.Series) -> list[str | None]:
    """Return codes as text; whole numbers lose their ``.0``, full-width digits become plain ones, blanks become ``None``.

    Examples
    --------
    >>> import pandas as pd
    >>> as_code(pd.Series([350302101003.0, float("nan")])), as_code(pd.Series(["007", " 12 ", "９.0", ""]))
    (['350302101003', None], ['007', '12', '9', None])
    """
    return [None if is_blank(v) else _code(v) for v in column.tolist()]


def _code(value: object) -> str:
    if isinstance(value, Integral):
        return str(int(value))
    if isinstance(value, (float, np.floating)) and float(value).is_integer():
        return str(int(value))
    text = unicodedata.normalize("NFKC", str(value)).strip()
    whole = _WHOLE.match(text)
    return whole.group(1) if whole else text


def as_count(column: pd.Series) -> tuple[list[int | None], NDArray[np.bool_], NDArray[np.bool_]]:
    """Return whole numbers, and two masks: what is no whole number, and what is below zero. Blanks become ``None``.

    Examples
    --------
    >>> import pandas as pd
    >>> counts, odd, negative = as_count(pd.Series(["12", "3.0", "many", None, "-1"]))
    >>> counts, odd.tolist(), negative.tolist()
    ([12, 3, None, None, -1], [False, False, True, False, False], [False, False, False, False, True])
    """
    given = column.tolist()
    counts = [None if is_blank(v) else _count(v) for v in given]
    odd = np.array([c is None and not is_blank(v) for c, v in zip(counts, given, strict=True)], dtype=bool)
    negative = np.array([c is not None and c < 0 for c in counts], dtype=bool)
    return counts, odd, negative


def _count(value: object) -> int | None:
    try:
        number = float(str(value).strip().replace(",", ""))
    except ValueError:
        return None
    return int(number) if number.is_integer() and abs(number) < 2**53 else None


def as_real(column: pd.Series) -> list[float | None]:
    """Return the first number of each cell (``"6层"`` and ``"6;2"`` are 6); ``None`` where there is none."""
    return [None if is_blank(v) else _real(v) for v in column.tolist()]


def _real(value: object) -> float | None:
    found = _NUMBER.search(str(value))
    number = float(found.group()) if found else float("nan")
    return number if np.isfinite(number) else None


def as_flag(column: pd.Series) -> NDArray[np.bool_]:
    """Return truth values of ``yes/no``, ``1/0``, ``T/F``, ``是/否`` and the like; any other word means yes.

    Examples
    --------
    >>> import pandas as pd
    >>> as_flag(pd.Series(["yes", "no", None, "culvert", "F", "0"])).tolist()
    [True, False, False, True, False, False]
    """
    return np.array([not is_blank(v) and _code(v).lower() not in _NO for v in column.tolist()], dtype=bool)
