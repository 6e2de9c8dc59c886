"""One run: copy the sound files, spoil one, run a verb on it, and hold what happened against the promises."""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import unicodedata
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from fuzzing.spoil import spoil
from here import Done, run_here

__all__ = ["MOST_SECONDS", "one_run"]

MOST_SECONDS = 60
EVERY_PROCESS = 100
"""Each run with this number is made as a process of its own, as users run it."""

PLANS = ("town.toml", "town_shp.toml", "town_geojson.toml", "town_fgb.toml", "town_parquet.toml", "blocks.toml")
LAYER = [
    "drawn.gpkg",
    "--layer",
    "areas",
    "--against",
    "drawn.gpkg",
    "--against-layer",
    "villages",
    "--code",
    "ea_code",
    "--parent-code",
    "village_code",
    "--households",
    "households",
]
RECIPES: list[tuple[int, list[str], tuple[str, ...]]] = [
    (8, ["plan", "{settings}", "--out", "out", "--jobs", "1"], ("{settings}", "{settings}", "town.gpkg", "villages.*", "buildings.*", "streets.*", "totals.*")),
    (5, ["check", "plan.gpkg", "--out", "out", "--json"], ("plan.gpkg",)),
    (6, ["check", "plan.gpkg", "--config", "town.toml", "--json"], ("plan.gpkg", "town.gpkg", "town.toml")),
    (4, ["check", "plan.gpkg", "--previous", "plan.gpkg"], ("plan.gpkg",)),
    (4, ["check", *LAYER, "--out", "out", "--opinion"], ("drawn.gpkg",)),
    (14, ["check", *LAYER], ("drawn.gpkg",)),
    (18, ["check", "drawn.geojson", "--code", "ea_code", "--households", "households"], ("drawn.geojson",)),
    (9, ["check", "drawn.gpkg", "--layer", "villages", "--codes", "codes.csv", "--base-map", "drawn.gpkg", "--base-map-layer", "villages"], ("codes.csv", "drawn.gpkg")),
    (6, ["check", "plan.gpkg", "--staff", "staff.csv", "--rules", "own.toml"], ("staff.csv", "own.toml")),
    (12, ["check", "drawn.gpkg", "--layer", "areas", "--config", "{settings}"], ("{settings}", "villages.*", "buildings.*", "streets.*", "totals.*")),
    (9, ["verify", "certificate.json", "plan.gpkg"], ("certificate.json", "certificate.json", "plan.gpkg")),
    (2, ["maps", "plan.gpkg", "--out", "out"], ("plan.gpkg",)),
    (3, ["export", "plan.gpkg", "--format", "{format}", "--out", "out"], ("plan.gpkg",)),
    (1, ["init", "."], ("villages.*", "buildings.*", "totals.*", "town.gpkg", "drawn.geojson")),
]  # fmt: skip
"""Weight, verb and arguments, and which files are spoilt for it."""


def one_run(seed: int, corpus: Path, folder: Path) -> dict[str, Any] | None:
    """Run one seed in ``folder`` (made, and emptied if all went well); return the failure, if it was one."""
    chance = random.Random(seed)
    shutil.copytree(corpus, folder)
    arguments, done_to = _prepare(folder, chance)
    before = _old_output(folder)
    start = _worked()
    done = _process(arguments, folder) if seed % EVERY_PROCESS == 0 else _here(arguments, folder)
    seconds = _worked() - start
    wrong = list(_broken_promises(done, folder, before, seconds))
    if not wrong:
        shutil.rmtree(folder)
        return None
    return {
        "seed": seed, "wrong": wrong, "arguments": arguments, "spoilt": done_to, "seconds": round(seconds, 1),
        "code": done.code, "trace": done.trace[-1500:], "err": done.err[-600:],
    }  # fmt: skip


def _worked() -> float:
    """Return the seconds of work of this process and those it started: a busy machine makes no run late."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def _prepare(folder: Path, chance: random.Random) -> tuple[list[str], str]:
    weights = [w for w, _, _ in RECIPES]
    _, arguments, patterns = chance.choices(RECIPES, weights)[0]
    given = {"{settings}": chance.choice(PLANS), "{format}": chance.choice(["shp", "geojson", "parquet", "kml", "gdb"])}
    arguments = [given.get(a, a) for a in arguments]
    pattern = chance.choice(patterns)
    target = chance.choice(sorted(p for p in folder.glob(given.get(pattern, pattern)) if p.is_file()))
    others = [p for p in sorted(folder.iterdir()) if p != target and p.is_file()]
    return arguments, f"{target.name}: {spoil(target, others, chance)}"


def _old_output(folder: Path) -> dict[str, str]:
    """Leave the output of an earlier day, which a refused run must not touch."""
    (folder / "out").mkdir()
    (folder / "out" / "plan.gpkg").write_text("yesterday's")
    (folder / "out" / "notes of others.txt").write_text("keep me")
    return _content(folder / "out")


def _content(folder: Path) -> dict[str, str]:
    return {
        p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in folder.rglob("*")
        if p.is_file()
    }


class _Late(BaseException):
    pass


@contextmanager
def _bounded() -> Iterator[None]:
    def late(_signal: int, _frame: object) -> None:
        raise _Late

    signal.signal(signal.SIGPROF, late)
    signal.setitimer(signal.ITIMER_PROF, MOST_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _here(arguments: list[str], folder: Path) -> Done:
    back = Path.cwd()
    os.chdir(folder)
    try:
        with _bounded():
            return run_here(arguments)
    except _Late:
        return Done(None, "", "", "too late")
    finally:
        os.chdir(back)


def _process(arguments: list[str], folder: Path) -> Done:
    command = [sys.executable, "-m", "areaplan", *arguments, "--lang", "en"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p), "LC_ALL": "C.UTF-8"}
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, timeout=30 * MOST_SECONDS, check=False, env=environment
        )
    except subprocess.TimeoutExpired:
        return Done(None, "", "", "too late")
    out, err = done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")
    return Done(done.returncode, out, err, err if "Traceback" in err else "")


def _broken_promises(done: Done, folder: Path, before: dict[str, str], seconds: float) -> Iterator[str]:
    if done.trace:
        yield f"an exception escaped: {done.trace.strip().splitlines()[-1][:160]}"
    elif done.code not in (0, 1, 2):
        yield f"exit code {done.code}"
    if seconds > MOST_SECONDS:
        yield f"took {seconds:.0f} s"
    yield from _ill_said(done)
    yield from _ill_written(done, folder, before)


def _ill_said(done: Done) -> Iterator[str]:
    if done.code == 2 and not done.err.strip():
        yield "refused without a word"
    if "Warning" in done.err:
        yield f"a library's remark on the screen: {done.err[:200]}"
    if len(done.err) > 20_000:
        yield f"a message of {len(done.err)} characters"
    said = done.out + done.err
    obeyed = sorted({c for c in said if c != "\n" and unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp")})
    if obeyed:
        yield f"characters that a terminal obeys: {obeyed!r}"


def _ill_written(done: Done, folder: Path, before: dict[str, str]) -> Iterator[str]:
    if any(p.name.startswith(".areaplan-") and p.is_dir() for p in (*folder.iterdir(), *(folder / "out").iterdir())):
        yield "a hidden folder was left behind"
    after = _content(folder / "out")
    if done.code not in (0, 1) and after != before:
        yield "a refused run changed the output"
    if after.get("notes of others.txt") != before["notes of others.txt"]:
        yield "a file of others was touched"
    yield from _half_written(folder / "out", {n for n, d in after.items() if before.get(n) != d})


def _half_written(out: Path, names: set[str]) -> Iterator[str]:
    """Open everything that was written."""
    for name in sorted(names):
        path = out / name
        try:
            match path.suffix:
                case ".gpkg":
                    with closing(sqlite3.connect(path)) as db:
                        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
                case ".json" | ".geojson":
                    json.loads(path.read_text(encoding="utf-8"))
                case ".html":
                    assert path.read_text(encoding="utf-8").rstrip().endswith("</html>")
                case ".docx" | ".xlsx":
                    assert zipfile.ZipFile(path).testzip() is None
        except Exception as e:  # whatever it is, the file is not whole
            yield f"{name} is not whole: {type(e).__name__} {str(e)[:100]}"
