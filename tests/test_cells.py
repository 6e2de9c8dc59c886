"""Cells of small towns drawn by hand: each rule of docs/cells.md on the smallest town that shows it."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from areaplan.errors import InputError
from cell_towns import at, box, cut, cut_buildings, line, street, town


def cell(cells, building):
    """Return the row of the cell of a building."""
    own = cells.buildings.set_index("building_id")["cell_id"][building]
    return cells.table.set_index("cell_id").loc[own]


def test_two_houses_share_a_village():
    """Each building has its own cell; the border runs half way between them.

    ::

        +-----------+
        |  [1]  [2] |
        +-----------+
    """
    cells = cut(town([box(0, 0, 100, 50)], [box(20, 20, 30, 30), box(70, 20, 80, 30)], households=[3, 4]))
    assert cells.table["households"].tolist() == [3, 4]
    assert cells.table["cell_id"].tolist() == ["V1-00001", "V1-00002"]
    assert np.allclose(cells.table.area, 2500, atol=1)
    assert cells.borders[["left_cell", "right_cell", "kind"]].to_numpy().tolist() == [["V1-00001", "V1-00002", "none"]]
    assert cells.borders["length_m"].iloc[0] == pytest.approx(50, abs=0.1)
    assert cells.outer["right_cell"].isna().all()
    assert cells.outer["length_m"].sum() == pytest.approx(300)
    assert cells.graph.number_of_edges() == 1


def test_a_street_is_the_border():
    """A border follows the street although the houses stand unevenly; it costs what its class costs.

    ::

        +-----------+
        |     [1]   |
        +==street===+
        |           |
        |     [2]   |
        +-----------+
    """
    territory = town(
        [box(0, 0, 100, 100)], [box(40, 72, 50, 82), box(40, 5, 50, 15)], [street((-9, 70), (109, 70), name="Main")]
    )
    cells = cut(territory)
    row = cells.borders.iloc[0]
    assert (row["kind"], row["class"], row["feature_name"]) == ("street", "residential", "Main")
    assert row["length_m"] == pytest.approx(100)
    assert row["cost"] == pytest.approx(100)
    assert sorted(cells.table.area.round()) == [3000, 7000]


def test_a_tunnel_does_not_bound():
    """A line in a tunnel makes no block and no visible border."""
    houses = [box(40, 72, 50, 82), box(40, 5, 50, 15)]
    cells = cut(town([box(0, 0, 100, 100)], houses, [street((-9, 70), (109, 70), tunnel=True)]))
    assert cells.borders["kind"].tolist() == ["none"]
    assert sorted(cells.table.area.round()) != [3000, 7000]


def test_a_line_through_a_building_goes_round_it():
    """The border goes round the building, which stays whole, and the place is listed.

    ::

        +-----+[1]+-----+
        |=====[1]=======|   the street runs through house 1
        |     [1]  [2]  |
        +---------------+
    """
    territory = town(
        [box(0, 0, 100, 100)],
        [box(40, 40, 60, 55), box(70, 10, 80, 20), box(10, 80, 20, 90)],
        [street((-9, 50), (109, 50))],
    )
    cells = cut(territory)
    assert cut_buildings(cells, more_than_m2=0.01) == []
    note = next(f for f in cells.findings if f.subject == "B1")
    assert (note.rule, str(note.severity), note.unit) == ("R07", "note", "m")
    assert note.measure == pytest.approx(20, abs=0.1)


def test_overlapping_footprints_share_a_cell():
    """Footprints that overlap are one building for the purpose of cutting."""
    cells = cut(
        town(
            [box(0, 0, 100, 50)], [box(10, 20, 30, 30), box(25, 20, 40, 35), box(80, 20, 90, 30)], households=[1, 2, 4]
        )
    )
    assert sorted(cells.table["households"]) == [3, 4]
    assert cut_buildings(cells, more_than_m2=0.01) == []


def test_touching_footprints_part_along_the_wall():
    """A row of houses is cut along its party walls, none of them is cut."""
    row = [box(10 + 8 * i, 20, 18 + 8 * i, 30) for i in range(5)]
    cells = cut(town([box(0, 0, 60, 50)], row))
    assert len(cells.table) == 5
    assert cut_buildings(cells, more_than_m2=0.01) == []


def test_a_dead_end_is_followed():
    """Between two houses a border follows the dead end that runs between them, although it is nearer to one of them.

    ::

        +--------+--------+
        |        |   [2]  |
        | [1]    |        |
        |        |        |
        +-----------------+
    """
    territory = town(
        [box(0, 0, 100, 60)],
        [box(5, 20, 25, 40), box(64, 20, 84, 40)],
        [street((52, 70), (38, 30), (38, 4), name="Blind Alley")],
    )
    cells = cut(territory)
    along = cells.borders.groupby("kind")["length_m"].sum()
    assert along["street"] > 10
    assert len(cells.table) == 2


def test_an_exclave_and_an_enclave():
    """A village with an exclave, and one inside another, are tiled piece by piece.

    ::

        +---------+   +--+
        | V1 +--+ |   |V1|
        |    |V2| |   +--+
        |    +--+ |
        +---------+
    """
    inner = box(40, 40, 60, 60)
    ground = shapely.MultiPolygon([box(0, 0, 100, 100).difference(inner), box(150, 80, 170, 100)])
    houses = [box(10, 10, 20, 20), box(80, 80, 90, 90), box(155, 85, 160, 90), box(45, 45, 50, 50), box(53, 53, 58, 58)]
    cells = cut(town([ground, inner], houses, [street((50, -5), (50, 105))]))
    assert cells.table["households"].sum() == 5
    assert cells.table["village_code"].value_counts().to_dict() == {"V1": 3, "V2": 2}


def test_villages_share_junctions():
    """A ridge that ends on a village border is a vertex of both villages and of the cells beyond.

    ::

        +------+------+
        | [1]  |      |
        | -----+ [3]  |
        | [2]  |      |
        +------+------+
    """
    houses = [box(20, 70, 30, 80), box(20, 20, 30, 30), box(150, 45, 160, 55)]
    cells = cut(town([box(0, 0, 100, 100), box(100, 0, 200, 100)], houses))
    grounds = cells.territory.villages.geometry
    assert [len(g.exterior.coords) - 1 for g in grounds] == [6, 5]
    assert shapely.coverage_is_valid(cells.table.geometry.to_numpy())


def test_a_building_on_the_village_border():
    """It belongs to the village of its interior point, whole, and is listed as a note with its measure."""
    houses = [box(80, 40, 110, 60), box(150, 40, 160, 50), box(10, 10, 20, 20)]
    cells = cut(town([box(0, 0, 100, 100), box(100, 0, 200, 100)], houses, households=[5, 1, 1]))
    assert cell(cells, "B1")["village_code"] == "V1"
    note = next(f for f in cells.findings if f.subject == "B1")
    assert (note.rule, str(note.severity), note.measure) == ("R07", "note", pytest.approx(200))


def test_the_own_village_column_wins_near_its_village():
    """A building listed under the village next door follows its list; one listed far away does not."""
    houses = [box(110, 40, 120, 50), box(10, 10, 20, 20), box(190, 80, 195, 85), box(180, 10, 185, 15)]
    cells = cut(town([box(0, 0, 100, 100), box(100, 0, 200, 100)], houses, villages=["V1", None, "V1", "V9"]))
    assert cells.buildings["village_code"].tolist() == ["V1", "V1", "V2", "V2"]
    assert cells.table["households"].sum() == 4
    assert [(f.rule, str(f.severity), f.subject) for f in cells.findings] == [
        ("R07", "note", "B1"), ("R08", "warning", "B3"), ("R08", "warning", "B4"),
    ]  # fmt: skip


def test_buildings_outside():
    """Buildings outside every village are in no cell: a warning, and an error where households live in them."""
    houses = [box(10, 10, 20, 20), box(300, 0, 310, 10), box(400, 0, 410, 10)]
    cells = cut(town([box(0, 0, 100, 100)], houses, households=[1, 0, 7]))
    assert cells.buildings["cell_id"].tolist()[1:] == [None, None]
    assert [(f.rule, str(f.severity), f.measure) for f in cells.findings] == [
        ("R08", "error", 7),
        ("R07", "warning", 1),
    ]


def test_point_buildings():
    """Points instead of footprints are cut the same; points in one place share a cell."""
    points = [shapely.Point(xy) for xy in at((10, 10), (10, 10), (50, 20), (90, 30))]
    cells = cut(town([box(0, 0, 100, 50)], points))
    assert sorted(cells.table["households"]) == [1, 1, 2]


def test_a_block_like_a_ring():
    """A house in the courtyard of another has a cell inside the other's."""
    ring = box(20, 20, 80, 80).difference(box(30, 30, 70, 70))
    cells = cut(town([box(0, 0, 100, 100)], [ring, box(45, 45, 55, 55)]))
    assert len(cells.table) == 2
    assert cut_buildings(cells, more_than_m2=0.01) == []
    assert len(cell(cells, "B1")["geometry"].interiors) == 1


def test_a_river_with_a_bridge():
    """Where a street crosses a river both bound; along a stretch both follow, the cheaper one counts."""
    lines = [
        street((-9, 50), (109, 50)),
        street((50, -9), (50, 109), kind="river", **{"class": "river"}),
        street((50.4, 0), (50.4, 50)),
    ]
    houses = [box(x, y, x + 5, y + 5) for x, y in ((20, 20), (70, 20), (20, 70), (70, 70))]
    cells = cut(town([box(0, 0, 100, 100)], houses, lines))
    kinds = cells.borders.groupby("kind")[["length_m", "cost"]].sum()
    assert kinds.loc["river", "length_m"] > 99
    assert kinds.loc["river", "cost"] == pytest.approx(0.6 * kinds.loc["river", "length_m"])


def test_blocks_without_buildings_stay_whole():
    """An empty block is one cell with no households."""
    cells = cut(town([box(0, 0, 100, 100)], [box(10, 10, 20, 20), box(70, 10, 80, 20)], [street((-9, 50), (109, 50))]))
    assert sorted(cells.table["households"]) == [0, 1, 1]


def test_a_village_without_buildings_spreads_its_total():
    """Blocks take a village total by settled ground, else by area, to the unit, and a note says it is a guess."""
    lines = [street((-9, 50), (109, 50)), street((30, -9), (30, 109))]
    cells = cut(town([box(0, 0, 100, 100)], (), lines, totals=[101]))
    assert cells.table["households"].tolist() == [15, 36, 15, 35]
    note = cells.findings[0]
    assert (note.rule, str(note.severity), note.measure) == ("R08", "note", 101)
    settled = cut(town([box(0, 0, 100, 100)], (), lines, totals=[101], settlement=[box(40, 60, 50, 70)]))
    assert sorted(settled.table["households"]) == [0, 0, 0, 101]
    points = [shapely.Point(xy) for xy in at((10, 10), (11, 11), (90, 90))]
    dotted = cut(town([box(0, 0, 100, 100)], (), lines, totals=[90], settlement=points))
    assert sorted(dotted.table["households"]) == [0, 0, 30, 60]


def test_an_empty_village():
    """A village without households, buildings or lines is one cell."""
    cells = cut(town([box(0, 0, 100, 100)]))
    assert cells.table["households"].tolist() == [0]
    assert len(cells.borders) == 0


def test_a_village_without_ground():
    """It has no cells and is listed."""
    cells = cut(town([box(0, 0, 100, 100), shapely.MultiPolygon()], [box(10, 10, 20, 20)]))
    assert [(f.rule, f.subject) for f in cells.findings] == [("R05", "V2")]


def test_a_building_too_big():
    """A building above the maximum that is kept whole is a cell by itself, and named."""
    houses = [box(20, 20, 30, 30), box(70, 20, 80, 30)]
    cells = cut(town([box(0, 0, 100, 50)], houses, households=[130, 4]), cells={"oversize": "whole"})
    assert sorted(cells.table["households"]) == [4, 130]
    assert [(f.rule, str(f.severity), f.subject, f.measure) for f in cells.findings] == [("R09", "note", "B1", 130)]


def test_processes_change_nothing(monkeypatch):
    """Villages cut in processes of their own come back the same."""
    monkeypatch.setattr("areaplan.cells.build.MANY_BUILDINGS", 0)
    houses = [box(20, 70, 30, 80), box(20, 20, 30, 30), box(150, 45, 160, 55)]
    territory = town([box(0, 0, 100, 100), box(100, 0, 200, 100)], houses)
    one, two = cut(territory), cut(territory, jobs=2)
    assert one.table.equals(two.table)
    assert one.borders.equals(two.borders)


def test_odd_buildings_do_no_harm():
    """A building without geometry, an empty one and a bow tie: nothing stops, the first two are outside."""
    bow_tie = shapely.Polygon(at((60, 10), (80, 30), (80, 10), (60, 30)))
    cells = cut(
        town(
            [box(0, 0, 100, 50)], [box(10, 10, 20, 20), bow_tie, None, shapely.Polygon()], [street((-9, 15), (109, 15))]
        )
    )
    assert sorted(cells.table["households"]) == [0, 1, 1]
    assert cells.buildings["cell_id"].isna().tolist() == [False, False, True, True]


def test_parts_of_a_building_stay_together():
    """A building in two parts with another between them is one connected cell; the place is listed."""
    parts = shapely.MultiPolygon([box(10, 20, 20, 30), box(80, 20, 90, 30)])
    cells = cut(town([box(0, 0, 100, 50)], [parts, box(45, 20, 55, 30)], households=[2, 3]))
    assert cells.table["households"].sum() == 5
    assert cut_buildings(cells) == []
    assert cells.table.geom_type.tolist() == ["Polygon"] * len(cells.table)


def base(code, shape, village=None, households=0):
    return {"base_code": code, "village_code": village, "households": households, "geometry": shape}


def test_base_areas_are_cells_as_they_are():
    """Base areas keep code, count and shape; junctions are matched with the villages'."""
    pieces = [
        base("K1", box(0, 0, 50, 100), "V1", 7),
        base("K2", box(50, 0, 100, 40), None, 8),
        base("K3", box(50, 40, 100, 100), "V1", 9),
    ]
    cells = cut(town([box(0, 0, 100, 100)], [box(60, 10, 70, 20)], base=pieces))
    assert cells.table["cell_id"].tolist() == ["K1", "K2", "K3"]
    assert cells.table["households"].tolist() == [7, 8, 9]
    assert cells.buildings["cell_id"].tolist() == ["K2"]
    big = cut(
        town([box(0, 0, 100, 100)], [box(60, 10, 70, 20)], base=pieces),
        areas={"min_households": 1, "target_households": 5, "max_households": 8},
    )
    assert [(f.rule, f.subject) for f in big.findings] == [("R09", "K3")]


def test_base_areas_that_do_not_tile_stop_the_work():
    """Gaps, overlaps, spills and strangers are input errors that name the rows, all at once where they can be."""
    ground = [box(0, 0, 100, 100)]
    with pytest.raises(InputError, match="lie in none of its base areas"):
        cut(town(ground, base=[base("K1", box(0, 0, 50, 100)), base("K2", box(60, 0, 100, 100))]))
    with pytest.raises(InputError, match=r"K1 and K2 .* overlap"):
        cut(town(ground, base=[base("K1", box(0, 0, 60, 100)), base("K2", box(50, 0, 100, 100))]))
    with pytest.raises(InputError, match=r"K2 .*beyond"):
        cut(town(ground, base=[base("K1", box(0, 0, 50, 100)), base("K2", box(50, 0, 120, 100))]))
    with pytest.raises(InputError, match=r"K2 .*in no village"):
        cut(town(ground, base=[base("K1", box(0, 0, 100, 100)), base("K2", box(500, 0, 520, 100))]))
    with pytest.raises(InputError, match="V7"):
        cut(town(ground, base=[base("K1", box(0, 0, 100, 100), "V7")]))


def test_slivers_between_base_areas_are_mended():
    """Slivers of a centimetre are given to a neighbour, and a note says how much."""
    pieces = [
        base("K1", box(0, 0, 50, 100.01)),
        base("K2", box(50.01, 0, 100, 60)),
        base("K3", box(50.005, 59.99, 100, 100)),
    ]
    cells = cut(town([box(0, 0, 100, 100)], base=pieces))
    assert cells.table["cell_id"].tolist() == ["K1", "K2", "K3"]
    note = cells.findings[0]
    assert (note.rule, str(note.severity), note.subject) == ("R01", "note", "V1")
    assert 0.5 < note.measure < 2


def test_lines_only_graze():
    """A street along a wall is no street through a building."""
    cells = cut(town([box(0, 0, 100, 100)], [box(10, 50, 20, 60), box(40, 30, 50, 50)], [street((-9, 50), (109, 50))]))
    assert len(cells.findings) == 0
    assert len(cells.table) == 2


def test_line_helper():
    """The drawing's helper makes lines in the town's CRS."""
    assert line((0, 0), (3, 4)).length == 5
