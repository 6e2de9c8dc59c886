"""QGIS styles of the plan file, so that it opens in colours.

Each style is a QML document made of three parts: a renderer (one symbol, or one per value of an expression), symbols, and perhaps labels.
Sizes are millimetres on paper, as QGIS counts them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from xml.etree.ElementTree import Element, SubElement, tostring

from areaplan.files.geometry_types import Shape

__all__ = ["PALETTE", "layer_styles"]

PALETTE: Final = ("#8ec1e8", "#f3dd8c", "#f2a3b3", "#7cc5a5", "#d9d3ee", "#e9a878")
"""Fills of areas, by number modulo six: light enough to read a code on."""

_GEOMETRY_TYPE: Final[dict[Shape, str]] = {"marker": "0", "line": "1", "fill": "2"}
_CLASS: Final[dict[Shape, str]] = {"marker": "SimpleMarker", "line": "SimpleLine", "fill": "SimpleFill"}


@dataclass(frozen=True)
class _Paint:
    """Say how a symbol looks: colours as #rrggbb, width in mm, opacity of the fill 0–255."""

    line: str
    width: float = 0.26
    fill: str | None = None
    opacity: int = 255
    dash: bool = False


@dataclass(frozen=True)
class _Style:
    shape: Shape
    paints: dict[str, _Paint]
    by: str | None = None
    label: str | None = None
    label_size: float = 8.0
    label_bold: bool = False


_BORDERS: Final = {
    "street": _Paint("#5b5b5b", 0.5),
    "river": _Paint("#2a7fc0", 0.6),
    "railway": _Paint("#222222", 0.6, dash=True),
    "wall": _Paint("#8a5a2b", 0.5),
    "ridge": _Paint("#7a6a3a", 0.5),
    "other": _Paint("#8a7a9a", 0.5),
    "none": _Paint("#d7191c", 0.6, dash=True),
}
_LINES: Final = {kind: _Paint(p.line, 0.2, dash=p.dash) for kind, p in _BORDERS.items() if kind != "none"}
_SEVERITIES: Final = {
    "error": _Paint("#d7191c", 0.7, "#d7191c", 70),
    "warning": _Paint("#e08214", 0.6, "#fdb863", 70),
    "note": _Paint("#4575b4", 0.5, "#91bfdb", 50),
}
_AREAS: Final = {str(i): _Paint("#ffffff", 0.2, colour, 170) for i, colour in enumerate(PALETTE)}

_STYLES: Final[dict[str, _Style]] = {
    "villages": _Style("fill", {"": _Paint("#3b1f5b", 1.0)}, label='"name"', label_size=11, label_bold=True),
    "areas": _Style("fill", _AREAS, by='to_int(right("ea_code", 3)) % 6', label='right("ea_code", 3)'),
    "boundaries": _Style("line", _BORDERS, by='"kind"'),
    "lines": _Style("line", _LINES, by='"kind"', label='"name"', label_size=6),
    "buildings": _Style("fill", {"": _Paint("#8c8c8c", 0.1, "#bdbdbd")}),
    "cells": _Style("fill", {"": _Paint("#b0b0b0", 0.1)}),
    "cell_borders": _Style("line", {"": _Paint("#c8c8c8", 0.1)}),
    "outer_borders": _Style("line", {"": _Paint("#c8c8c8", 0.1)}),
    "base_areas": _Style("fill", {"": _Paint("#b0b0b0", 0.1)}),
    "settlement": _Style("fill", {"": _Paint("#c9a66b", 0.1, "#ead9bd", 120)}),
    "parents": _Style("fill", {"": _Paint("#000000", 1.4, dash=True)}, label='"name"', label_size=13, label_bold=True),
    "findings": _Style("fill", _SEVERITIES, by='"severity"', label='"rule"', label_size=7),
}


def layer_styles(shapes: Mapping[str, Shape] | None = None) -> dict[str, str]:
    """Return the QML document of each layer of a plan file.

    Parameters
    ----------
    shapes
        What the features of a layer are where that differs from file to file (buildings given as points, findings); a symbol of another shape
        would draw nothing.

    Examples
    --------
    >>> layer_styles()["areas"].startswith('<qgis version=')
    True
    """
    shapes = shapes or {}
    return {name: _qml(style, shapes.get(name, style.shape)) for name, style in _STYLES.items()}


def _qml(style: _Style, shape: Shape) -> str:
    root = Element(
        "qgis", version="3.22.0", styleCategories="Symbology|Labeling", labelsEnabled=str(int(bool(style.label)))
    )
    kind = "categorizedSymbol" if style.by else "singleSymbol"
    renderer = SubElement(root, "renderer-v2", type=kind, symbollevels="0", enableorderby="0", forceraster="0")
    if style.by:
        renderer.set("attr", style.by)
        categories = SubElement(renderer, "categories")
        for i, value in enumerate(style.paints):
            SubElement(categories, "category", value=value, symbol=str(i), label=value, render="true", type="string")
    symbols = SubElement(renderer, "symbols")
    for i, paint in enumerate(style.paints.values()):
        _symbol(symbols, str(i), shape, paint)
    if style.label:
        _labels(root, style)
    SubElement(root, "layerGeometryType").text = _GEOMETRY_TYPE[shape]
    return tostring(root, encoding="unicode")


def _symbol(parent: Element, name: str, shape: Shape, paint: _Paint) -> None:
    symbol = SubElement(parent, "symbol", type=shape, name=name, alpha="1", clip_to_extent="1", force_rhr="0")
    layer = SubElement(symbol, "layer", {"class": _CLASS[shape], "enabled": "1", "locked": "0", "pass": "0"})
    _properties(layer, _PROPERTIES[shape](paint))


def _properties(layer: Element, values: Mapping[str, str]) -> None:
    """Write the values twice: QGIS to 3.24 reads ``prop``, later ones ``Option``."""
    options = SubElement(layer, "Option", type="Map")
    for key, value in values.items():
        SubElement(options, "Option", type="QString", name=key, value=value)
    for key, value in values.items():
        SubElement(layer, "prop", k=key, v=value)


def _fill(paint: _Paint) -> dict[str, str]:
    return {
        "color": _rgba(paint.fill or "#ffffff", paint.opacity),
        "style": "solid" if paint.fill else "no",
        "outline_color": _rgba(paint.line),
        "outline_style": "dash" if paint.dash else "solid",
        "outline_width": str(paint.width),
        "outline_width_unit": "MM",
        "joinstyle": "round",
    }


def _line(paint: _Paint) -> dict[str, str]:
    return {
        "line_color": _rgba(paint.line),
        "line_style": "dash" if paint.dash else "solid",
        "line_width": str(paint.width),
        "line_width_unit": "MM",
        "capstyle": "round",
        "joinstyle": "round",
    }


def _marker(paint: _Paint) -> dict[str, str]:
    return {
        "name": "circle",
        "color": _rgba(paint.fill or paint.line),
        "outline_color": _rgba(paint.line),
        "outline_style": "solid",
        "outline_width": "0.2",
        "outline_width_unit": "MM",
        "size": "2",
        "size_unit": "MM",
    }


_PROPERTIES: Final = {"fill": _fill, "line": _line, "marker": _marker}


def _labels(root: Element, style: _Style) -> None:
    settings = SubElement(SubElement(root, "labeling", type="simple"), "settings")
    text = SubElement(
        settings,
        "text-style",
        fieldName=style.label or "",
        isExpression="1",
        fontSize=str(style.label_size),
        fontSizeUnit="Point",
        fontWeight="75" if style.label_bold else "50",
        textColor="20,20,20,255",
    )
    SubElement(
        text, "text-buffer", bufferDraw="1", bufferSize="0.8", bufferSizeUnits="MM", bufferColor="255,255,255,255"
    )
    SubElement(settings, "placement", placement="2" if style.shape == "line" else "1")
    SubElement(settings, "rendering", drawLabels="1", obstacle="1")


def _rgba(colour: str, alpha: int = 255) -> str:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"{red},{green},{blue},{alpha}"
