"""Where a county stands: townships in folders, opinions, issues, the register, the calendar, the office's own table."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import geopandas as gpd
import pytest
from openpyxl import load_workbook

from areaplan.certificate import content_hash, make_certificate
from areaplan.comments import Comment
from areaplan.errors import InputError, SettingsError
from areaplan.files import find_townships, plan_facts, write_comments, write_json, write_plan
from areaplan.messages import Message
from areaplan.model import AreaPlan, Finding, Findings, Severity
from areaplan.review import (
    Change,
    Register,
    current_plan,
    issue_plan,
    next_round,
    register_text,
    revise,
    standing_of,
    worst_first,
)
from areaplan.settings import CalendarSettings, read_calendar, settings_from_text, settings_text
from test_review_cli import areaplan
from toys import CRS, toy_plan

A = "350302101001"


def put(folder: Path, plan: AreaPlan, *, certificate: bool = True) -> Path:
    """Write a plan with its certificate into a township's folder."""
    folder.mkdir(parents=True, exist_ok=True)
    write_plan(plan, folder / "plan.gpkg", content_hash=content_hash(plan), created="2026-11-01T00:00:00+00:00")
    if certificate:
        write_json(folder / "certificate.json", make_certificate(plan))
    return folder / "plan.gpkg"


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five townships: issued, reviewed in part, with errors, not planned, damaged."""
    folder = tmp_path_factory.mktemp("county")
    plan = toy_plan()
    put(folder / "甲镇", issue_plan(plan, "both", day=date(2026, 11, 20), author="林"))
    put(folder / "乙镇" / "out", plan)
    said = [Comment(content_hash(plan), A + "001", decision="approve", reviewer="a"), Comment(content_hash(plan), A + "002", decision="revise", reviewer="a"),
            Comment("0" * 64, A + "003", decision="revise", reviewer="a")]  # fmt: skip
    write_comments(folder / "乙镇" / "comments_a.geojson", said, crs=CRS, plan_hash=content_hash(plan))
    register = next_round(Register(), [Finding("R23", Severity.WARNING, "x", Message("y"))], day="2026-11-10")
    (folder / "乙镇" / "opinion_register.json").write_text(register_text(register), encoding="utf-8")
    error = Finding("R01", Severity.ERROR, A, Message("gap"))
    put(folder / "丙镇", plan.with_findings(Findings((error,), plan.crs)), certificate=False)
    (folder / "丁镇").mkdir()
    (folder / "丁镇" / "areaplan.toml").write_text(
        '[calendar]\nresponsible = "陈"\ndivision = 2026-11-15\n[input.villages]\npath = "x"\n', encoding="utf-8"
    )
    (folder / "戊镇").mkdir()
    (folder / "戊镇" / "plan.gpkg").write_bytes(b"SQLite format 3\0broken")
    (folder / "areaplan.toml").write_text(
        '[calendar]\nresponsible = "县办"\ndivision = 2026-11-25\nreview = 2026-12-05\nlisting = "2026-12-20"\n',
        encoding="utf-8",
    )
    (folder / "notes").mkdir()
    return folder


class TestFacts:
    def test_what_stands_in_a_plan(self, county: Path) -> None:
        facts = plan_facts(county / "甲镇" / "plan.gpkg")
        assert (facts.villages, len(facts.areas), facts.proved, facts.revisions) == (2, 6, True, 1)
        assert facts.issues[0]["lock"] == "both"
        assert plan_facts(county / "丙镇" / "plan.gpkg").proved is None

    def test_the_newest_plan_counts(self, tmp_path: Path) -> None:
        plan = toy_plan()
        after = revise(plan, [Change("rename", (A + "001",), value="x", reason="r", author="a")]).plan
        facts = [plan_facts(put(tmp_path / n, p)) for n, p in (("one", after), ("two", plan))]
        assert current_plan(facts) == facts[0]

    def test_townships_are_found(self, county: Path, tmp_path: Path) -> None:
        found, calendar = find_townships(county)
        assert [f.name for f in found] == ["丁镇", "丙镇", "乙镇", "戊镇", "甲镇"]
        assert calendar.listing == date(2026, 12, 20)
        with pytest.raises(InputError):
            find_townships(tmp_path)

    def test_a_calendar_is_read_and_kept_in_a_plan(self, tmp_path: Path) -> None:
        text = '[input.villages]\npath = "v"\n[calendar]\nreview = 2026-12-05\n'
        again = settings_from_text(settings_text(settings_from_text(text)) + '[input.villages]\npath = "v"\n')
        assert again.calendar == CalendarSettings(review=date(2026, 12, 5))
        (tmp_path / "a.toml").write_text('[calendar]\nreview = "soon"\nrewiev = 2026-01-01\n', encoding="utf-8")
        with pytest.raises(SettingsError) as e:
            read_calendar(tmp_path / "a.toml")
        assert len(e.value.faults) == 2


class TestStanding:
    def test_lateness_is_that_of_the_first_step_not_done(self, county: Path) -> None:
        facts = plan_facts(county / "乙镇" / "out" / "plan.gpkg")
        calendar = CalendarSettings(division=date(2026, 11, 1), review=date(2026, 11, 20), listing=date(2026, 12, 1))
        said = [Comment(facts.content_hash, code, decision="approve") for code in facts.areas]

        def late(comments: list[Comment], own: dict[str, str] | None = None) -> tuple[str | None, int | None]:
            row = standing_of(
                "x", facts, comments=comments, register=None, calendars=[calendar], own=own, today=date(2026, 11, 27)
            )
            return row.step, row.late_days

        assert late([]) == ("review", 7)
        assert late(said) == ("listing", -4)
        assert late(said, {"listing": "是"}) == (None, None)


class TestVerb:
    def test_table_sheet_and_page(self, county: Path, tmp_path: Path) -> None:
        (tmp_path / "own.csv").write_text("township,recruited,listing\n甲镇,12,yes\n乙镇,=1+1,\n", encoding="utf-8")
        run = areaplan(
            "status", county, "--table", tmp_path / "own.csv", "--out", tmp_path / "out", "--date", "2026-11-27"
        )
        assert run.returncode == 0, run.stderr
        assert "5 townships: 3 planned, 1 issued, 3 late" in run.stdout
        assert "戊镇: " in run.stdout  # what cannot be read is said, and hides nothing else
        rows = list(load_workbook(tmp_path / "out" / "status.xlsx").worksheets[0].iter_rows(values_only=True))
        table = {r[0]: dict(zip(rows[0], r, strict=True)) for r in rows[1:]}
        assert [r[0] for r in rows[1:]][:3] == ["戊镇", "丁镇", "丙镇"]
        assert (
            table["乙镇"]["approved"],
            table["乙镇"]["to revise"],
            table["乙镇"]["undecided"],
            table["乙镇"]["open opinions"],
        ) == (1, 1, 4, 1)
        assert (table["丁镇"]["responsible"], table["丁镇"]["days late"], table["甲镇"]["responsible"]) == (
            "陈",
            12,
            "县办",
        )
        assert (table["甲镇"]["recruited"], table["乙镇"]["recruited"]) == ("12", "=1+1")
        page = (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
        assert page.count("<path") == 3
        assert not re.search(r"<script|(?:src|href)=", page)

    def test_worst_first_is_stable(self, county: Path) -> None:
        facts = plan_facts(county / "甲镇" / "plan.gpkg")
        rows = [
            standing_of(n, facts, comments=[], register=None, calendars=[], own=None, today=date(2026, 1, 1))
            for n in "cab"
        ]
        assert [r.name for r in worst_first(rows)] == ["a", "b", "c"]


class TestMap:
    def test_townships_far_apart_have_frames_of_their_own(self) -> None:
        """Two towns side by side share a frame, one a thousand kilometres away has its own; none is a dot."""
        import re

        import shapely

        from areaplan.reports.standing_map import standing_map

        at = {"甲": (119.0, 25.4), "乙": (119.06, 25.4), "丙": (9.5, 47.1)}
        outlines = {n: gpd.GeoSeries([shapely.box(x, y, x + 0.05, y + 0.04)], crs=4326) for n, (x, y) in at.items()}
        drawn = standing_map(dict.fromkeys(at, "going"), outlines, "zh")
        frames = re.findall("<svg.*?</svg>", drawn)
        assert [len(re.findall("<path", f)) for f in frames] == [2, 1]
        for path in re.findall('d="([^"]*)"', drawn):
            numbers = [float(v) for v in re.findall(r"-?\d+\.\d", path)]
            assert max(numbers) - min(numbers) > 200
        assert "各自" in drawn or "each at its own scale" in drawn
        assert standing_map({"甲": "late"}, {}, "zh") == ""
