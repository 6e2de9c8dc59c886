"""Comments come together without loss, and come back from every form as they were given."""

from __future__ import annotations

import csv
import json
import random
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from areaplan.comments import ASKS, COLUMNS, DECISIONS, REASONS, Comment, merge_comments
from areaplan.errors import InputError
from areaplan.files import read_comments, write_comments
from areaplan.messages import LANGS
from hostile import HOSTILE

DOC = Path(__file__).parents[1] / "docs" / "review-format.md"
PLAN, OTHER = "0af3" * 16, "beef" * 16
LINE = shapely.LineString([(480010, 2800020), (480110, 2800020)])


def said(reviewer: str = "林", decision: str = "revise", **more: object) -> Comment:
    usual = Comment(
        PLAN,
        "350302101003002",
        "350302101003",
        decision,
        ("border_not_on_ground",),
        reviewer=reviewer,
        time="2026-11-27T08:30:00Z",
    )
    return replace(usual, **more)


def test_the_document_has_every_code_and_label() -> None:
    """What docs/review-format.md lists is what the code knows, in both languages."""
    text = DOC.read_text(encoding="utf-8")
    for code, label in REASONS.items():
        assert f"| `{code}` |" in text
        assert label.text("zh") in text
    assert all(f"`{code}`" in text for code in (*DECISIONS, *ASKS, *COLUMNS, "wkt"))


def test_geojson_round_trip(tmp_path: Path) -> None:
    """Words, codes and sketches come back; several sketches of one comment stay one comment."""
    one = said(
        sketches=(LINE, shapely.Point(480000, 2800000)), text="应沿木兰溪", ask="redraw", ask_with="350302101003004"
    )
    two = said("陈", "approve", reasons=())
    write_comments(tmp_path / "c.geojson", [one, two], crs="EPSG:4549", plan_hash=PLAN)
    assert read_comments(tmp_path / "c.geojson", crs="EPSG:4549") == [one, two]
    data = json.loads((tmp_path / "c.geojson").read_text(encoding="utf-8"))
    assert [f["properties"]["sketch"] for f in data["features"]] == [1, 2, 0]


def test_degrees_are_projected(tmp_path: Path) -> None:
    """A file that another program turned into degrees comes back to the plan's metres within a centimetre."""
    import geopandas as gpd

    write_comments(tmp_path / "c.geojson", [said(sketches=(LINE,))], crs="EPSG:4549", plan_hash=PLAN)
    table = gpd.read_file(tmp_path / "c.geojson")
    assert table.crs.to_epsg() == 4549
    table.to_crs(4326).to_file(tmp_path / "d.geojson", driver="GeoJSON", RFC7946=True, COORDINATE_PRECISION=9)
    (back,) = read_comments(tmp_path / "d.geojson", crs="EPSG:4549")
    assert back.sketches[0].hausdorff_distance(LINE) < 0.01
    assert replace(back, sketches=()) == replace(said(), sketches=())


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gbk"])
def test_csv(tmp_path: Path, encoding: str) -> None:
    """Both encodings; the guarding apostrophe goes; the sketch is WKT."""
    row = [PLAN, "林", "2026-11-27T08:30:00Z", "350302101003002", "350302101003", "revise", "border_not_on_ground", "'=1+1 应沿溪", "", "", "1", LINE.wkt]  # fmt: skip
    with (tmp_path / "c.csv").open("w", encoding=encoding, newline="") as handle:
        csv.writer(handle).writerows([[*COLUMNS, "wkt"], row])
    assert read_comments(tmp_path / "c.csv") == [said(text="=1+1 应沿溪", sketches=(LINE,))]


@pytest.mark.parametrize("lang", LANGS)
def test_labels_of_either_language_are_codes(tmp_path: Path, lang: str) -> None:
    """A form may hold labels instead of codes; rows in which nothing was filled in are no comments; dates are times."""
    from datetime import date

    from areaplan.files.reviewing.form_rows import FORM_HEAD, FORM_TOP

    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append([])
    for name, v in {"plan_hash": PLAN, "reviewer": "林", "time": date(2026, 11, 27)}.items():
        sheet.append([FORM_TOP[name].text(lang), v])
    sheet.append([label.text(lang) for label in FORM_HEAD.values()])
    words = [DECISIONS["revise"], REASONS["name_wrong"], REASONS["other"]]
    sheet.append(["350302101003001", "350302101003"])
    sheet.append(
        ["350302101003002", "350302101003", *(w.text(lang) for w in words), "改名", ASKS["rename"].text(lang), "新名"]
    )
    book.save(tmp_path / "form.xlsx")
    assert read_comments(tmp_path / "form.xlsx") == [
        said(reasons=("name_wrong", "other"), text="改名", ask="rename", ask_with="新名", time="2026-11-27T00:00:00Z")
    ]


def test_all_faults_in_one_message(tmp_path: Path) -> None:
    """Unknown codes and times are named with their row, all at once; other files are refused in words."""
    rows = [[*COLUMNS], [PLAN, "a", "yesterday", "1", "", "revise"], [PLAN, "a", "", "1", "", "perhaps"], [PLAN, "a", "", "1", "", "revise", "because"]]  # fmt: skip
    with (tmp_path / "c.csv").open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle).writerows(rows)
    with pytest.raises(InputError) as caught:
        read_comments(tmp_path / "c.csv")
    text = caught.value.text("en")
    assert all(word in text for word in ("3 faults", "row 2", "yesterday", "row 3", "perhaps", "row 4", "because"))
    for name, content in (
        ("a.geojson", b"{"),
        ("b.geojson", b"[]"),
        ("c.xlsx", b"PK"),
        ("d.txt", b""),
        ("e.csv", b"x,y\n1,2\n"),
    ):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(InputError):
            read_comments(tmp_path / name)
    with pytest.raises(InputError):
        read_comments(tmp_path / "none.csv")


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_words_come_back(tmp_path: Path, text: str) -> None:
    """Whatever somebody types stands in the file as text."""
    comment = said(text=text.strip(), ask="rename", ask_with=text.strip())
    write_comments(tmp_path / "c.geojson", [comment], crs="EPSG:4549", plan_hash=PLAN)
    assert read_comments(tmp_path / "c.geojson") == [comment]


def test_reviewers_come_together() -> None:
    """Stale, unknown, replaced and contradicting comments are each told apart."""
    early, late = said("林", "open", time="2026-11-26T00:00:00Z"), said("林", "revise")
    against, stale, lost = said("陈", "approve"), said("林", plan_hash=OTHER), said("林", ea_code="9")
    merged = merge_comments([early, late, against, stale, lost], plan_hash=PLAN, codes={"350302101003002"})
    assert set(merged.comments) == {late, against}
    assert merged.stale == (stale,)
    assert merged.unknown == (lost,)
    assert merged.replaced == 1
    assert [set(c.comments) for c in merged.conflicts] == [{late, against}]
    twice = merge_comments([late, replace(late, text="other words")], plan_hash=PLAN)
    assert len(twice.comments) == 2
    assert len(twice.conflicts) == 1
    asked = merge_comments([said("a", ask="merge", ask_with="1"), said("b", ask="split")], plan_hash=PLAN)
    assert len(asked.conflicts) == 1


@given(st.lists(st.builds(
    Comment, st.sampled_from([PLAN, OTHER]), st.sampled_from(["1", "2", ""]), st.sampled_from(["", "v"]), st.sampled_from(list(DECISIONS)),
    text=st.sampled_from(["", "x"]), reviewer=st.sampled_from(["a", "b"]), time=st.sampled_from(["", "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"]),
), max_size=12), st.randoms())  # fmt: skip
def test_merging_loses_nothing_and_knows_no_order(comments: list[Comment], chance: random.Random) -> None:
    """Every distinct comment is held or counted as replaced; order and repetition change nothing; merging again changes nothing."""
    merged = merge_comments(comments, plan_hash=PLAN, codes={"1"})
    held = [*merged.comments, *merged.stale, *merged.unknown]
    assert len(held) + merged.replaced == len({*comments})
    shuffled = comments * 2
    chance.shuffle(shuffled)
    assert merge_comments(shuffled, plan_hash=PLAN, codes={"1"}) == merged
    again = merge_comments(held, plan_hash=PLAN, codes={"1"})
    assert (again.comments, again.stale, again.unknown, again.conflicts) == (merged.comments, merged.stale, merged.unknown, merged.conflicts)  # fmt: skip
