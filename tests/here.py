"""Run the command line inside this process: the same ``main`` as a user's, but without starting Python for each run."""

from __future__ import annotations

import io
import sys
import traceback
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout
from typing import NamedTuple

from areaplan.cli import main

__all__ = ["Done", "run_here"]


class Done(NamedTuple):
    """Hold the exit code (None: an exception escaped), what was said, and the traceback if there was one."""

    code: int | None
    out: str
    err: str
    trace: str = ""


def run_here(arguments: Sequence[str], *, lang: str = "en") -> Done:
    """Run ``areaplan`` with ``arguments``; never raise."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
    code: int | None = None
    trace = ""
    with redirect_stdout(out), redirect_stderr(err):
        try:
            main([*arguments, "--lang", lang])
            code = 0
        except SystemExit as e:
            code = e.code if isinstance(e.code, int) else 0 if e.code is None else 1
        except BaseException:
            trace = traceback.format_exc()
    sys.stdout.flush()
    texts = [b.buffer.getvalue().decode("utf-8", errors="replace") for b in (out, err)]  # type: ignore[attr-defined]
    return Done(code, *texts, trace)
