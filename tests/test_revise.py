"""The next plan: every kind of change on the toy town, what is refused, and the laws that every revision keeps."""

from __future__ import annotations

import os
from collections.abc import Sequence

import numpy as np
import pytest
import shapely
from benchmarks.wishes import random_changes

from areaplan.certificate import content_hash
from areaplan.check import check_plan
from areaplan.delineation import assemble_plan
from areaplan.errors import InputError
from areaplan.files import read_plan, write_plan
from areaplan.model import AreaPlan
from areaplan.review import Change, Revision, changes_from_rows, diff_plans, issue_plan, replay, revise, sign_plan
from toys import EAST, NORTH, toy_plan

A, B = "350302101001", "350302101002"
SOAK = bool(os.environ.get("AREAPLAN_SOAK"))


def ask(kind: str, *areas: str, **more: object) -> Change:
    """Return a change with a reason and an author."""
    return Change(kind, areas, **{"reason": "test", "author": "林"} | more)  # type: ignore[arg-type]


def line(*xy: tuple[float, float]) -> shapely.LineString:
    """Return a line of the drawing in ``toys``."""
    return shapely.LineString([(EAST + x, NORTH + y) for x, y in xy])


def done(plan: AreaPlan, *changes: Change) -> Revision:
    """Revise, and demand that nothing was refused and that the plan is proved."""
    revision = revise(plan, changes)
    assert not revision.refused, [str(r.reason) for r in revision.refused]
    proved(plan, revision.plan)
    return revision


def proved(before: AreaPlan, after: AreaPlan) -> None:
    """Demand what every next plan must be, whatever was asked: sizes and locks apart, nothing of severity error."""
    report = check_plan(after, previous=before)
    assert report.proof.tiles
    assert not [str(f.message) for f in report.findings.errors if f.rule not in ("R09", "R19")]
    assert int(after.areas["households"].sum()) == int(before.areas["households"].sum())
    whole = assemble_plan(after.cells, after.assignment, after.settings)
    assert list(whole.areas["ea_code"]) == list(after.areas["ea_code"])
    assert all(a.equals(b) for a, b in zip(whole.areas.geometry, after.areas.geometry, strict=True))
    columns = ["left_ea", "right_ea", "kind", "class", "feature_name"]
    assert whole.boundaries[columns].equals(after.boundaries[columns])
    assert np.allclose(whole.boundaries["length_m"], after.boundaries["length_m"])


def unchanged(before: AreaPlan, after: AreaPlan, codes: Sequence[str]) -> bool:
    """Say whether areas are the same to the bit."""
    old, new = (p.areas.set_index("ea_code").geometry for p in (before, after))
    return all(shapely.to_wkb(old[c]) == shapely.to_wkb(new[c]) for c in codes)


class TestKinds:
    def test_a_cell_moves_and_moves_back(self) -> None:
        plan = toy_plan()
        there = done(plan, ask("move", A + "001", to=A + "002", cells=(f"{A}-00001",)))
        assert dict(zip(there.plan.areas["ea_code"], there.plan.areas["households"], strict=True))[A + "002"] == 60
        assert unchanged(plan, there.plan, [A + "003", A + "004", B + "001", B + "002"])
        back = done(there.plan, ask("move", A + "002", to=A + "001", cells=(f"{A}-00001",)))
        assert content_hash(back.plan) == content_hash(plan) != content_hash(there.plan)

    def test_buildings_and_blocks_name_their_cells(self) -> None:
        plan = toy_plan()
        by_building = done(plan, ask("move", A + "001", to=A + "002", buildings=("B000001",))).plan
        by_cell = done(plan, ask("move", A + "001", to=A + "002", cells=(f"{A}-00001",))).plan
        assert content_hash(by_building) == content_hash(by_cell)
        # Main Street parts the two cells of a column, so a block is one of them
        by_block = done(plan, ask("move", A + "001", to=A + "002", block=f"{A}-00001")).plan
        assert content_hash(by_block) == content_hash(by_cell)

    def test_a_border_is_redrawn_through_cells_and_back(self) -> None:
        plan = toy_plan()
        there = done(plan, ask("border", A + "001", to=A + "002", shape=line((60, -5), (60, 205))))
        areas = there.plan.areas.set_index("ea_code")
        assert areas.loc[A + "001", "area_m2"] == pytest.approx(12_000)
        assert areas.loc[A + "001", "households"] == 40  # no building changed hands
        assert len(there.plan.cells.table) == len(plan.cells.table) + 2
        back = done(there.plan, ask("border", A + "001", to=A + "002", shape=line((50, -5), (50, 205))))
        assert content_hash(back.plan) == content_hash(plan)

    def test_a_bulge_of_a_border(self) -> None:
        plan = toy_plan()
        bulge = line((50, 180), (60, 185), (60, 195), (50, 199))
        moved = done(plan, ask("border", A + "001", to=A + "002", shape=bulge)).plan
        assert moved.areas.set_index("ea_code").loc[A + "001", "area_m2"] == pytest.approx(10_000 + 145)

    def test_ground_is_given_by_a_polygon(self) -> None:
        plan = toy_plan()
        ground = shapely.box(EAST + 50, NORTH, EAST + 62, NORTH + 200)
        moved = done(plan, ask("move", A + "002", to=A + "001", shape=ground))
        assert moved.plan.areas.set_index("ea_code").loc[A + "001", "area_m2"] == pytest.approx(12_400)
        assert moved.plan.cells.table["cell_id"].str.contains(r"\.").sum() == 4

    def test_merge_and_split_give_the_same_ground_under_new_codes(self) -> None:
        plan = toy_plan()
        merged = done(plan, ask("merge", A + "001", A + "002")).plan
        assert {A + "001", A + "002"}.isdisjoint(merged.areas["ea_code"])
        assert A + "005" in set(merged.areas["ea_code"])
        again = done(merged, ask("split", A + "005", shape=line((50, -5), (50, 205)))).plan
        old, new = plan.areas.set_index("ea_code").geometry, again.areas.set_index("ea_code").geometry
        assert shapely.to_wkb(new[A + "006"]) == shapely.to_wkb(old[A + "001"])
        assert shapely.to_wkb(new[A + "007"]) == shapely.to_wkb(old[A + "002"])
        went = again.tables["correspondence"]
        assert set(went["old_ea"]) >= {A + "001", A + "002", A + "005"}

    def test_the_engine_divides(self) -> None:
        merged = done(toy_plan(), ask("merge", A + "001", A + "002")).plan
        parts = done(merged, ask("split", A + "005")).plan
        assert sorted(parts.areas["households"])[-2:] == [40, 40]

    def test_a_line_divides_through_cells(self) -> None:
        split = done(toy_plan(), ask("split", A + "001", shape=line((-5, 122), (55, 124)))).plan
        assert sorted(split.areas["ea_code"])[3:5] == [A + "005", A + "006"]
        assert set(split.areas["households"]) == {40, 20}

    def test_names_locks_and_declarations(self) -> None:
        plan = done(
            toy_plan(),
            ask("rename", A + "001", value="东村第一小区"),
            ask("lock", A + "002", value="counts"),
            ask("lock", A + "002", value="borders"),
            ask("special", A + "003", value="school"),
            ask("virtual", village=A, value="船民", persons=30),
        ).plan
        areas = plan.areas.set_index("ea_code")
        assert areas.loc[A + "001", "name"] == "东村第一小区"
        assert areas.loc[A + "002", "locked"] == "both"
        assert areas.loc[A + "003", "special"] == "school"
        assert plan.tables["virtual_areas"]["ea_code"].tolist() == [A + "900"]
        freed = done(plan, ask("unlock", A + "002", value="莆普办〔2026〕7号")).plan
        assert freed.areas.set_index("ea_code").loc[A + "002", "locked"] is None


REFUSED = {
    "no reason": (ask("merge", A + "001", A + "002", reason=" "), "no reason"),
    "no author": (ask("merge", A + "001", A + "002", author=""), "no author"),
    "unknown area": (ask("rename", A + "077", value="x"), "no area"),
    "another village": (ask("move", A + "004", to=B + "001", cells=(f"{A}-00004",)), "R06"),
    "torn": (ask("move", A + "001", to=A + "003", cells=(f"{A}-00001",)), "R05"),
    "nothing left": (ask("move", A + "001", to=A + "002", cells=(f"{A}-00001", f"{A}-00007")), "no ground left"),
    "not his cell": (ask("move", A + "001", to=A + "002", cells=(f"{A}-00003",)), "belongs to area"),
    "unknown cell": (ask("move", A + "001", to=A + "002", cells=("x",)), "no cell"),
    "unknown building": (ask("move", A + "001", to=A + "002", buildings=("x",)), "no building"),
    "nothing named": (ask("move", A + "001", to=A + "002"), "neither"),
    "building cut": (ask("border", A + "001", to=A + "002", shape=line((70, -5), (70, 205))), "R07"),
    "line too short": (ask("border", A + "001", to=A + "002", shape=line((60, 150), (60, 160))), "border to border"),
    "not neighbours": (ask("merge", A + "001", A + "003"), "share no border"),
    "name taken": (ask("rename", A + "001", value="第002普查小区"), "R12"),
    "odd lock": (ask("lock", A + "001", value="all of it"), "cannot be locked"),
    "not locked": (ask("unlock", A + "001", value="7"), "not locked"),
    "too many persons": (ask("virtual", village=A, persons=5000), "R11"),
    "engine cannot": (ask("split", A + "001", parts=9), "cannot divide"),
    "crossed polygon": (
        ask("move", A + "002", to=A + "001",
            shape=shapely.Polygon([(EAST + 50, NORTH), (EAST + 60, NORTH + 9), (EAST + 60, NORTH), (EAST + 50, NORTH + 9)])),
        "crosses itself",
    ),
}  # fmt: skip


class TestRefusals:
    @pytest.mark.parametrize("name", REFUSED)
    def test_says_why_and_the_others_go_on(self, name: str) -> None:
        change, why = REFUSED[name]
        revision = revise(toy_plan(), [change, ask("rename", B + "001", value="x")])
        assert [why in str(r.reason) for r in revision.refused] == [True]
        assert [m.change.kind for m in revision.made] == ["rename"]
        proved(toy_plan(), revision.plan)

    def test_locked_borders_and_counts_hold(self) -> None:
        locked = done(toy_plan(), ask("lock", A + "001", value="borders"), ask("lock", A + "004", value="counts")).plan
        wishes = [
            ask("border", A + "001", to=A + "002", shape=line((60, -5), (60, 205))),
            ask("move", A + "003", to=A + "004", cells=(f"{A}-00003",)),
            ask("border", A + "003", to=A + "004", shape=line((160, -5), (160, 205))),  # ground without people
        ]
        revision = revise(locked, wishes)
        assert ["R19" in str(r.reason) for r in revision.refused] == [True, True]
        assert len(revision.made) == 1
        assert not check_plan(revision.plan, previous=locked)["R19"].findings

    def test_nothing_made_changes_nothing(self) -> None:
        plan = toy_plan()
        assert revise(plan, [ask("merge", "x", "y")]).plan is plan


class TestLog:
    def test_replay_gives_the_same_plan_through_files(self, tmp_path) -> None:
        plan = toy_plan()
        write_plan(plan, tmp_path / "first.gpkg")
        once = done(plan, ask("border", A + "001", to=A + "002", shape=line((60.123456789, -5), (61.1, 205)))).plan
        twice = done(once, ask("split", A + "003"), ask("rename", A + "004", value="四")).plan
        write_plan(twice, tmp_path / "last.gpkg")
        first, last = read_plan(tmp_path / "first.gpkg"), read_plan(tmp_path / "last.gpkg")
        again = replay(first, last)
        assert content_hash(again) == content_hash(last) == content_hash(twice)
        assert again.areas["name"].tolist() == last.areas["name"].tolist()
        assert content_hash(replay(first, last, until=1)) == content_hash(once)
        assert list(last.tables["revisions"]["number"]) == [1, 2, 3]

    def test_strange_logs_are_refused(self) -> None:
        plan = toy_plan()
        one = done(plan, ask("rename", A + "001", value="x")).plan
        other = done(plan, ask("merge", A + "001", A + "002")).plan
        with pytest.raises(InputError, match="not of one line"):
            replay(one, other)

    def test_numbers_never_come_back(self) -> None:
        plan = done(toy_plan(), ask("merge", A + "003", A + "004")).plan  # 005 is born, 003 and 004 end
        plan = done(plan, ask("split", A + "005", shape=line((150, -5), (150, 205)))).plan
        assert sorted(c for c in plan.areas["ea_code"] if c.startswith(A)) == [
            A + n for n in ("001", "002", "006", "007")
        ]


class TestRecord:
    def test_issue_locks_and_keeps_the_hash(self) -> None:
        from datetime import date

        plan = toy_plan()
        frozen = issue_plan(plan, "borders", day=date(2026, 11, 27), author="林")
        assert set(frozen.areas["locked"]) == {"borders"}
        row = frozen.tables["issues"].iloc[0]
        assert (row["number"], row["date"], row["content_hash"]) == (1, "2026-11-27", content_hash(plan))
        again = issue_plan(frozen, "counts", day=date(2026, 11, 28), author="林")
        assert set(again.areas["locked"]) == {"both"}
        assert list(again.tables["issues"]["number"]) == [1, 2]
        assert set(replay(plan, again).areas["locked"]) == {"both"}

    def test_signatures_are_appended(self) -> None:
        from datetime import date

        signed = sign_plan(
            sign_plan(toy_plan(), "village", "林", date(2026, 11, 27)), "county", "陈", date(2026, 12, 1)
        )
        assert signed.tables["signatures"]["level"].tolist() == ["village", "county"]
        with pytest.raises(InputError, match="no such level"):
            sign_plan(toy_plan(), "street", "林", date(2026, 1, 1))

    def test_diff_names_what_changed_only(self) -> None:
        plan = toy_plan()
        after = done(plan, ask("merge", A + "001", A + "002"), ask("rename", A + "004", value="四")).plan
        found = {d.ea_code: d for d in diff_plans(plan, after).areas}
        assert {c: d.state for c, d in found.items()} == {
            A + "001": "ended", A + "002": "ended", A + "004": "columns", A + "005": "new",
        }  # fmt: skip
        assert found[A + "005"].from_areas == {A + "001": 10_000.0, A + "002": 10_000.0}
        assert diff_plans(plan, plan).areas == ()


class TestLaws:
    @pytest.mark.parametrize(
        "seed", [pytest.param(s, marks=pytest.mark.soak) for s in range(667)] if SOAK else range(20)
    )
    def test_random_revisions_are_proved_and_codes_never_come_back(self, seed: int) -> None:
        """300 random changes (10,005 in ``make soak``): tiling, sums, R-rules, bit-equal to a whole dissolving; codes never reused; replay exact."""
        first = plan = toy_plan()
        ever, ended = set(plan.areas["ea_code"]), set[str]()
        for step in range(2):
            after = revise(plan, random_changes(plan, 8 - step, seed * 10 + step)).plan
            proved(plan, after)
            now = set(after.areas["ea_code"])
            assert now.isdisjoint(ended)
            ended |= ever - now
            ever |= now
            plan = after
        assert content_hash(replay(first, plan)) == content_hash(plan)


class TestRows:
    def test_words_of_both_languages(self) -> None:
        from areaplan.files.wishes import Wish
        from areaplan.messages import msg

        rows = [
            {"操作": "合并", "小区": f"{A}001、{A}002", "理由": "户数少"},
            {"action": "Split", "area": A + "001", "parts": "3", "reason": "x", "author": "y"},
            {"action": "fly", "area": A + "001"},
        ]
        wishes = [Wish(msg("row {n}", n=i), r) for i, r in enumerate(rows)]
        changes, refused = changes_from_rows(wishes, author="林")
        assert [(c.kind, c.areas, c.author) for c in changes] == [
            ("merge", (A + "001", A + "002"), "林"), ("split", (A + "001",), "y"),
        ]  # fmt: skip
        assert ["fly" in str(r.reason) for r in refused] == [True]
