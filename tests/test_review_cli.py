"""The verbs of the review loop, one of each kind as a process; and reviewers' comments that become changes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import geopandas as gpd
import pytest
import shapely
from docx import Document
from openpyxl import load_workbook

from areaplan.certificate import content_hash
from areaplan.comments import Comment
from areaplan.files import read_plan, write_comments, write_plan
from areaplan.review import changes_from_comments, revise
from here import run_here
from toys import CRS, EAST, NORTH, toy_plan

A = "350302101001"


def as_process(*arguments: object, lang: str = "en") -> subprocess.CompletedProcess[str]:
    """Run a verb as an office does."""
    command = [sys.executable, "-m", "areaplan", *map(str, arguments), "--lang", lang]
    return subprocess.run(
        command, capture_output=True, text=True, encoding="utf-8", check=False, env=os.environ | {"COLUMNS": "250"}
    )


def areaplan(*arguments: object, lang: str = "en") -> subprocess.CompletedProcess[str]:
    """Run a verb within this process, which spares the seconds in which a new one imports everything."""
    words = [str(a) for a in arguments]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLUMNS", "250")
        done = run_here(words, lang=lang)
    assert done.code is not None, done.trace
    return subprocess.CompletedProcess(words, done.code, done.out, done.err)


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    """Write the toy town."""
    made = toy_plan()
    write_plan(made, tmp_path / "plan.gpkg", content_hash=content_hash(made))
    return tmp_path / "plan.gpkg"


class TestRevise:
    TABLE = f"""操作,小区,至小区,wkt,理由,提出人,内容
调整界线,{A}001,{A}002,"LINESTRING ({EAST + 60} {NORTH - 5}, {EAST + 60} {NORTH + 205})",实地,林,
更名,{A}003,,,门牌,林,=1+1
合并,{A}001,{A}004,,近,林,
"""

    def test_makes_refuses_replays_and_differs(self, plan: Path, tmp_path: Path) -> None:
        (tmp_path / "wishes.csv").write_text(self.TABLE, encoding="gbk")
        dry = as_process("revise", plan, tmp_path / "wishes.csv", "--dry-run")
        assert dry.returncode == 1
        assert "2 changes made, 1 refused" in dry.stdout
        assert "share no border" in dry.stdout
        assert not (tmp_path / "revised").exists()
        done = areaplan("revise", plan, tmp_path / "wishes.csv", lang="zh")
        assert "采纳修改 2 条，退回 1 条" in done.stdout
        folder = tmp_path / "revised"
        assert {"plan.gpkg", "certificate.json", "review.html", "changes.xlsx"} <= {p.name for p in folder.iterdir()}
        book = load_workbook(folder / "changes.xlsx")
        assert [s.max_row - 1 for s in book.worksheets] == [2, 1, 3]
        assert all(c.data_type != "f" for s in book.worksheets for r in s.iter_rows() for c in r)
        again = areaplan("replay", plan, folder)
        assert (again.returncode, "2 revisions give the same plan again" in again.stdout) == (0, True)
        found = json.loads(areaplan("diff", plan, folder, "--json").stdout)
        assert {a["ea_code"][-3:]: a["state"] for a in found["areas"]} == {
            "001": "ground",
            "002": "ground",
            "003": "columns",
        }
        assert areaplan("verify", folder / "certificate.json", folder / "plan.gpkg").returncode == 0

    def test_bad_files_are_one_message(self, plan: Path, tmp_path: Path) -> None:
        (tmp_path / "x.csv").write_text("action,area,wkt\nsplit,a,LINE(\nsplit,b,POINT\n", encoding="utf-8")
        for arguments, said in (
            (("revise", plan, tmp_path / "none.csv"), "no such file"),
            (("revise", plan, tmp_path / "x.csv"), "2 faults"),
            (("revise", plan, plan.with_suffix(".doc")), "changes are read from"),
            (("replay", plan, plan, "--until", 1), "--out"),
        ):
            run = areaplan(*arguments)
            assert (run.returncode, said in run.stderr, "Traceback" in run.stderr) == (2, True, False), run.stderr


class TestRecord:
    def test_issue_sign_and_the_next_plan_is_held_to_it(self, plan: Path, tmp_path: Path) -> None:
        run = areaplan("issue", plan, "--lock", "borders", "--by", "林", "--date", "2026-11-27")
        assert run.returncode == 0, run.stderr
        receipt = Document(str(tmp_path / "issued" / "receipt.docx"))
        text = "\n".join(c.text for t in receipt.tables for r in t.rows for c in r.cells)
        assert {"plan.gpkg", "certificate.json", content_hash(toy_plan())} <= set(text.split("\n"))
        signed = areaplan("sign", tmp_path / "issued", "--level", "township", "--name", "陈", "--date", "2026-11-28")
        assert signed.returncode == 0, signed.stderr
        issued = read_plan(tmp_path / "issued")
        assert issued.tables["signatures"].to_dict("records")[0]["content_hash"] == content_hash(issued)
        (tmp_path / "m.csv").write_text(
            f"action,area,to,cells,reason,author\nmove,{A}001,{A}002,{A}-00001,x,y\n", encoding="utf-8"
        )
        refused = areaplan("revise", tmp_path / "issued", tmp_path / "m.csv")
        assert "R19" in refused.stdout
        assert "nothing is written" in refused.stderr

    def test_a_plan_with_errors_is_not_issued_unless_said_why(self, tmp_path: Path) -> None:
        from toys import toy_settings

        made = toy_plan(toy_settings(target_households=90, min_households=80, max_households=100))
        write_plan(made, tmp_path / "plan.gpkg", content_hash=content_hash(made))
        run = areaplan("issue", tmp_path, "--lock", "all", "--by", "林")
        assert (run.returncode, (tmp_path / "issued").exists()) == (1, False)
        assert areaplan("issue", tmp_path, "--lock", "all", "--by", "林", "--despite", "pilot").returncode == 0
        assert read_plan(tmp_path / "issued").tables["issues"]["remark"].tolist() == ["pilot"]


class TestCompare:
    def test_rounds_close_items_by_measurement(self, plan: Path, tmp_path: Path) -> None:
        table = gpd.GeoDataFrame(
            {"代码": toy_plan().areas["ea_code"]}, geometry=list(toy_plan().areas.geometry), crs=CRS
        )
        table.to_file(tmp_path / "good.gpkg")
        table.loc[0, "geometry"] = shapely.box(EAST, NORTH, EAST + 58, NORTH + 200)
        table.loc[1, "geometry"] = shapely.box(EAST + 58, NORTH, EAST + 100, NORTH + 200)
        table.to_file(tmp_path / "back.gpkg")
        one = areaplan(
            "compare", plan, tmp_path / "back.gpkg", "--out", tmp_path / "one", "--to", "某公司", "--due", "2026-12-10"
        )
        assert one.returncode == 1
        assert "moved by up to 8.0 m" in one.stdout
        names = {p.name for p in (tmp_path / "one").iterdir()}
        assert {
            "opinion.docx",
            "opinion.html",
            "opinion_register.json",
            "opinion_register.xlsx",
            "differences.geojson",
            "changes.html",
        } <= names
        known = tmp_path / "one" / "opinion_register.json"
        two = areaplan("compare", plan, tmp_path / "good.gpkg", "--register", known, "--out", tmp_path / "two")
        items = json.loads((tmp_path / "two" / "opinion_register.json").read_text(encoding="utf-8"))["items"]
        assert [i["state"] for i in items if i["rule"] == "R23"] == ["closed"]
        assert "closed by measurement" in two.stdout

    def test_json_and_bad_input(self, plan: Path, tmp_path: Path) -> None:
        gpd.GeoDataFrame({"x": [1]}, geometry=[shapely.box(0, 0, 1, 1)], crs=4326).to_file(tmp_path / "far.gpkg")
        run = as_process("compare", plan, tmp_path / "far.gpkg")
        assert (run.returncode, "--points" in run.stderr) == (2, True)
        toy_plan().areas[["ea_code", "name", "geometry"]].to_file(tmp_path / "same.gpkg")
        found = json.loads(areaplan("compare", plan, tmp_path / "same.gpkg", "--json").stdout)
        assert [d["kind"] for d in found["differences"]] == ["column"]


class TestJudgement:
    def test_the_judge_keeps_the_same_register(self, tmp_path: Path) -> None:
        """Two townships that overlap, then mended: the item closes."""
        grounds = [
            shapely.box(EAST, NORTH, EAST + 110, NORTH + 100),
            shapely.box(EAST + 100, NORTH, EAST + 200, NORTH + 100),
        ]
        codes = {"code": ["350302101001", "350302101002"]}
        gpd.GeoDataFrame(codes, geometry=grounds, crs=CRS).to_file(tmp_path / "bad.gpkg")
        grounds[0] = shapely.box(EAST, NORTH, EAST + 100, NORTH + 100)
        gpd.GeoDataFrame(codes, geometry=grounds, crs=CRS).to_file(tmp_path / "good.gpkg")
        one = areaplan(
            "check",
            tmp_path / "bad.gpkg",
            "--code",
            "code",
            "--opinion",
            "--to",
            "某公司",
            "--due",
            "2026-12-10",
            "--out",
            tmp_path / "one",
        )
        assert one.returncode == 1, one.stderr
        known = tmp_path / "one" / "opinion_register.json"
        areaplan(
            "check",
            tmp_path / "good.gpkg",
            "--code",
            "code",
            "--opinion",
            "--register",
            known,
            "--out",
            tmp_path / "two",
        )
        items = json.loads((tmp_path / "two" / "opinion_register.json").read_text(encoding="utf-8"))["items"]
        assert [(i["state"], i["responsible"]) for i in items if i["rule"] == "R02"] == [("closed", "某公司")]


class TestComments:
    def said(self, code: str, **more: object) -> Comment:
        first = {
            "plan_hash": content_hash(toy_plan()),
            "ea_code": A + code,
            "decision": "revise",
            "reviewer": "林",
            "time": "2026-11-27T08:00:00Z",
        }
        return Comment(**(first | more))  # type: ignore[arg-type]

    def test_exact_demands_become_changes(self) -> None:
        plan = toy_plan()
        line = shapely.LineString([(EAST + 60, NORTH - 5), (EAST + 60, NORTH + 205)])
        lasso = shapely.box(EAST + 160, NORTH + 120, EAST + 190, NORTH + 180)
        comments = [
            self.said("001", ask="redraw", ask_with=A + "002", sketches=(line,), reasons=("border_not_on_ground",)),
            self.said("003", ask="rename", ask_with="三"),
            self.said("004", ask="move", ask_with=A + "003", sketches=(lasso,)),
            self.said("002", decision="approve"),
        ]
        changes, refused = changes_from_comments(comments, plan, plan_hash=content_hash(plan))
        assert refused == []
        assert sorted(c.kind for c in changes) == ["border", "move", "rename"]
        assert next(c for c in changes if c.kind == "move").cells == (f"{A}-00004",)
        assert not revise(plan, changes).refused

    def test_a_lasso_from_the_receiving_side(self) -> None:
        plan = toy_plan()
        lasso = shapely.box(EAST + 160, NORTH + 120, EAST + 190, NORTH + 180)
        (change,), _ = changes_from_comments(
            [self.said("003", ask="move", sketches=(lasso,))], plan, plan_hash=content_hash(plan)
        )
        assert (change.to, change.cells) == (A + "003", (f"{A}-00004",))

    def test_words_stale_unknown_and_conflicts_are_left_for_a_person(self) -> None:
        plan = toy_plan()
        comments = [
            self.said("001", text="太大"),
            self.said("002", plan_hash="0" * 64, ask="split"),
            self.said("099", ask="split"),
            self.said("003", ask="split"),
            self.said("003", decision="approve", reviewer="陈"),
            self.said("004", ask="redraw"),
        ]
        changes, refused = changes_from_comments(comments, plan, plan_hash=content_hash(plan))
        assert changes == []
        told = sorted(str(r.reason)[:24] for r in refused)
        assert told == sorted([
            "it asks in words only; s", "it was made on another v", f"the plan has no area {A}"[:24], "the reviewers 林, 陈 do no",
            "it does not say with whi",
        ])  # fmt: skip

    def test_a_file_of_comments_revises(self, plan: Path, tmp_path: Path) -> None:
        write_comments(
            tmp_path / "c.geojson",
            [self.said("003", ask="rename", ask_with="三")],
            crs=CRS,
            plan_hash=content_hash(toy_plan()),
        )
        run = areaplan("revise", plan, tmp_path / "c.geojson")
        assert run.returncode == 0, run.stderr + run.stdout
        assert "三" in set(read_plan(tmp_path / "revised").areas["name"])
