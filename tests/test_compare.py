"""What came back from the contractor: every kind of difference, placing, noise, the register, the opinion."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from benchmarks.returns import FORMS, noisy, score, seeded, write_return
from docx import Document
from openpyxl import load_workbook

from areaplan.certificate import content_hash
from areaplan.check import check_plan
from areaplan.delineation import assemble_plan
from areaplan.errors import InputError
from areaplan.files import read_answers, read_points, read_returned, read_territory, read_wishes
from areaplan.maps.embedded import page_data
from areaplan.messages import Message
from areaplan.model import AreaPlan, Finding, Severity
from areaplan.reports import Occasion, opinion, opinion_page, write_comparison
from areaplan.review import (
    Register,
    answered,
    changes_from_rows,
    next_round,
    read_register,
    register_text,
    revise,
    wanted_rows,
)
from areaplan.review.returned import Columns, Comparison, Difference, compare_returned
from areaplan.settings import read_settings
from hostile import HOSTILE
from toys import CRS, EAST, NORTH, toy_plan

A, B = "350302101001", "350302101002"


def sheet(plan: AreaPlan) -> gpd.GeoDataFrame:
    """Return the areas as a contractor might send them back unchanged."""
    columns = {"xqdm": plan.areas["ea_code"], "xqmc": plan.areas["name"], "hs": plan.areas["households"].astype(int)}
    return gpd.GeoDataFrame(columns, geometry=list(plan.areas.geometry), crs=CRS)


def box(x0: float, y0: float, x1: float, y1: float) -> shapely.Polygon:
    return shapely.box(EAST + x0, NORTH + y0, EAST + x1, NORTH + y1)


def moved(plan: AreaPlan, metres: float) -> gpd.GeoDataFrame:
    """Return the map with the border of the first two areas moved east."""
    table = sheet(plan)
    table.loc[0, "geometry"] = box(0, 0, 50 + metres, 200)
    table.loc[1, "geometry"] = box(50 + metres, 0, 100, 200)
    return table


def kinds(found: Comparison) -> list[tuple[str, tuple[str, ...]]]:
    return [(d.kind, tuple(a[-6:] for a in d.areas)) for d in found.differences]


class TestKinds:
    def test_the_same_map_has_no_difference(self) -> None:
        found = compare_returned(toy_plan(), sheet(toy_plan()))
        assert found.differences == ()
        assert (found.same, found.columns) == (6, Columns("xqdm", "xqmc", "hs", None))

    @pytest.mark.parametrize(
        ("metres", "reported"), [(0.3, False), (0.7, False), (1.0, True), (7.0, True), (-7.0, True)]
    )
    def test_a_border_counts_from_the_tolerance_on(self, metres: float, reported: bool) -> None:
        found = compare_returned(toy_plan(), moved(toy_plan(), metres))
        assert bool(found.differences) is reported
        if reported:
            (d,) = found.differences
            assert set(d.areas) == {A + "001", A + "002"}
            assert d.moved_m == pytest.approx(abs(metres), abs=0.05)
            assert d.area_m2 == pytest.approx(abs(metres) * 200, rel=0.02)
            assert d.households == 0
            assert d.place is not None
            assert d.place.centroid.x == pytest.approx(EAST + 50 + metres / 2, abs=0.1)

    def test_the_scale_of_the_map_decides(self) -> None:
        assert compare_returned(toy_plan(), moved(toy_plan(), 2.0), scale=10_000).differences == ()

    def test_what_a_moved_border_breaks_is_said(self) -> None:
        (d,) = compare_returned(toy_plan(), moved(toy_plan(), 25.0)).differences
        assert {f.rule for f in d.breaks} == {"R07"}
        assert d.finding().severity == Severity.ERROR
        (far,) = compare_returned(toy_plan(), moved(toy_plan(), 38.0)).differences
        assert (far.households, {f.rule for f in far.breaks}) == (40, {"R09"})
        river = sheet(toy_plan())
        river.loc[1, "geometry"], river.loc[2, "geometry"] = box(50, 0, 106, 200), box(106, 0, 150, 200)
        (off,) = compare_returned(toy_plan(), river).differences
        assert [f.rule for f in off.breaks] == ["R13"]
        assert "木兰溪" in str(off.finding().message)

    def test_joined_divided_missing_and_new(self) -> None:
        table = sheet(toy_plan())
        table.loc[0, "geometry"] = box(0, 0, 100, 200)  # 001 swallows 002
        table = table.drop(index=[1, 3]).reset_index(drop=True)  # 004 is lost
        extra = gpd.GeoDataFrame({"xqdm": [A + "090", "x"], "xqmc": ["a", "b"], "hs": [1, 2]},
                                 geometry=[box(100, 0, 150, 80), box(400, 0, 450, 50)], crs=CRS)  # fmt: skip
        table.loc[1, "geometry"] = box(100, 80, 150, 200)  # 003 is divided
        found = compare_returned(toy_plan(), gpd.GeoDataFrame(pd.concat([table, extra], ignore_index=True), crs=CRS))
        assert kinds(found) == [
            ("missing", ("001004",)), ("joined", ("001001", "001002")), ("divided", ("001003",)), ("new", ()), ("spill", ("x",)),
        ]  # fmt: skip

    def test_gaps_and_overlaps(self) -> None:
        table = sheet(toy_plan())
        table.loc[0, "geometry"] = box(0, 0, 45, 200)
        table.loc[3, "geometry"] = box(140, 0, 200, 200)
        found = compare_returned(toy_plan(), table)
        assert ("gap", ("001001",)) in kinds(found)
        assert any(k == "overlap" and set(a) == {"001003", "001004"} for k, a in kinds(found))

    def test_codes_names_and_counts(self) -> None:
        table = sheet(toy_plan())
        table.loc[0, "xqdm"] = A + "00l"
        table.loc[1, "xqmc"] = "另一个"
        table.loc[2, "hs"] = 44
        table["xqdm"] = [f" {c[:6]} {c[6:]}" for c in table["xqdm"]]
        found = compare_returned(toy_plan(), table)
        assert kinds(found) == [("code", ("001001",)), ("name", ("001002",)), ("households", ("001003",))]

    def test_swapped_codes(self) -> None:
        table = sheet(toy_plan())
        table.loc[[0, 3], "xqdm"] = [A + "004", A + "001"]
        found = compare_returned(toy_plan(), table)
        assert [k for k, _ in kinds(found)[:2]] == ["code", "code"]

    def test_lost_columns_and_shapes(self) -> None:
        table = sheet(toy_plan()).drop(columns="hs")
        table.loc[0, "geometry"] = None
        found = compare_returned(toy_plan(), table)
        assert [k for k, _ in kinds(found)] == ["missing", "column", "shape"]

    def test_a_bow_tie_is_mended_before_it_is_compared(self) -> None:
        table = sheet(toy_plan())
        ring = shapely.get_coordinates(box(0, 0, 50, 200))
        table.loc[0, "geometry"] = shapely.Polygon(
            [*ring[:2], (EAST + 50, NORTH + 201), (EAST + 49, NORTH + 200), *ring[2:]]
        )
        assert compare_returned(toy_plan(), table).differences == ()


class TestPlacing:
    def test_degrees_zones_and_no_crs_at_all(self) -> None:
        plan, table = toy_plan(), sheet(toy_plan())
        bare = gpd.GeoDataFrame(table.drop(columns="geometry"), geometry=list(table.geometry))
        degrees = table.to_crs(4490)
        zone = table.to_crs(4548)
        for other in (
            bare,
            degrees,
            degrees.set_crs(None, allow_override=True),
            zone,
            zone.set_crs(None, allow_override=True),
        ):
            assert compare_returned(plan, other).differences == ()

    def test_a_city_grid_is_fitted_and_shows_its_residuals(self) -> None:
        plan, table = toy_plan(), moved(toy_plan(), 6.0)
        turn = np.radians(1.5)
        matrix = 1.0001 * np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
        shapes = shapely.transform(table.geometry.to_numpy(), lambda xy: (xy - [EAST, NORTH]) @ matrix + [3000, 900])
        grid = gpd.GeoDataFrame(table.drop(columns="geometry"), geometry=list(shapes))
        found = compare_returned(plan, grid)
        assert found.placement.fitted
        assert found.placement.scale == pytest.approx(1 / 1.0001, rel=5e-5)  # 15 mm across the town
        assert found.placement.rms_m < 0.05
        assert [k for k, _ in kinds(found)] == ["border"]
        corners = np.array([[0.0, 0.0], [200, 0], [200, 200], [0, 200]])
        points = np.hstack([corners @ matrix + [3000, 900], corners + np.array([EAST, NORTH])])
        assert [k for k, _ in kinds(compare_returned(plan, grid, points=points))] == ["border"]

    def test_what_does_not_fit_is_refused(self) -> None:
        plan, table = toy_plan(), sheet(toy_plan())
        far = table.set_geometry(table.geometry.translate(9e5, 9e5))
        with pytest.raises(InputError, match="--points"):
            compare_returned(plan, far.drop(columns="xqdm").set_crs(None, allow_override=True))
        bent = lambda xy: xy - [EAST, NORTH] + np.sin((xy - [EAST, NORTH])[:, ::-1] / 37) * 40  # noqa: E731
        squeezed = shapely.transform(shapely.segmentize(table.geometry.to_numpy(), 10), bent)
        with pytest.raises(InputError, match="of its vertices"):
            compare_returned(plan, gpd.GeoDataFrame(table.drop(columns="geometry"), geometry=list(squeezed)))

    def test_points_are_read(self, tmp_path: Path) -> None:
        (tmp_path / "p.csv").write_text("x,y,X,Y\n1,2,3,4\n5,6,7,8\n", encoding="utf-8")
        assert read_points(tmp_path / "p.csv").tolist() == [[1, 2, 3, 4], [5, 6, 7, 8]]
        (tmp_path / "q.csv").write_text("x,y,X,Y\n1,2,3,a\n", encoding="utf-8")
        with pytest.raises(InputError, match="four columns"):
            read_points(tmp_path / "q.csv")

    def test_a_drawing_with_texts(self, tmp_path: Path) -> None:
        """DXF keeps no attributes and no CRS: closed outlines, and a text inside each."""
        plan = toy_plan()
        lines = [(g.exterior, None) for g in plan.areas.geometry]
        texts = [(g.representative_point(), c) for g, c in zip(plan.areas.geometry, plan.areas["ea_code"], strict=True)]
        (tmp_path / "r.dxf").write_text(_dxf(lines, texts), encoding="utf-8")
        found = compare_returned(plan, read_returned(tmp_path / "r.dxf"))
        assert found.columns.code == "text"
        assert {k for k, _ in kinds(found)} == {"column"}  # neither names nor households


def _dxf(lines: list[tuple[shapely.LinearRing, None]], texts: list[tuple[shapely.Point, str]]) -> str:
    out = ["0", "SECTION", "2", "ENTITIES"]
    for ring, _ in lines:
        xy = shapely.get_coordinates(ring)
        out += ["0", "LWPOLYLINE", "8", "0", "90", str(len(xy) - 1), "70", "1"]
        for x, y in xy[:-1].tolist():
            out += ["10", repr(x), "20", repr(y)]
    for at, text in texts:
        out += ["0", "TEXT", "8", "0", "10", repr(at.x), "20", repr(at.y), "40", "5", "1", text]
    return "\n".join([*out, "0", "ENDSEC", "0", "EOF", ""])


@pytest.fixture(scope="module")
def kinmen(real_data: Path) -> AreaPlan:
    """Jinhu with the office's own zones as areas: real ground, no engine."""
    from areaplan.cells import build_cells
    from areaplan.households import estimate_households

    settings = read_settings(real_data / "configs" / "ready_kinmen_jinhu.toml")
    cells = build_cells(estimate_households(read_territory(settings), settings), settings)
    blocks = gpd.read_file(real_data / "ready_kinmen_jinhu" / "planner_input.gpkg", layer="blocks").set_index(
        "block_code"
    )
    table = pd.DataFrame(cells.table[["cell_id", "village_code"]])
    table["zone"] = table["cell_id"].map(blocks["CODE1"])
    number = table.groupby("village_code")["zone"].transform(lambda z: pd.factorize(z)[0] + 1)
    codes = pd.Series(
        [f"{v}{n:03d}" for v, n in zip(table["village_code"], number, strict=True)], index=table["cell_id"]
    )
    return assemble_plan(cells, codes, settings)


@pytest.mark.real
class TestSeeded:
    @pytest.mark.parametrize(
        ("seed", "form", "apart"), [(1, 0, True), (2, 1, False), (3, 2, True), (4, 3, False), (5, 4, True)]
    )
    def test_every_change_is_found_at_its_place_and_nothing_else(
        self, kinmen: AreaPlan, tmp_path: Path, seed: int, form: int, apart: bool
    ) -> None:
        """Five maps of up to 10 seeded changes, 0.2 m noise on every vertex, every form; the 300 are in ``benchmarks/returned.py``."""
        table, seeds = seeded(kinmen, 10, seed)
        drawn = noisy(table, np.random.default_rng(seed), apart=apart)
        found = compare_returned(kinmen, read_returned(write_return(drawn, tmp_path, list(FORMS)[form])))
        result = score(found, seeds)
        assert len(seeds) >= 6
        assert [(s.kind, sorted(s.areas), s.metres) for s in result.overlooked] == []
        assert [(d.kind, d.areas) for d in result.unexplained] == []


class TestAccepting:
    def test_accepted_differences_revise_the_plan(self, tmp_path: Path) -> None:
        plan = toy_plan()
        table = moved(plan, 6.0)
        table.loc[2, "xqmc"] = "新名"
        found = compare_returned(plan, table)
        write_comparison(
            found, next_round(Register(), found.findings, day="2026-11-27"), tmp_path, title="东镇", lang="zh"
        )
        data = json.loads((tmp_path / "differences.geojson").read_text(encoding="utf-8"))
        data["features"][0]["properties"]["accept"] = "yes"
        (tmp_path / "accepted.geojson").write_text(json.dumps(data), encoding="utf-8")
        rows = wanted_rows(read_wishes(tmp_path / "accepted.geojson", crs=plan.crs))
        changes, refused = changes_from_rows(rows, author="林")
        revision = revise(plan, changes)
        assert not refused
        assert not revision.refused
        assert revision.plan.areas["area_m2"].iloc[0] == pytest.approx(11_200, abs=1)
        assert revision.plan.areas["name"].iloc[2] == "第003普查小区"  # not accepted
        assert not len(check_plan(revision.plan, previous=plan).findings.errors)
        assert content_hash(revision.plan) != content_hash(plan)
        # what was accepted is no difference any more
        assert [d.kind for d in compare_returned(revision.plan, table).differences] == ["name"]

    def test_joined_and_divided_areas_are_accepted(self, tmp_path: Path) -> None:
        """001 and 002 have become one, 003 is cut in two: accepted, the plan follows, retires the codes and has no such difference any more."""
        plan = toy_plan()
        table = sheet(plan)
        table.loc[0, "geometry"] = box(0, 0, 100, 200)
        table.loc[2, "geometry"] = box(100, 0, 150, 90)
        extra = gpd.GeoDataFrame(
            {"xqdm": [A + "090"], "xqmc": ["新"], "hs": [20]}, geometry=[box(100, 90, 150, 200)], crs=CRS
        )
        table = gpd.GeoDataFrame(pd.concat([table.drop(index=1), extra], ignore_index=True), crs=CRS)
        found = compare_returned(plan, table)
        assert {k for k, _ in kinds(found)} >= {"joined", "divided"}
        write_comparison(found, Register(), tmp_path, title="东镇", lang="zh")
        data = json.loads((tmp_path / "differences.geojson").read_text(encoding="utf-8"))
        for feature in data["features"]:
            feature["properties"]["accept"] = "yes" if feature["properties"]["action"] in ("merge", "split") else ""
        (tmp_path / "accepted.geojson").write_text(json.dumps(data), encoding="utf-8")
        changes, refused = changes_from_rows(
            wanted_rows(read_wishes(tmp_path / "accepted.geojson", crs=plan.crs)), author="林"
        )
        revision = revise(plan, changes)
        assert [c.kind for c in changes] == ["merge", "split"]
        assert not refused
        assert not revision.refused
        report = check_plan(revision.plan, previous=plan)
        assert report.proof.tiles
        assert not [f for f in report.findings.errors if f.rule not in ("R09",)]
        ended = {A + "001", A + "002", A + "003"}
        assert not ended & set(revision.plan.areas["ea_code"])
        assert revision.plan.areas["households"].sum() == plan.areas["households"].sum()
        again = compare_returned(revision.plan, table)
        assert not {k for k, _ in kinds(again)} & {"joined", "divided", "border", "gap", "overlap"}

    def test_the_change_map_shows_the_return_beside_the_plan(self, tmp_path: Path) -> None:
        """changes.html: what came back is what is shown beside; noise is the same, a moved border is not."""
        plan = toy_plan()
        found = compare_returned(plan, moved(plan, 6.0))
        write_comparison(found, Register(), tmp_path, title="东镇", lang="zh")
        shown = page_data((tmp_path / "changes.html").read_text(encoding="utf-8"))
        assert shown["before"]["title"] == "东镇"
        assert shown["before"]["changes"]["kind"] == ["moved", "moved", "same", "same", "same", "same"]
        assert shown["before"]["changes"]["lost"][1] == 0
        assert shown["before"]["changes"]["gained"][1] == 1200
        assert shown["findings"]["rule"] == ["R23"]

    def test_the_workbook_may_be_filled_in_instead(self, tmp_path: Path) -> None:
        plan = toy_plan()
        found = compare_returned(plan, moved(plan, 6.0))
        write_comparison(found, Register(), tmp_path, title="t", lang="zh")
        book = load_workbook(tmp_path / "differences.xlsx")
        page = book.worksheets[0]
        heads = [c.value for c in page[1]]
        page.cell(2, heads.index("accept") + 1).value = "是"
        book.save(tmp_path / "filled.xlsx")
        changes, _ = changes_from_rows(wanted_rows(read_wishes(tmp_path / "filled.xlsx", crs=plan.crs)), author="林")
        assert len(revise(plan, changes).made) == 1


def _finding(subject: str, x: float, rule: str = "R23", severity: Severity = Severity.WARNING) -> Finding:
    return Finding(
        rule, severity, subject, Message("the border moved"), None, 12.0, "m2", shapely.Point(x, 0).buffer(5)
    )


class TestRegister:
    def test_items_close_by_measurement_and_come_back_under_their_number(self) -> None:
        one = next_round(
            Register(),
            [_finding("a b", 0), _finding("c", 500)],
            day="2026-11-01",
            responsible="某公司",
            due="2026-11-10",
        )
        assert [(i.number, i.state) for i in one.items] == [(1, "open"), (2, "open")]
        claimed = answered(one, {1: "已修改", 2: "已修改"})
        two = next_round(claimed, [_finding("b a", 10), _finding("d", 0)], day="2026-11-12")
        assert [(i.number, i.state) for i in two.items] == [(1, "open"), (2, "closed"), (3, "open")]
        assert two.items[0].answer == "已修改"  # said, but not so
        three = next_round(two, [_finding("c", 505)], day="2026-11-20")
        assert [(i.number, i.state, i.first_round) for i in three.items] == [
            (1, "closed", 1),
            (2, "open", 1),
            (3, "closed", 2),
        ]
        assert three.items[1].responsible == "某公司"

    def test_the_same_subject_elsewhere_is_another_item(self) -> None:
        one = next_round(Register(), [_finding("a b", 0)], day="1")
        two = next_round(one, [_finding("a b", 400)], day="2")
        assert [(i.number, i.state) for i in two.items] == [(1, "closed"), (2, "open")]

    def test_notes_ask_for_nothing(self) -> None:
        assert next_round(Register(), [_finding("a", 0, severity=Severity.NOTE)], day="1").items == ()

    def test_round_trip(self) -> None:
        register = next_round(Register(), [_finding("a", 0)], day="2026-11-01", due="x")
        assert read_register(register_text(register)) == register
        for text in ("", "{}", '{"form": 99, "items": [], "rounds": []}'):
            with pytest.raises(InputError):
                read_register(text)

    def test_answers_come_from_the_workbook(self, tmp_path: Path) -> None:
        found = compare_returned(toy_plan(), moved(toy_plan(), 6.0))
        write_comparison(found, next_round(Register(), found.findings, day="1"), tmp_path, title="t", lang="zh")
        book = load_workbook(tmp_path / "opinion_register.xlsx")
        heads = [c.value for c in book.worksheets[0][1]]
        book.worksheets[0].cell(2, heads.index("答复") + 1).value = "已改"
        book.save(tmp_path / "answers.xlsx")
        assert read_answers(tmp_path / "answers.xlsx") == {1: "已改"}


class TestOpinion:
    def test_items_bear_numbers_terms_and_results(self) -> None:
        plan = toy_plan()
        first = compare_returned(plan, moved(plan, 6.0))
        register = next_round(Register(), first.findings, day="1", responsible="某公司", due="2026-12-10")
        document = Document(io.BytesIO(opinion(first.findings, Occasion(title="东镇", plan=plan, register=register))))
        cells = [c.text for t in document.tables for r in t.rows for c in r.cells]
        assert {"某公司", "2026-12-10"} <= set(cells)
        assert document.inline_shapes[0].width > 0
        done = next_round(register, [], day="2")
        closed = Document(io.BytesIO(opinion([], Occasion(title="东镇", plan=plan, register=done))))
        assert any("测量关闭" in p.text or "复测" in p.text for p in closed.paragraphs)

    def test_the_page_shows_hostile_text_as_text_and_asks_for_nothing(self) -> None:
        plan = toy_plan()
        findings = [_finding(text, i) for i, text in enumerate(HOSTILE)]
        page = opinion_page(findings, Occasion(title=HOSTILE[0], plan=plan))
        assert "<script" not in page.lower().replace("&lt;script", "")
        assert not re.findall(r'(?:src|href)="(?!data:image/png)', page)
        assert "default-src 'none'" in page
        assert page.count("<h2>") == len(findings)


def test_difference_kinds_have_rules() -> None:
    """Every kind becomes a finding with a rule."""
    from areaplan.review.returned import DIFFERENCE_WORDS

    for kind in DIFFERENCE_WORDS:
        assert re.fullmatch(r"R\d\d", Difference(kind, (), None, Message("x"), None).finding().rule)
