"""What a page carries inside: Leaflet from an installed wheel, and our own script, style and skeleton.

Nothing is fetched, neither here nor by the page.
"""

from __future__ import annotations

import base64
import hashlib
import re
from functools import lru_cache
from importlib.resources import files

__all__ = ["content_policy", "leaflet_licence", "leaflet_script", "leaflet_style", "own", "script", "source_hash"]

_SCRIPTS = (
    "words", "decode", "bundles", "store", "sheet", "easel", "base", "names", "marks", "earlier", "dom", "comments", "exchange", "sketch", "opinion", "remarks",
    "list", "sides", "facts", "chrome", "stage", "sheets", "choosing", "deciding", "speaking", "listen", "main",
)  # fmt: skip
"""Our scripts, in the order in which they need one another."""


@lru_cache
def own(name: str) -> str:
    """Return a file of ``template/``."""
    return (files("areaplan.maps") / "template" / name).read_text(encoding="utf-8")


@lru_cache
def script() -> str:
    """Return our scripts as one; only ``AreaplanReview`` is visible from outside."""
    parts = "\n".join(own(f"{name}.js") for name in _SCRIPTS)
    return f"var AreaplanReview = (function () {{\n'use strict';\n{parts}\nreturn {{ start: start }};\n}})();\n"


@lru_cache
def leaflet_script() -> str:
    """Return Leaflet without a web address: no link to its home page, no source map for a browser to look for."""
    text = _leaflet("leaflet.js")
    text = re.sub(r'<a href="https://leafletjs\.com"[^>]*>', "<span>", text).replace("Leaflet</a>", "Leaflet</span>")
    text = re.sub(r"//# sourceMappingURL=\S*", "", text)
    return text.replace("https://leafletjs.com", "leafletjs.com").strip() + "\n"


@lru_cache
def leaflet_style() -> str:
    """Return Leaflet's style without comments and without the declarations that name a picture; the page uses none of them."""
    text = re.sub(r"/\*.*?\*/", "", _leaflet("leaflet.css"), flags=re.S)
    return re.sub(r"[\w-]+\s*:\s*url\([^)]*\)\s*;", "", text)


@lru_cache
def leaflet_licence() -> str:
    """Return Leaflet's licence, which must travel with it."""
    return own("leaflet-licence.txt").strip()


def _leaflet(name: str) -> str:
    """Read a file of the wheel ``django-js-lib-leaflet`` (Django itself is not needed)."""
    return (files("js_lib_leaflet") / "static" / "js_lib_leaflet" / name).read_text(encoding="utf-8")


def source_hash(text: str) -> str:
    """Return the Content-Security-Policy source that allows exactly this inline script or style.

    Examples
    --------
    >>> source_hash("alert(1)")
    "'sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI='"
    """
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"


def content_policy(scripts: list[str], styles: list[str]) -> str:
    """Return a policy under which only these scripts and styles run and nothing can be fetched, framed or posted."""
    return "; ".join(
        [
            "default-src 'none'",
            "script-src " + " ".join(map(source_hash, scripts)),
            "style-src " + " ".join(map(source_hash, styles)),
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
        ]
    )
