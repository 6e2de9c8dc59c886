"""Compute a certificate anew and name what differs: whoever verifies trusts none of it."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from areaplan.certificate.making import FORM, make_certificate, make_layer_certificate
from areaplan.check import Report, check_plan
from areaplan.messages import Message, msg
from areaplan.model import AreaPlan

__all__ = ["verdicts_left_out", "verify_certificate", "verify_layer_certificate"]

_NOT_COMPARED = ("areaplan",)

_RESTS_ON: Mapping[str, tuple[str, ...]] = {
    "previous": ("R11", "R19", "R21"),
    "staff": ("R18",),
    "base_map": ("R23",),
    "code_list": ("R11", "R12"),
}
"""Rules whose verdict may rest on what was laid beside the plan; on anything else, such as the original layers, all may."""


def verify_certificate(
    certificate: Mapping[str, Any], plan: AreaPlan, *, pack: str | None = None, previous: AreaPlan | None = None
) -> list[Message]:
    """Compute the certificate of ``plan`` anew and name every value that differs; an empty list means that it stands.

    Hash, totals, ledger and proof are always compared. A verdict that may rest on what was laid beside the plan, and is not here, is not:
    :func:`verdicts_left_out` names those rules.

    Parameters
    ----------
    certificate
        What was read from ``certificate.json``.
    plan
        What it is said to be of.
    pack
        Rule pack, where the plan was certified under another than its settings name.
    previous
        The plan before it, where it was certified beside one.
    """
    if not isinstance(certificate, Mapping) or certificate.get("form") != FORM or certificate.get("kind") == "layer":
        return [msg("this is no certificate of a plan of form {form}", form=FORM)]
    known = previous if "previous" in (certificate.get("beside") or ()) else None
    fresh = make_certificate(plan, check_plan(plan, pack=pack, previous=known))
    left_out = verdicts_left_out(certificate, fresh["beside"])
    return _differences(_comparable(certificate, left_out), _comparable(fresh, left_out))


def verdicts_left_out(certificate: Mapping[str, Any], beside: Iterable[str] = ()) -> list[str]:
    """Return the rules whose verdicts cannot be given again without what the certificate says was laid beside the plan.

    Parameters
    ----------
    certificate
        What was read from ``certificate.json``.
    beside
        What is here.

    Examples
    --------
    >>> verdicts_left_out({"beside": ["previous"], "verdicts": {"R01": "passed", "R19": "passed"}})
    ['R19']
    """
    said, verdicts = certificate.get("beside"), certificate.get("verdicts")
    missing = {str(name) for name in said} - set(beside) if isinstance(said, list) else set()
    every = [str(rule) for rule in verdicts] if isinstance(verdicts, Mapping) else []
    return sorted({rule for name in missing for rule in every if rule in _RESTS_ON.get(name, every)})


def verify_layer_certificate(certificate: Mapping[str, Any], report: Report) -> list[Message]:
    """Name every value of a layer's certificate that its judgement made anew does not give; verdicts beyond the proof may rest on other data.

    Parameters
    ----------
    certificate
        What was read from ``certificate.json``.
    report
        The layer judged again, by the same columns against the same parents.
    """
    columns = certificate.get("columns")
    fresh = make_layer_certificate(report, title="", columns=columns if isinstance(columns, Mapping) else {})
    compared = ("form", "kind", "crs", "content_hash", "proof", "totals")
    return _differences({k: certificate.get(k) for k in compared}, {k: fresh[k] for k in compared})


def _comparable(certificate: Mapping[str, Any], left_out: Collection[str]) -> dict[str, Any]:
    """Return a certificate without what it was made beside, and without the verdicts left out and the counts that they enter."""
    kept = {k: v for k, v in certificate.items() if k != "beside" and not (left_out and k == "findings")}
    if isinstance(kept.get("verdicts"), Mapping):
        kept["verdicts"] = {rule: v for rule, v in kept["verdicts"].items() if rule not in left_out}
    return kept


def _differences(certificate: Mapping[str, Any], fresh: Mapping[str, Any]) -> list[Message]:
    said = {k: v for k, v in _flat(certificate) if k not in _NOT_COMPARED}
    found = {k: v for k, v in _flat(json.loads(json.dumps(fresh))) if k not in _NOT_COMPARED}
    return [
        msg("{key}: the certificate says {said}, the plan gives {found}", key=key,
            said=_shown(said, key), found=_shown(found, key))
        for key in [*found, *(k for k in said if k not in found)]
        if key not in said or key not in found or said[key] != found[key]
    ]  # fmt: skip


def _shown(values: Mapping[str, Any], key: str) -> object:
    return str(values[key])[:200] if key in values else msg("nothing")


def _flat(values: Any, at: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every plain value under its path; villages go by code, so that order does not matter."""
    if isinstance(values, Mapping):
        for key, value in values.items():
            yield from _flat(value, f"{at}.{key}" if at else str(key))
    elif isinstance(values, list):
        for number, value in enumerate(values, 1):
            name = value.get("village_code", number) if isinstance(value, Mapping) else number
            yield from _flat(value, f"{at}.{name}")
    else:
        yield at, values
