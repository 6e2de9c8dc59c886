"""A QGIS project beside a GeoPackage: its layers in drawing order, in their styles, by relative paths."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any, Final
from xml.etree.ElementTree import Element, SubElement, fromstring, indent, tostring

import geopandas as gpd

from areaplan.files.geometry_types import Shape, main_shape
from areaplan.files.styles import layer_styles

__all__ = ["qgis_project"]

_ORDER: Final = ("boundaries", "villages", "areas", "lines", "buildings", "cells")  # from top to bottom
_GEOMETRY: Final[dict[Shape, str]] = {"marker": "Point", "line": "Line", "fill": "Polygon"}


def qgis_project(title: str, source: str, layers: Mapping[str, gpd.GeoDataFrame], titles: Mapping[str, str]) -> str:
    """Return the text of a ``.qgs`` project.

    Parameters
    ----------
    title
        Of the project.
    source
        File name of the GeoPackage, which lies beside the project.
    layers
        What is in it.
    titles
        What the layers are called in the list; default: their names.
    """
    names = [n for n in _ORDER if n in layers] + sorted(set(layers) - set(_ORDER))
    shapes: dict[str, Shape] = {n: main_shape(layers[n]) or "fill" for n in names}
    styles = layer_styles(shapes)
    ids = {n: f"{n}_{uuid.uuid5(uuid.NAMESPACE_URL, f'{source}/{n}').hex}" for n in names}
    crs = next(iter(layers.values())).crs
    root = Element("qgis", projectname=title, version="3.22.0")
    SubElement(root, "title").text = title
    _crs(SubElement(root, "projectCrs"), crs)
    tree = SubElement(root, "layer-tree-group")
    for name in names:
        SubElement(
            tree, "layer-tree-layer", id=ids[name], name=titles.get(name, name), source=_source(source, name), providerKey="ogr",
            checked="Qt::Checked", expanded="0",
        )  # fmt: skip
    _canvas(root, layers, crs)
    maps = SubElement(root, "projectlayers")
    for name in names:
        maps.append(
            _layer(name, ids[name], titles.get(name, name), source, crs, _GEOMETRY[shapes[name]], styles.get(name))
        )
    order = SubElement(root, "layerorder")
    for name in names:
        SubElement(order, "layer", id=ids[name])
    paths = SubElement(SubElement(root, "properties"), "Paths")
    SubElement(paths, "Absolute", type="bool").text = "false"
    indent(root)
    return "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n" + tostring(root, encoding="unicode") + "\n"


def _source(source: str, layer: str) -> str:
    return f"./{source}|layername={layer}"


def _layer(name: str, key: str, title: str, source: str, crs: Any, geometry: str, style: str | None) -> Element:
    layer = Element("maplayer", type="vector", geometry=geometry, autoRefreshEnabled="0", readOnly="0")
    SubElement(layer, "id").text = key
    SubElement(layer, "datasource").text = _source(source, name)
    SubElement(layer, "layername").text = title
    _crs(SubElement(layer, "srs"), crs)
    SubElement(layer, "provider", encoding="UTF-8").text = "ogr"
    if style:
        for part in fromstring(style):  # noqa: S314 - our own text
            if part.tag in ("renderer-v2", "labeling"):
                layer.append(part)
        layer.set("labelsEnabled", fromstring(style).get("labelsEnabled", "0"))  # noqa: S314 - our own text
    return layer


def _crs(parent: Element, crs: Any) -> None:
    reference = SubElement(parent, "spatialrefsys", nativeFormat="Wkt")
    SubElement(reference, "wkt").text = crs.to_wkt()
    authority = crs.to_authority()
    if authority:
        SubElement(reference, "authid").text = ":".join(authority)
    SubElement(reference, "description").text = crs.name


def _canvas(root: Element, layers: Mapping[str, gpd.GeoDataFrame], crs: Any) -> None:
    """Let the project open on the whole ground."""
    shown = layers.get("villages", next(iter(layers.values())))
    canvas = SubElement(root, "mapcanvas", name="theMapCanvas")
    SubElement(canvas, "units").text = "meters"
    extent = SubElement(canvas, "extent")
    for tag, value in zip(("xmin", "ymin", "xmax", "ymax"), shown.total_bounds.tolist(), strict=True):
        SubElement(extent, tag).text = f"{value:.3f}"
    _crs(SubElement(canvas, "destinationsrs"), crs)
