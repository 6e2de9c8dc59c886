"""The opinion as one HTML file: the same items as the Word document, for whoever reads on a screen; no script, no address of anything."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator
from html import escape

from areaplan.messages import Lang, plain
from areaplan.model import Finding, Findings, Severity
from areaplan.reports.opinion import Entry, Occasion, Places, entries, opening

__all__ = ["opinion_page", "page_of"]

_STYLE = """
body{font:15px/1.5 "Noto Sans CJK SC","Microsoft YaHei","Source Han Sans SC",sans-serif;max-width:60rem;margin:1.5rem auto;padding:0 1rem;color:#111}
h1{font-size:1.5rem;text-align:center}h2{font-size:1.1rem;margin:1.6rem 0 .4rem}
table{border-collapse:collapse;width:100%}td,th{border:1px solid #777;padding:.25rem .5rem;vertical-align:top;text-align:left}
th{width:7rem;background:#f0f0f0;font-weight:600}img{max-width:100%;width:32rem;display:block;margin-top:.4rem}
@media print{h2{break-after:avoid}tr{break-inside:avoid}}
"""


def page_of(title: str, body: str, lang: Lang, *, style: str = _STYLE) -> str:
    """Return a whole page around ``body``: a policy that lets in nothing but this style and pictures inside the file."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; img-src data:; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    code = "zh-CN" if lang == "zh" else "en"
    return (
        f'<!DOCTYPE html>\n<html lang="{code}"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{policy}">'
        f'<meta name="viewport" content="width=device-width,initial-scale=1"><title>{escape(plain(title))}</title>'
        f"<style>{style}</style></head><body>\n{body}\n</body></html>\n"
    )


def opinion_page(findings: Iterable[Finding], on: Occasion) -> str:
    """Return the opinion as HTML; parameters as :func:`areaplan.reports.opinion.opinion`."""
    items = Findings(tuple(findings)).ordered()
    places = on.places()
    told = entries([f for f in items if f.severity != Severity.NOTE], places, on.lang, on.register)
    parts = [f"<h1>{escape(plain(on.name))}</h1>"]
    if on.to:
        parts.append(f"<p><b>{escape(plain(on.to))}</b></p>")
    parts.append(f"<p>{escape(opening(len(told)).text(on.lang))}</p>")
    parts += [f"<h2>{escape(plain(e.heading))}</h2>\n<table>{''.join(_rows(e, places))}</table>" for e in told]
    return page_of(on.name, "\n".join(parts), on.lang)


def _rows(entry: Entry, places: Places) -> Iterator[str]:
    for i, (label, text) in enumerate(entry.rows):
        picture = places.picture(entry.finding) if i == 1 else None
        coded = "" if picture is None else base64.b64encode(picture).decode()
        shown = f'<img alt="" src="data:image/png;base64,{coded}">' if coded else ""
        yield f"<tr><th>{escape(label)}</th><td>{escape(plain(text))}{shown}</td></tr>"
