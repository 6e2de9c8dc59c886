"""Ways to spoil a file: its bytes, its fields, its geometry, its settings. Each returns what it did, in words."""

from __future__ import annotations

import json
import random
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import shapely

from hostile import HOSTILE

__all__ = ["spoil"]

ODD_NUMBERS: list[Any] = [
    -1,
    0,
    10**6,
    10**19,
    1e308,
    -1e-300,
    0.5,
    float("nan"),
    float("inf"),
    None,
    "",
    "many",
    "12a",
    True,
]
ODD_TEXTS: list[Any] = [
    *HOSTILE,
    "",
    " ",
    "../../etc/passwd",
    "/vsizip/a.zip/b.shp",
    "C:\\x",
    "CON",
    "a/b",
    None,
    "x" * 5000,
    "350302101001",
    7,
    "第001普查小区",
]
ODD_SHAPES: list[Any] = [
    None, shapely.Polygon(), shapely.Point(), shapely.Point(480050, 2800050), shapely.LineString([(480000, 2800000), (480100, 2800100)]),
    shapely.Polygon([(480000, 2800000), (480100, 2800100), (480100, 2800000), (480000, 2800100)]),
    shapely.Polygon([(480000, 2800000), (480100, 2800000), (480000, 2800000)]),
    shapely.box(480000, 2800000, 480300, 2800300), shapely.box(0, 0, 1e9, 1e9), shapely.box(1e300, 1e300, 1.1e300, 1.1e300),
    shapely.box(480000, 2800000, 480000.0001, 2800000.0001), shapely.MultiPoint([(480000, 2800000), (480010, 2800010)]),
    shapely.MultiPolygon([shapely.box(480000, 2800000, 480100, 2800100), shapely.box(480050, 2800050, 480150, 2800150)]),
    shapely.GeometryCollection([shapely.Point(480000, 2800000), shapely.box(480000, 2800000, 480100, 2800100)]),
    shapely.Polygon([(480000, 2800000, 5), (480200, 2800000, 5), (480200, 2800200, 7), (480000, 2800200, 5)]),
    shapely.box(480000, 2800000, 480200, 2800200).difference(shapely.box(480050, 2800050, 480060, 2800060)),
    shapely.from_wkt("LINESTRING (480000 2800000, NaN 1)"), shapely.box(118, 25, 118.1, 25.1),
]  # fmt: skip
ODD_TOML = [
    "-1", "0", "1e999", "nan", "inf", "-inf", "true", '""', '" "', '"\\u0000"', "[]", "{}", "[1, 2]", "1979-05-27", '"../../../etc/passwd"', '"/vsicurl/http://x/y.shp"',
    '"http://example.org/x.geojson"', '"<OGRVRTDataSource/>"', '"x.vrt"', '"town.gpkg"', '"villages.shp"', '"."', '"/dev/zero"', '"EPSG:3857"', '"EPSG:4326"', '"EPSG:0"',
    '"PG:host=x"', '"=1+1"', '"\\u202ex"', "99999999999999999999", "0.1", '"zh"', '"thorough"', '"balance"', '"street"', '"river"', '"GBK"', '"utf-7"', '"cn-population"',
]  # fmt: skip


def spoil(path: Path, others: list[Path], chance: random.Random) -> str:
    """Spoil one file in one to three ways; return what was done."""
    ways: list[Callable[[Path, list[Path], random.Random], str]] = [_bytes]
    match path.suffix:
        case ".gpkg":
            ways = [_bytes, _cell, _cell, _shape, _shape, _shape, _schema]
        case ".geojson":
            ways = [_bytes, _feature, _feature, _feature, _words]
        case ".toml":
            ways = [_setting, _setting, _setting, _lines, _bytes]
        case ".csv":
            ways = [_csv, _csv, _bytes, _lines]
        case ".json":
            ways = [_words, _bytes, _lines]
    return "; ".join(chance.choice(ways)(path, others, chance) for _ in range(chance.choice([1, 1, 1, 2, 3])))


def _bytes(path: Path, others: list[Path], chance: random.Random) -> str:
    data = bytearray(path.read_bytes())
    size = max(len(data), 1)
    at = chance.randrange(size)
    match chance.randrange(7):
        case 0:
            for _ in range(chance.choice([1, 1, 3, 30])):
                if data:
                    data[chance.randrange(len(data))] = chance.randrange(256)
            done = "bytes changed"
        case 1:
            del data[at:]
            done = f"cut at {at}"
        case 2:
            data[at:at] = chance.randbytes(chance.choice([1, 7, 4096]))
            done = f"bytes put in at {at}"
        case 3:
            del data[at : at + chance.choice([1, 16, 512])]
            done = f"bytes taken out at {at}"
        case 4:
            end = min(size, at + chance.choice([8, 128, 1024]))
            data[at:end] = bytes(end - at)
            done = f"zeros at {at}"
        case 5:
            data = bytearray(chance.choice(others).read_bytes())
            done = "content of another file"
        case _:
            data = bytearray(chance.randbytes(chance.choice([0, 1, 100, 5000])))
            done = "noise"
    path.write_bytes(bytes(data))
    return done


def _odd(chance: random.Random) -> Any:
    return chance.choice(chance.choice([ODD_NUMBERS, ODD_TEXTS]))


def _tables(db: sqlite3.Connection) -> list[str]:
    return [str(n) for (n,) in db.execute("SELECT table_name FROM gpkg_contents ORDER BY table_name")]


def _open(path: Path) -> closing[sqlite3.Connection]:
    db = sqlite3.connect(path)
    for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        db.execute(f'DROP TRIGGER "{name}"')  # they need functions that only GDAL has
    return closing(db)


def _cell(path: Path, _others: list[Path], chance: random.Random) -> str:
    """Put an odd value into a cell of a table."""
    try:
        with _open(path) as db, db:
            table = chance.choice(_tables(db))
            columns = [r[1] for r in db.execute(f'PRAGMA table_info("{table}")') if r[1] not in ("fid", "geom")]
            column, value = chance.choice(columns), _odd(chance)
            value = str(value) if isinstance(value, int) and abs(value) > 2**62 else value
            where = (
                ""
                if chance.randrange(4) == 0
                else f'WHERE fid = (SELECT fid FROM "{table}" ORDER BY fid LIMIT 1 OFFSET {chance.randrange(4)})'
            )
            text = (
                value.encode("utf-8", "surrogatepass").decode("utf-8", "replace") if isinstance(value, str) else value
            )
            db.execute(f'UPDATE "{table}" SET "{column}" = ? {where}', (text,))
            return f"{table}.{column} = {text!r:.40} {where[:5]}"
    except (sqlite3.Error, IndexError, ValueError, OverflowError) as e:
        return f"(a cell could not be changed: {e})"


def _shape(path: Path, _others: list[Path], chance: random.Random) -> str:
    """Put an odd geometry into a row of a layer."""
    try:
        with _open(path) as db, db:
            layer, column = chance.choice(
                db.execute("SELECT table_name, column_name FROM gpkg_geometry_columns ORDER BY 1").fetchall()
            )
            shape = chance.choice(ODD_SHAPES)
            blob = (
                None
                if shape is None
                else b"GP\x00\x01" + (4549).to_bytes(4, "little") + shapely.to_wkb(shape, flavor="iso")
            )
            if blob is not None and chance.randrange(6) == 0:
                blob = bytes(b if chance.random() > 0.03 else chance.randrange(256) for b in blob)
            row = chance.randrange(6)
            db.execute(
                f'UPDATE "{layer}" SET "{column}" = ? WHERE fid = (SELECT fid FROM "{layer}" ORDER BY fid LIMIT 1 OFFSET {row})',
                (blob,),
            )
            return f"{layer}[{row}] = {'-' if shape is None else shape.wkt:.50}"
    except (sqlite3.Error, IndexError, ValueError, OverflowError) as e:
        return f"(a geometry could not be changed: {e})"


def _schema(path: Path, _others: list[Path], chance: random.Random) -> str:
    """Take away, rename or double a table, column or row."""
    try:
        with _open(path) as db, db:
            table = chance.choice(_tables(db))
            columns = [r[1] for r in db.execute(f'PRAGMA table_info("{table}")') if r[1] != "fid"]
            column = chance.choice(columns)
            orders = {
                "table dropped": [f'DROP TABLE "{table}"'],
                "rows deleted": [f'DELETE FROM "{table}"'],
                "row deleted": [f'DELETE FROM "{table}" WHERE fid = 1'],
                "column renamed": [f'ALTER TABLE "{table}" RENAME COLUMN "{column}" TO "x{column}"'],
                "column dropped": [f'ALTER TABLE "{table}" DROP COLUMN "{column}"'],
                "made a view": [f'ALTER TABLE "{table}" RENAME TO t0', f'CREATE VIEW "{table}" AS SELECT * FROM t0'],
                "srs unknown": ["UPDATE gpkg_geometry_columns SET srs_id = 999999", "UPDATE gpkg_contents SET srs_id = 999999"],
                "srs degrees": ["UPDATE gpkg_geometry_columns SET srs_id = 4326", "UPDATE gpkg_contents SET srs_id = 4326"],
                "unregistered": [f"DELETE FROM gpkg_contents WHERE table_name = '{table}'"],
                "rows doubled": [f'INSERT INTO "{table}" ({_quoted(columns)}) SELECT {_quoted(columns)} FROM "{table}"'],
            }  # fmt: skip
            name = chance.choice(list(orders))
            for order in orders[name]:
                db.execute(order)
            return f"{table}: {name} {column}"
    except (sqlite3.Error, IndexError, ValueError, OverflowError) as e:
        return f"(the form could not be changed: {e})"


def _quoted(columns: list[str]) -> str:
    return ", ".join(f'"{c}"' for c in columns)


def _feature(path: Path, _others: list[Path], chance: random.Random) -> str:
    """Change a property, a geometry or the frame of a GeoJSON file."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        feature = chance.choice(data["features"])
        what = chance.randrange(5)
        if what == 0:
            key = chance.choice(list(feature["properties"]))
            feature["properties"][key] = _odd(chance)
        elif what == 1:
            shape = chance.choice(ODD_SHAPES)
            feature["geometry"] = None if shape is None else json.loads(shapely.to_geojson(shape))
        elif what == 2:
            ring = feature["geometry"]["coordinates"][0]
            ring[chance.randrange(len(ring))] = chance.choice(
                [[0, 0], [1e400, 2], ["a", 1], [], None, [118], [480000, 2800000, 1, 2, 3]]
            )
        elif what == 3:
            feature.pop(chance.choice(list(feature)))
        else:
            data[chance.choice(list(data))] = _odd(chance)
        path.write_text(json.dumps(data, ensure_ascii=chance.random() < 0.5), encoding="utf-8", errors="surrogatepass")
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError) as e:
        return f"(no feature could be changed: {type(e).__name__})"
    return f"feature changed ({what})"


def _words(path: Path, _others: list[Path], chance: random.Random) -> str:
    """Change a word or number of a text file."""
    text = path.read_text(encoding="utf-8", errors="replace")
    words = list(re.finditer(r'"[^"]{0,80}"|-?[\d.]+|true|false|null', text))
    if not words:
        return "(no words)"
    word = chance.choice(words)
    new = chance.choice(
        ['"x"', "-1", "1e400", "null", "[]", "{}", "NaN", '"\\ud800"', "true", '""', "[" * 2000, '"' + "y" * 300 + '"']
    )
    path.write_text(text[: word.start()] + new + text[word.end() :], encoding="utf-8", errors="replace")
    return f"{word.group():.30} -> {new:.20}"


def _setting(path: Path, _others: list[Path], chance: random.Random) -> str:
    """Change, double or rename a setting."""
    lines = path.read_text(encoding="utf-8", errors="replace").split("\n")
    keyed = [i for i, line in enumerate(lines) if "=" in line]
    if not keyed:
        return "(no settings)"
    at = chance.choice(keyed)
    key, value = lines[at].split("=", 1)
    match chance.randrange(6):
        case 0 | 1 | 2:
            lines[at] = f"{key}= {chance.choice(ODD_TOML)}"
        case 3:
            lines[at] = f"{key.strip()}x ={value}"
        case 4:
            lines.insert(at, lines[at])
        case _:
            lines.insert(
                at,
                f"{chance.choice(['margin_m', 'total', 'preset', 'max_persons', 'none', 'classes', 'encoding', 'crs'])} = {chance.choice(ODD_TOML)}",
            )
    path.write_text("\n".join(lines), encoding="utf-8", errors="replace")
    return f"{lines[at]:.60}"


def _lines(path: Path, _others: list[Path], chance: random.Random) -> str:
    """Take lines out, double or shuffle them."""
    lines = path.read_text(encoding="utf-8", errors="replace").split("\n")
    at = chance.randrange(len(lines))
    match chance.randrange(3):
        case 0:
            del lines[at]
        case 1:
            lines.insert(chance.randrange(len(lines)), lines[at])
        case _:
            chance.shuffle(lines)
    path.write_text("\n".join(lines), encoding="utf-8", errors="replace")
    return f"lines, at {at}"


def _csv(path: Path, _others: list[Path], chance: random.Random) -> str:
    """Put an odd value into a cell, or spoil the encoding."""
    rows = [line.split(",") for line in path.read_text(encoding="utf-8-sig", errors="replace").split("\n")]
    row = chance.choice(rows)
    value = str(_odd(chance)).encode("utf-8", "replace").decode()
    row[chance.randrange(len(row))] = value
    encoding = chance.choice(["utf-8", "utf-8", "gb18030", "utf-16", "big5", "utf-8-sig"])
    path.write_bytes("\n".join(",".join(r) for r in rows).encode(encoding, errors="replace"))
    return f"cell {value!r:.40} in {encoding}"
