"""The figures of a certificate that a reviewer should see first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["integrity"]


def integrity(certificate: Mapping[str, Any] | None, *, public: bool = False) -> dict[str, Any] | None:
    """Return what the certificate says: square metres in no area, in two, outside; households in and out; the plan's hash.

    A figure it does not have is None, which the page shows as unknown, never as nought; without a certificate, None. A ``public`` page is told whether
    households were kept, not how many.

    Examples
    --------
    >>> integrity({"proof": {"gap_m2": 0.0}})["gap_m2"]
    0.0
    """
    if certificate is None:
        return None
    proof, totals = certificate.get("proof") or {}, certificate.get("totals") or {}
    return {
        "tiles": proof.get("tiles"),
        "gap_m2": proof.get("gap_m2"),
        "overlap_m2": proof.get("overlap_m2"),
        "spill_m2": proof.get("spill_m2"),
        "edges": proof.get("edges"),
        "grid_m": proof.get("grid_m"),
        **_households(totals, public=public),
        "hash": certificate.get("content_hash"),
    }


def _households(totals: Mapping[str, Any], *, public: bool) -> dict[str, Any]:
    into, out = totals.get("households_in"), totals.get("households_out")
    return {"kept": into is not None and into == out} if public else {"households_in": into, "households_out": out}
