"""Read what an office writes itself, in TOML: price lists and field mappings."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from areaplan.errors import InputError
from areaplan.messages import Message
from areaplan.reasons import WrongValue, ordinary_text, read_toml, system_reason
from areaplan.settings import fault_of

__all__ = ["read_own_file"]

Table = TypeVar("Table", bound=BaseModel)


def read_own_file(path: Path, kind: type[Table], refused: Message) -> Table:
    """Read a TOML file as a table of the kind asked for; numbers with a point are read exactly.

    Parameters
    ----------
    refused
        What is said of a file that cannot be read or is no TOML; it has places for ``path`` and ``reason``.

    Raises
    ------
    InputError
        With every fault of the file.
    """
    try:
        return kind.model_validate(read_toml(ordinary_text(path), parse_float=Decimal))
    except (OSError, UnicodeDecodeError) as e:
        reason = system_reason(e)
    except WrongValue as e:
        reason = e.message
    except ValidationError as e:
        raise InputError([fault_of(path.name, fault, kind) for fault in e.errors()]) from None
    raise InputError(Message(refused.template, {"path": path, "reason": reason}))
