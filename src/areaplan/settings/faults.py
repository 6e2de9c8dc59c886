"""Say what is wrong with a settings file: which key, what it should be, and the nearest valid name."""

from __future__ import annotations

import difflib
import typing
from decimal import Decimal
from typing import Any

from pydantic import BaseModel

from areaplan.messages import Message, msg
from areaplan.reasons import value_reason

__all__ = ["fault_of"]


def fault_of(name: str, error: Any, model: type[BaseModel]) -> Message:
    """Return what one error of validation says; ``name`` is what the file is called, ``model`` what it must be."""
    loc, kind = error["loc"], error["type"]
    where = _dotted(loc)
    if kind == "extra_forbidden":
        near = difflib.get_close_matches(str(loc[-1]), _keys_at(loc[:-1], model), 1, 0.4)
        if near:
            return msg("{path}: unknown key `{key}`; did you mean `{near}`?", path=name, key=where, near=near[0])
        known = ", ".join(_keys_at(loc[:-1], model))
        return msg("{path}: unknown key `{key}`; known here: {known}", path=name, key=where, known=known)
    if kind == "missing":
        return msg("{path}: the key `{key}` is missing", path=name, key=where)
    reason = value_reason(error)
    value = error.get("input")
    if not loc:
        return msg("{path}: {reason}", path=name, reason=reason)
    if isinstance(value, Decimal):
        value = float(value)
    if isinstance(value, (dict, BaseModel)):
        return msg("{path}: [{key}]: {reason}", path=name, key=where, reason=reason)
    return msg("{path}: `{key}` = {value!r}: {reason}", path=name, key=where, value=value, reason=reason)


def _dotted(loc: tuple[str | int, ...]) -> str:
    return ".".join(str(p + 1) if isinstance(p, int) else str(p) for p in loc if p != "[key]")


def _keys_at(loc: tuple[str | int, ...], model: Any) -> list[str]:
    """Return the keys valid in the table at ``loc``, as users write them."""
    for part in loc:
        if isinstance(part, int):
            continue
        field = next((f for k, f in model.model_fields.items() if part in (k, f.alias)), None)
        model = _table_in(field.annotation) if field else None
        if model is None:
            return []
    return [f.alias or k for k, f in model.model_fields.items() if k != "folder"]


def _table_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((t for t in map(_table_in, typing.get_args(annotation)) if t), None)
