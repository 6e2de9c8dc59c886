"""The page over many pages: which township, how large, what was found, how far its review has come in this browser."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from jinja2 import Template

from areaplan.maps import assets
from areaplan.maps.payload import as_json
from areaplan.messages import Lang

__all__ = ["IndexEntry", "index_page"]


@dataclass(frozen=True)
class IndexEntry:
    """A page in the index.

    Parameters
    ----------
    file
        Its name, relative to the index; made from codes.
    title
        What it is called.
    part
        Whether it is a part (a village) of the page before it.
    villages, households, errors, warnings
        Its figures; households None where they may not be shown.
    codes
        Codes of its areas; the browser's own comments on them are the progress.
    proved
        What its certificate says.
    plan_hash
        Under which comments are kept.
    """

    file: str
    title: str
    part: bool
    villages: int
    codes: tuple[str, ...]
    households: int | None
    errors: int
    warnings: int
    proved: bool
    plan_hash: str


def index_page(entries: Sequence[IndexEntry], *, lang: Lang) -> str:
    """Return an HTML page that leads to the pages of ``entries``, in their order; it links to nothing but them."""
    script = (
        "var AreaplanIndex = (function () {\n'use strict';\n"
        + "\n".join(assets.own(f"{name}.js") for name in ("words", "dom", "index"))
        + "\nreturn { start: startIndex };\n})();\nAreaplanIndex.start();\n"
    )
    style = assets.own("index.css")
    return Template(assets.own("index.html"), keep_trailing_newline=True).render(
        lang="zh-CN" if lang == "zh" else "en",
        policy=assets.content_policy([script], [style]),
        script=script,
        style=style,
        data=as_json({"lang": lang, "entries": [asdict(e) for e in entries]}),
    )
