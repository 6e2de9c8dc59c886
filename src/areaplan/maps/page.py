"""The review page: one HTML file with everything inside.

The page is a folium figure. Folium writes the map's element and the script that creates it (a flat plane in metres, no projection, no tiles);
what it would load from other hosts is replaced by Leaflet from an installed wheel and our own scripts, inlined. Three rules keep the page
safe to open and to pass on:

* **Values are data.** They travel as JSON in an element that is never executed, and the script shows them through ``textContent`` only.
* **Only known scripts run.** A Content-Security-Policy names the hash of each; nothing can be fetched, framed or posted.
* **No address.** The page refers to nothing outside itself, not even in a link.

Same plan, same page: no time, no random names.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from typing import Any

import folium
from branca.element import Figure, MacroElement
from jinja2 import Template

from areaplan.certificate import content_hash
from areaplan.maps import assets
from areaplan.maps.bare_map import BareMap
from areaplan.maps.earlier import Earlier
from areaplan.maps.editions import INTERNAL, Edition
from areaplan.maps.payload import as_json, payload
from areaplan.messages import Lang
from areaplan.model import AreaPlan, Findings

__all__ = ["review_page"]


def review_page(
    plan: AreaPlan,
    findings: Findings,
    certificate: Mapping[str, Any] | None = None,
    *,
    lang: Lang | None = None,
    title: str | None = None,
    plan_hash: str | None = None,
    edition: Edition = INTERNAL,
    before: Earlier | None = None,
) -> str:
    """Return a page on which a person reviews a plan, as the text of one HTML file.

    Parameters
    ----------
    plan
        What is reviewed. Its villages, lines and buildings are the base map.
    findings
        What the rules say of it; shown on the map and in the lists.
    certificate
        The proof as in ``certificate.json``; without it the page says that there is none.
    lang
        Language the page opens in; default: the settings' ``output.lang``. The reader can change it.
    title
        What the page calls the town; default: the territory's title.
    plan_hash
        Content hash under which comments are kept; default: the certificate's, else computed. A page of one village is given the whole plan's.
    edition
        Who it is for, see :mod:`areaplan.maps.editions`.
    before
        An earlier plan or a contractor's return to show beside this one; internal pages only.

    Raises
    ------
    ValueError
        When the plan has no area.
    """
    lang = lang or plan.settings.output.lang
    title = title or plan.territory.title or plan.settings.title
    plan_hash = plan_hash or (certificate or {}).get("content_hash") or content_hash(plan)
    data = payload(
        plan, findings, certificate, lang=lang, title=title, plan_hash=plan_hash, edition=edition, before=before
    )
    buildings = data.pop("buildings")
    figure = _ReviewFigure(title=title, lang=lang, data=as_json(data), buildings=as_json(buildings))
    review_map = _plain_map()
    figure.add_child(review_map)
    review_map.add_child(_Review())
    return str(figure.render())


def _plain_map() -> folium.Map:
    """Return a map of a plane in metres, with a name that is the same every time."""
    plane = BareMap(
        location=(0, 0),
        tiles=None,
        crs="Simple",
        zoom_control=False,
        zoom_start=0,
        zoom_snap=0.25,
        zoom_delta=0.5,
        wheel_px_per_zoom_level=90,
        attribution_control=False,
        keyboard_pan_delta=120,
        max_bounds_viscosity=0.6,
    )
    plane._id = "review"
    return plane


class _Review(MacroElement):  # type: ignore[misc]
    """Start our own script on the map that folium made."""

    _template = Template(
        "{% macro script(this, kwargs) %}AreaplanReview.start({{ this._parent.get_name() }});{% endmacro %}"
    )

    def __init__(self) -> None:
        super().__init__()
        self._name, self._id = "review", "start"


class _ReviewFigure(Figure):  # type: ignore[misc]
    """A figure with our skeleton: the map's parts as folium writes them, everything else inlined and under a policy.

    Values reach the template as values only; they are never part of a template, which branca would run.
    """

    def __init__(self, *, title: str, lang: str, data: str, buildings: str) -> None:
        super().__init__(title=title)
        self.lang, self.data, self.buildings = lang, data, buildings

    def render(self, **kwargs: Any) -> str:
        """Return the page."""
        for child in self._children.values():
            child.render(**kwargs)
        scripts = {
            "guard": assets.own("guard.js"),
            "leaflet": assets.leaflet_script(),
            "own": assets.script(),
            "map": _squeezed(self.script.render()),
        }
        styles = {"leaflet": assets.leaflet_style(), "own": assets.own("review.css")}
        skeleton = Template(assets.own("review.html"), keep_trailing_newline=True)
        return skeleton.render(
            lang="zh-CN" if self.lang == "zh" else "en",
            title=escape(_visible(self.title)),
            licence=assets.leaflet_licence(),
            policy=assets.content_policy(list(scripts.values()), list(styles.values())),
            scripts=scripts,
            styles=styles,
            map=self.html.render().strip(),
            data=self.data,
            buildings=self.buildings,
        )


def _squeezed(text: str) -> str:
    """Take folium's indentation away."""
    lines = (line.strip() for line in text.splitlines())
    return "\n".join(line for line in lines if line) + "\n"


def _visible(text: str) -> str:
    """Return text without the characters that HTML text cannot hold; the script sets the exact title afterwards."""
    return re.sub("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]", "", text)
