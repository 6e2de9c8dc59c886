"""Is what the settings ask of a file there? Every layer and column that is not is named, with the nearest that is."""

from __future__ import annotations

import difflib
from pathlib import Path
from unicodedata import normalize

import pyogrio

from areaplan.files.reading.record import Record
from areaplan.messages import Message, msg
from areaplan.settings import LayerInput

__all__ = ["all_there", "pick_layer"]


def pick_layer(path: Path, spec: LayerInput, record: Record) -> str | None:
    """Return the name of the layer meant, or ``None`` after noting that it is not there or that there are several."""
    names = [str(n) for n, _ in pyogrio.list_layers(path)]
    listed = ", ".join(names)
    if spec.layer is None:
        if len(names) == 1:
            return names[0]
        if not names:
            record.fault(msg("{path}: holds no layer that can be read; save it again", path=spec.path))
            return None
        record.fault(
            msg(
                "{path}: has {count} layers; name one of them (`layer`): {listed}",
                path=spec.path,
                count=len(names),
                listed=listed,
            )
        )
        return None
    if spec.layer in names:
        return spec.layer
    near = difflib.get_close_matches(spec.layer, names, 1, 0.4)
    if near:
        record.fault(
            msg(
                "{path}: no layer {layer}; did you mean {near}? (it has: {listed})",
                path=spec.path,
                layer=spec.layer,
                near=near[0],
                listed=listed,
            )
        )
    else:
        record.fault(msg("{path}: no layer {layer}; it has: {listed}", path=spec.path, layer=spec.layer, listed=listed))
    return None


def all_there(where: Message, columns: dict[str, str | None], fields: list[str], record: Record) -> bool:
    """Tell whether the columns asked for are there; note each that is not, with the nearest name."""
    missing = {k: c for k, c in columns.items() if c is not None and c not in fields}
    for column in sorted({c for c in columns.values() if c is not None and fields.count(c) > 1}):
        record.fault(
            msg(
                "{where}: {count} columns are called {column}; rename all but the one that is meant",
                where=where, count=fields.count(column), column=column,
            )
        )  # fmt: skip
    for key, column in missing.items():
        if normalize("NFC", column) in {normalize("NFC", f) for f in fields}:
            record.fault(
                msg(
                    "{where}: the name of column {column} (key `{key}`) is spelt there with other signs for the same letters; "
                    "rename the column, or copy its name from the file",
                    where=where, column=column, key=key,
                )
            )  # fmt: skip
            continue
        lower = {f.lower(): f for f in fields}
        near = difflib.get_close_matches(column.lower(), list(lower), 1, 0.4)
        known = ", ".join(fields) or "–"
        if near:
            record.fault(
                msg(
                    "{where}: no column {column} (key `{key}`); did you mean {near}? (it has: {known})",
                    where=where,
                    column=column,
                    key=key,
                    near=lower[near[0]],
                    known=known,
                )
            )
        else:
            record.fault(
                msg(
                    "{where}: no column {column} (key `{key}`); it has: {known}",
                    where=where,
                    column=column,
                    key=key,
                    known=known,
                )
            )
    return not missing and not any(fields.count(c) > 1 for c in columns.values() if c is not None)
