"""Run a range of seeds, in processes that may die without taking the rest along."""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import queue
import shutil
import sys
import tempfile
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2] / "src")]

os.environ["AREAPLAN_TRACEBACK"] = "1"

from fuzzing.corpus import make_corpus  # noqa: E402 - the path comes first
from fuzzing.runs import MOST_SECONDS, one_run  # noqa: E402


def _work(corpus: Path, folder: Path, seeds: list[int], results: multiprocessing.Queue) -> None:  # type: ignore[type-arg]
    for seed in seeds:
        results.put(("began", seed))
        results.put(("ended", one_run(seed, corpus, folder / str(seed))))
    results.put(("all", None))


def run(first: int, count: int, folder: Path, corpus: Path | None = None) -> list[dict[str, object]]:
    """Run the seeds; return the failures. A process that dies (a library crashed) is a failure of the seed it was at."""
    if corpus is None:
        corpus = folder / "corpus"
        corpus.mkdir(parents=True)
        make_corpus(corpus)
    failures: list[dict[str, object]] = []
    seeds = list(range(first, first + count))
    while seeds:
        results: multiprocessing.Queue = multiprocessing.Queue()  # type: ignore[type-arg]
        worker = multiprocessing.Process(target=_work, args=(corpus, folder, seeds, results))
        worker.start()
        at, quiet = seeds[0], 0
        while True:
            try:
                what, value = results.get(timeout=2)
                quiet = 0
            except queue.Empty:
                what, value, quiet = "nothing", None, quiet + 2
            if what == "began":
                at = value
            elif what == "ended" and value is not None:
                failures.append(value)
                print(json.dumps(value, ensure_ascii=True), flush=True)
            elif what == "all":
                seeds = []
                break
            elif what == "nothing" and (not worker.is_alive() or quiet > 30 * MOST_SECONDS):
                failures.append({"seed": at, "wrong": [f"the process died or hung, exit code {worker.exitcode}"]})
                print(json.dumps(failures[-1]), flush=True)
                worker.kill()
                seeds = [s for s in seeds if s > at]
                break
        worker.join()
    return failures


def main() -> None:
    """Read the range; exit 1 where a promise was broken."""
    parser = argparse.ArgumentParser(prog="python -m fuzzing", description=__doc__)
    parser.add_argument("first", type=int)
    parser.add_argument("count", type=int)
    parser.add_argument("--keep", type=Path, help="keep the folders of failed runs here")
    args = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="fuzz-"))
    failures = run(args.first, args.count, folder)
    if args.keep:
        shutil.copytree(folder, args.keep, dirs_exist_ok=True)
    shutil.rmtree(folder)
    print(f"{args.count} runs, {len(failures)} broken promises")
    sys.exit(bool(failures))


if __name__ == "__main__":
    main()
