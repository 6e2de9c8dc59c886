"""Reading: from the files an office has to a territory."""

from __future__ import annotations

from pathlib import Path

import pytest

from areaplan.files import read_territory
from areaplan.schema import SCHEMA
from areaplan.settings import read_settings
from towns import CODES, town_settings, write_town


def test_a_town_is_read_as_its_tables(tmp_path: Path) -> None:
    """Every layer has exactly the columns of the schema, in the villages' own metre CRS; nothing is found wrong."""
    write_town(tmp_path)
    territory = read_territory(town_settings(tmp_path))
    for layer in ("villages", "lines", "buildings", "base_areas", "settlement", "parents"):
        assert list(getattr(territory, layer).columns) == [*SCHEMA[layer], "geometry"]
    assert territory.crs.to_epsg() == 4549
    assert territory.villages["village_code"].tolist() == list(CODES)
    assert territory.buildings["village_code"].value_counts().to_dict() == dict.fromkeys(CODES, 16)
    assert len(territory.findings) == 0


def test_lines_are_clipped_with_a_margin(tmp_path: Path) -> None:
    """A street that runs far out is kept for 250 m beyond the villages."""
    write_town(tmp_path)
    (line,) = read_territory(town_settings(tmp_path)).lines.geometry
    assert line.length == pytest.approx(400 + 2 * 250)


@pytest.mark.real
@pytest.mark.parametrize(
    ("town", "villages", "buildings", "base_areas", "households"),
    [("liechtenstein", 11, 8960, 0, 16016), ("kinmen_jinhu", 8, 0, 186, 8806), ("chiayi_west", 45, 0, 773, 52857)],
)
def test_ready_towns_are_read(
    real_data: Path, town: str, villages: int, buildings: int, base_areas: int, households: int
) -> None:
    """The three towns as an office would hand them over are read whole, with nothing worse than a note."""
    territory = read_territory(read_settings(real_data / "configs" / f"ready_{town}.toml"))
    sizes = (len(territory.villages), len(territory.buildings), len(territory.base_areas))
    assert sizes == (villages, buildings, base_areas)
    assert int(territory.villages["households"].sum()) == households
    assert {f.severity for f in territory.findings} <= {"note"}
