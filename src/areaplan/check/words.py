"""Numbers as people read them."""

from __future__ import annotations

__all__ = ["amount"]


def amount(value: float) -> str:
    """Return a measure with as many digits as it deserves.

    Examples
    --------
    >>> amount(12345.6), amount(3.14159), amount(0.00204)
    ('12,346', '3.14', '0.002')
    """
    if abs(value) >= 100:
        return f"{value:,.0f}"
    if abs(value) >= 1:
        return f"{value:.2f}"
    return f"{value:.3g}"
