"""Results appear whole or not at all, whatever happens while they are written."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from areaplan.errors import OutputError
from areaplan.files.owning import MANIFEST
from areaplan.files.staged import replace_text, require_writable, staged, staged_file


def _tree(folder: Path) -> dict[str, str]:
    """Return every file under ``folder`` but the manifest, with its text."""
    return {
        p.relative_to(folder).as_posix(): p.read_text()
        for p in sorted(folder.rglob("*"))
        if p.is_file() and p.name != MANIFEST
    }


def _leftovers(folder: Path) -> list[str]:
    return [p.name for p in folder.rglob(".areaplan-*") if p.name != MANIFEST]


def _write(out: Path, files: dict[str, str], owner: str = "plan") -> None:
    with staged(out, owner=owner) as beside:
        for name, text in files.items():
            (beside / name).parent.mkdir(parents=True, exist_ok=True)
            (beside / name).write_text(text)


def _half(stage: AbstractContextManager[Path], name: str, fault: BaseException) -> None:
    with stage as beside:
        (beside / name).write_text("half")
        raise fault


def _run(code: str, out: Path) -> int:
    """Run ``code`` in another process, where ``out`` is the target; return how it ended."""
    head = "import os, signal, sys\nfrom pathlib import Path\nfrom areaplan.files.staged import staged\nout = Path(sys.argv[1])\n"
    src = str(Path(__file__).parent.parent / "src")
    done = subprocess.run(
        [sys.executable, "-c", head + code, str(out)], env={**os.environ, "PYTHONPATH": src}, check=False, timeout=60
    )
    return done.returncode


def test_files_appear_when_the_block_ends(tmp_path: Path) -> None:
    """A target that does not exist yet is made, with its parents, and nothing else is left."""
    out = tmp_path / "deep" / "er" / "out"
    _write(out, {"plan.gpkg": "p", "sheets/a.pdf": "s"})
    assert _tree(out) == {"plan.gpkg": "p", "sheets/a.pdf": "s"}
    assert [p.name for p in out.parent.iterdir()] == ["out"]


def test_nothing_shows_before_the_block_ends(tmp_path: Path) -> None:
    """While the block writes, the target holds the old output only."""
    out = tmp_path / "out"
    _write(out, {"a": "old"})
    with staged(out) as beside:
        (beside / "a").write_text("new")
        assert _tree(out) == {"a": "old"}
        assert beside.parent.parent == tmp_path, "the staging folder stands beside the target"
    assert _tree(out) == {"a": "new"}


def test_files_of_others_stay(tmp_path: Path) -> None:
    """What areaplan did not write is never touched, nor what another verb wrote."""
    out = tmp_path / "out"
    out.mkdir()
    (out / "letter.txt").write_text("mine")
    _write(out, {"plan": "1"}, owner="plan")
    _write(out, {"page": "1"}, owner="maps")
    _write(out, {"plan": "2"}, owner="plan")
    assert _tree(out) == {"letter.txt": "mine", "plan": "2", "page": "1"}


def test_what_is_no_longer_made_is_removed_unless_somebody_changed_it(tmp_path: Path) -> None:
    """Of the owner's earlier files those still as written go, with their empty folders; edited ones stay."""
    out = tmp_path / "out"
    _write(out, {"a": "1", "sub/b": "1", "c": "1"})
    (out / "c").write_text("edited by hand")
    _write(out, {"a": "2"})
    assert _tree(out) == {"a": "2", "c": "edited by hand"}
    assert not (out / "sub").exists()


def test_a_hostile_list_removes_nothing_outside(tmp_path: Path) -> None:
    """The list inside a folder may come from anywhere: names that lead out of it are not followed."""
    import hashlib

    out, victim = tmp_path / "out", tmp_path / "victim"
    _write(out, {"a": "1"})
    victim.write_text("v")
    digest = hashlib.sha256(b"v").hexdigest()
    (out / MANIFEST).write_text(json.dumps({"plan": {"../victim": digest, str(victim): digest}}))
    _write(out, {"a": "2"})
    assert victim.exists()


def test_the_same_content_again_gives_the_same_bytes(tmp_path: Path) -> None:
    """A rewrite of the same content changes no byte of any file, the manifest included."""
    out = tmp_path / "out"
    _write(out, {"a": "1", "b/c": "2"})
    before = {p: p.read_bytes() for p in out.rglob("*") if p.is_file()}
    _write(out, {"a": "1", "b/c": "2"})
    assert {p: p.read_bytes() for p in out.rglob("*") if p.is_file()} == before


@pytest.mark.parametrize("fault", [ValueError("verify failed"), KeyboardInterrupt()])
def test_an_exception_keeps_the_old_output(tmp_path: Path, fault: BaseException) -> None:
    """Whatever is raised in the block comes out as it is, and the target is as it was."""
    out = tmp_path / "out"
    _write(out, {"a": "old"})
    with pytest.raises(type(fault)):
        _half(staged(out), "a", fault)
    assert _tree(out) == {"a": "old"}
    assert not _leftovers(tmp_path)


def test_an_exception_leaves_no_new_folders(tmp_path: Path) -> None:
    """Parents made for a target that never came are removed again."""
    with pytest.raises(ValueError, match="no"), staged(tmp_path / "x" / "y"):
        raise ValueError("no")
    assert list(tmp_path.iterdir()) == []


def test_kill_while_writing_keeps_the_old_output_and_is_swept(tmp_path: Path) -> None:
    """Kill -9 in the middle of writing: the old output is intact; the next run clears the remains."""
    out = tmp_path / "out"
    _write(out, {"a": "old"})
    code = "with staged(out) as s:\n (s / 'a').write_text('half')\n os.kill(os.getpid(), signal.SIGKILL)"
    assert _run(code, out) == -signal.SIGKILL
    assert _tree(out) == {"a": "old"}
    assert len(list(tmp_path.glob(".areaplan-*"))) == 1
    _write(out, {"a": "new"})
    assert _tree(out) == {"a": "new"}
    assert not _leftovers(tmp_path)


def test_kill_while_moving_is_finished_by_the_next_run(tmp_path: Path) -> None:
    """Kill -9 between two renames: each file is whole, old or new; the next run completes the move, even if it fails itself."""
    out = tmp_path / "out"
    _write(out, {"a": "old", "b": "old", "gone": "old"})
    code = (
        "real, count = os.replace, []\n"
        "def replace(*p):\n"
        " count.append(1)\n"
        " if len(count) == 2: os.kill(os.getpid(), signal.SIGKILL)\n"
        " real(*p)\n"
        "os.replace = replace\n"
        "with staged(out, owner='plan') as s:\n (s / 'a').write_text('new'); (s / 'b').write_text('new')\n"
    )
    assert _run(code, out) == -signal.SIGKILL
    assert _tree(out) == {"a": "new", "b": "old", "gone": "old"}
    with pytest.raises(ValueError, match="later"), staged(out):
        raise ValueError("later")
    assert _tree(out) == {"a": "new", "b": "new"}
    assert not _leftovers(tmp_path)


@pytest.mark.parametrize("fails_at", range(1, 6))
def test_an_error_while_moving_puts_everything_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails_at: int
) -> None:
    """A file that another program holds open stops the move: every old file is back, every new one gone."""
    out = tmp_path / "out"
    old = {"a": "old", "b/c": "old", "gone/d": "old"}
    _write(out, old)
    real, count = os.replace, []

    def replace(source: str, target: str) -> None:
        count.append(1)
        if len(count) == fails_at:
            raise PermissionError(errno.EACCES, "sharing violation", str(source), None, str(target))
        real(source, target)

    monkeypatch.setattr(os, "replace", replace)
    with pytest.raises(OutputError, match=r"cannot be replaced|cannot be written"):
        _write(out, {"a": "new", "b/c": "new", "e/f": "new"})
    monkeypatch.undo()
    assert _tree(out) == old
    assert not (out / "e").exists()
    assert not _leftovers(tmp_path)


def test_a_folder_under_an_output_name_is_named(tmp_path: Path) -> None:
    """A folder where a file belongs is an error; the folder stays."""
    out = tmp_path / "out"
    (out / "plan.gpkg").mkdir(parents=True)
    with pytest.raises(OutputError, match="nothing was changed"):
        _write(out, {"a": "1", "plan.gpkg": "p"})
    assert _tree(out) == {}
    assert (out / "plan.gpkg").is_dir()


@pytest.mark.parametrize("path", ["file", "file/out", "/proc/out", "/proc/1/deep/out"])
def test_an_impossible_target_is_one_clear_error(tmp_path: Path, path: str) -> None:
    """A file where a folder should be, or a place that takes no files, is an OutputError before any work."""
    if path.startswith("/proc") and not Path("/proc").is_dir():
        pytest.skip("this system has no /proc")
    (tmp_path / "file").write_text("f")
    place = tmp_path / path
    for use in (require_writable, lambda p: _write(p, {"a": "1"})):
        with pytest.raises(OutputError) as caught:
            use(place)
        assert str(place) in str(caught.value)
    assert (tmp_path / "file").read_text() == "f"


def test_a_full_disk_is_said_so(tmp_path: Path) -> None:
    """ENOSPC in the block is an OutputError; other errors of the block are not ours to rename."""
    with pytest.raises(OutputError, match="disk is full"), staged(tmp_path / "out"):
        raise OSError(errno.ENOSPC, "No space left on device")
    with pytest.raises(FileNotFoundError), staged(tmp_path / "out"):
        Path("/no/such/input").read_text()


def test_two_runs_at_once_do_not_mix(tmp_path: Path) -> None:
    """While one run writes, another into the same folder is refused; into another folder it is not."""
    with staged(tmp_path / "out") as beside:
        (beside / "a").write_text("first")
        with pytest.raises(OutputError, match="another run"):
            _write(tmp_path / "out", {"a": "second"})
        _write(tmp_path / "out2", {"a": "other"})
    assert _tree(tmp_path / "out") == {"a": "first"}


def test_long_names_and_links_are_fine(tmp_path: Path) -> None:
    """A target of 80 Chinese characters fits; a link to a folder is followed, not replaced."""
    long = tmp_path / ("村" * 80)
    _write(long, {"a": "1"})
    assert _tree(long) == {"a": "1"}
    link = tmp_path / "link"
    link.symlink_to(long, target_is_directory=True)
    _write(link, {"a": "2"})
    assert link.is_symlink()
    assert _tree(long) == {"a": "2"}


def test_without_hard_links_the_old_file_is_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On file systems without links the move still works."""
    out = tmp_path / "out"
    _write(out, {"a": "old"})

    def no_link(*_: object) -> None:
        raise OSError(errno.EPERM, "not supported")

    monkeypatch.setattr(os, "link", no_link)
    _write(out, {"a": "new"})
    assert _tree(out) == {"a": "new"}


def test_one_file_replaces_its_elder_whole(tmp_path: Path) -> None:
    """A single file: old until the block ends well, and no trace of a failed try."""
    place = tmp_path / "page.html"
    with staged_file(place) as beside:
        beside.write_text("one")
    with pytest.raises(ValueError, match="no"):
        _half(staged_file(place), ".", ValueError("no"))
    assert place.read_text() == "one"
    assert [p.name for p in tmp_path.iterdir()] == ["page.html"]


def test_without_an_owner_nothing_is_removed(tmp_path: Path) -> None:
    """A verb that names no owner only adds and replaces."""
    out = tmp_path / "out"
    _write(out, {"plan": "1"})
    with staged(out) as beside:
        (beside / "page").write_text("1")
    assert _tree(out) == {"plan": "1", "page": "1"}


def test_text_is_the_same_on_every_system(tmp_path: Path) -> None:
    """Text files are UTF-8 with plain line ends."""
    replace_text(tmp_path / "t.toml", "一\n二\n")
    assert (tmp_path / "t.toml").read_bytes() == "一\n二\n".encode()
