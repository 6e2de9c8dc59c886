"""Why a value of a settings file, rule pack or price list is refused."""

from __future__ import annotations

from typing import Any

from areaplan.messages import Message, msg

__all__ = ["WrongValue", "value_reason"]


class WrongValue(ValueError):
    """Refuse a value, in a sentence for the person who wrote it; validators raise it."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


_KINDS: dict[str, Message] = {
    "int_type": msg("must be a whole number"),
    "int_from_float": msg("must be a whole number"),
    "int_parsing": msg("must be a whole number"),
    "int_parsing_size": msg("is too large a number"),
    "float_type": msg("must be a number"),
    "float_parsing": msg("must be a number"),
    "decimal_type": msg("must be a number"),
    "decimal_parsing": msg("must be a number"),
    "finite_number": msg("must be a number that is not infinite"),
    "string_type": msg("must be a text between quotation marks"),
    "string_unicode": msg("must be a text between quotation marks"),
    "bool_type": msg("must be true or false"),
    "bool_parsing": msg("must be true or false"),
    "tuple_type": msg("must be a list: values between [ and ], or tables under [[…]]"),
    "list_type": msg("must be a list: values between [ and ], or tables under [[…]]"),
    "model_type": msg("must be a table"),
    "dict_type": msg("must be a table"),
    "date_type": msg("must be a day, such as 2026-11-01"),
    "date_from_datetime_inexact": msg("must be a day without a time, such as 2026-11-01"),
    "date_from_datetime_parsing": msg("must be a day, such as 2026-11-01"),
    "date_parsing": msg("must be a day, such as 2026-11-01"),
    "string_too_short": msg("must not be empty"),
    "string_pattern_mismatch": msg("must be made of letters, digits, - and _ only"),
    "extra_forbidden": msg("there is no such key"),
    "missing": msg("is missing"),
}

_BOUNDS: dict[str, tuple[str, Message]] = {
    "greater_than": ("gt", msg("must be greater than {bound}")),
    "greater_than_equal": ("ge", msg("must be {bound} or more")),
    "less_than": ("lt", msg("must be less than {bound}")),
    "less_than_equal": ("le", msg("must be {bound} or less")),
}


def value_reason(error: Any) -> Message:
    """Return why a value is refused.

    Parameters
    ----------
    error
        One of the errors of a ``pydantic.ValidationError``.
    """
    kind, about = error["type"], error.get("ctx") or {}
    if isinstance(about.get("error"), WrongValue):
        wrong: WrongValue = about["error"]
        return wrong.message
    if kind in _BOUNDS:
        key, said = _BOUNDS[kind]
        return Message(said.template, {"bound": f"{about[key]:g}"})
    if kind == "literal_error":
        return msg("must be one of {known}", known=str(about["expected"]).replace(" or ", ", "))
    return _KINDS.get(kind) or Message("{said}", {"said": str(error["msg"]).removeprefix("Value error, ")})
