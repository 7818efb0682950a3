"""Feeds damaged maps to the reader and the lane graph: only `RoadError` may come out, within 20 s and 256 MB each. Source: ours.

    python -m sim_suite.studies.road_fuzz [--count 10000] [--seed 0] [FILE.xodr ...]
    python -m sim_suite.studies.road_fuzz --undamaged FILE.xodr ...

Without files, the small maps of scenarios/maps are damaged. A child process does the work, so that a crash, an endless loop or
memory without bound is counted and not suffered; what went wrong is printed with the seed that brings it back. The counts go to
runs/road_fuzz.json (or --result), as the guide to roads cites them. With --undamaged each file is judged once, as it is.
"""

from __future__ import annotations

import argparse
import contextlib
import resource
import select
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from sim_suite.driving.roads.graph.build import build_graph
from sim_suite.driving.roads.opendrive.findings import RoadError
from sim_suite.driving.roads.opendrive.reader import parse_opendrive
from sim_suite.driving.roads.opendrive.writer import to_xml
from sim_suite.files import write_json
from sim_suite.studies.road_mutations import mutate

WATCHDOG_S: Final = 20.0
MOST_BYTES: Final = 256 << 20
"""Memory that one file may take beyond what the process held before."""
COUNT: Final = 10_000
LARGEST_MAP: Final = 100_000
"""Bytes of the shipped maps that are damaged; in larger ones a mutation hits the same kinds of elements, more slowly."""
MODULE: Final = "sim_suite.studies.road_fuzz"
RESULT: Final = Path("runs") / "road_fuzz.json"
PROGRESS: Final = 50
"""Files between two looks at how far it is, on a terminal. Ours: some seconds."""
GOOD: Final = frozenset({"read", "refused"})


class Outcome(NamedTuple):
    """What became of one damaged file."""

    path: Path
    seed: int
    what: str
    """read, refused, or what went wrong."""
    seconds: float


def judge(data: bytes) -> str:
    """read, refused, or what went wrong, of one file."""
    try:
        document = parse_opendrive(data).document
        build_graph(document)
        if parse_opendrive(to_xml(document).encode()).document != document:
            return "a repaired document does not read back equal"
    except RoadError as error:
        return "refused" if "\n" not in str(error) else f"a message of several lines: {str(error)!r}"
    except BaseException as error:  # whatever comes out is the finding
        return f"{type(error).__name__}: {str(error)[:200]}".replace("\n", " ")
    return "read"


def fuzz(paths: Sequence[Path], count: int, first_seed: int = 0, module: str = MODULE) -> Iterator[Outcome]:
    """`count` damaged files, taking turns among `paths`, judged in a child process that is renewed when it dies or hangs.

    module: what the child runs with --worker.
    """
    worker: _Worker | None = None
    try:
        for seed in range(first_seed, first_seed + count):
            path = paths[seed % len(paths)]
            worker = worker or _Worker(paths, module)
            start = time.perf_counter()
            what = worker.ask(path, seed)
            seconds = time.perf_counter() - start
            if what is None:
                what = worker.end()
                worker = None
            yield Outcome(path, seed, what, seconds)
    finally:
        if worker is not None:
            worker.end()


class _Worker:
    """A child that answers one line for each line it is given."""

    def __init__(self, paths: Sequence[Path], module: str) -> None:
        command = [sys.executable, "-m", module, "--worker", *map(str, paths)]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        self._answer(600.0)  # imports, and kernels that were never compiled

    def ask(self, path: Path, seed: int) -> str | None:
        """What became of the file; None if the child died or passed the watchdog."""
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.write(f"{seed} {path}\n")
            self._process.stdin.flush()
        return self._answer(WATCHDOG_S)

    def end(self) -> str:
        """End the child and say how it ended. One that died closes its pipe a moment before it is gone, so it is given a second."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()
        hung = False
        try:
            self._process.wait(1.0)
        except subprocess.TimeoutExpired:
            hung = True
            self._process.kill()
        status = self._process.wait()
        self._process.stdout.close()
        return f"no answer within {WATCHDOG_S:.0f} s" if hung else f"the process died with status {status}"

    def _answer(self, patience_s: float) -> str | None:
        pipe = self._process.stdout
        assert pipe is not None
        if not select.select([pipe], [], [], patience_s)[0]:
            return None
        return pipe.readline().rstrip("\n") or None


def work(
    paths: Sequence[Path],
    judging: Callable[[bytes, Path], str] = lambda data, _path: judge(data),
    mutating: Callable[[bytes, int], bytes] = mutate,
) -> None:
    """The child: judges "SEED PATH" lines from standard input, with a limit on its data."""
    originals = {str(path): path.read_bytes() for path in paths}
    for path, data in originals.items():
        judging(data, Path(path))  # compiles what is not compiled yet, outside of the limits
    _limit_data()
    print("ready", flush=True)
    for line in sys.stdin:
        seed, path = line.rstrip("\n").split(" ", 1)
        print(judging(mutating(originals[path], int(seed)), Path(path)), flush=True)


def _limit_data() -> None:
    """Let the process grow by `MOST_BYTES` from here on; what goes beyond is a MemoryError."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    held = next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmData"))
    resource.setrlimit(resource.RLIMIT_DATA, (held + MOST_BYTES, resource.RLIM_INFINITY))


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line. Returns 1 if anything but `RoadError` came out."""
    parser = command_line(__doc__, "maps", RESULT)
    parser.add_argument("--undamaged", action="store_true", help="judge each file once, as it is")
    options = parser.parse_args(arguments)
    if options.worker:
        work(options.files)
        return 0
    paths = options.files or _shipped()
    if options.undamaged:
        return judge_undamaged(paths)
    return count_outcomes(fuzz(paths, options.count, options.seed), paths, options)


def command_line(doc: str | None, what: str, result: Path) -> argparse.ArgumentParser:
    """The options that studies of damaged files share. what: "maps", ..., which are damaged."""
    parser = argparse.ArgumentParser(description=doc.splitlines()[0] if doc else None)
    parser.add_argument("--count", type=int, default=COUNT)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--result", type=Path, default=result, help=f"where the counts go (default: {result})")
    parser.add_argument("--worker", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("files", nargs="*", type=Path)
    parser.set_defaults(what=what)
    return parser


def count_outcomes(outcomes: Iterator[Outcome], paths: Sequence[Path], options: argparse.Namespace) -> int:
    """Count, print what went wrong, and write the counts. Returns 1 if anything did."""
    tally = Counter({"read": 0, "refused": 0, "wrong": 0})
    slowest = 0.0
    for done, outcome in enumerate(outcomes):
        slowest = max(slowest, outcome.seconds)
        tally[outcome.what if outcome.what in GOOD else "wrong"] += 1
        if outcome.what not in GOOD:
            print(f"{outcome.path} seed {outcome.seed}: {outcome.what}", flush=True)
        if done % PROGRESS == 0 and sys.stderr.isatty():
            print(f"\r{done} of {options.count}", end="\r", file=sys.stderr, flush=True)
    print(f"{options.count} files from {len(paths)} {options.what}: {dict(tally)}; slowest {slowest:.2f} s")
    result = {"files": options.count, "first_seed": options.seed, options.what: [path.name for path in paths], **tally}
    write_json(options.result, result | {"slowest_s": round(slowest, 3)})
    return int(tally["wrong"] > 0)


def judge_undamaged(paths: Sequence[Path]) -> int:
    """Each file as it is: read, built, written and read back equal, or refused. Prints the counts; 1 if anything else came out."""
    tally: Counter[str] = Counter()
    for path in paths:
        what = judge(path.read_bytes())
        tally[what if what in GOOD else "wrong"] += 1
        if what != "read":
            print(f"{path}: {what}", flush=True)
    print(f"{len(paths)} files: {dict(tally)}")
    return int(tally["wrong"] > 0)


def _shipped() -> list[Path]:
    folder = Path(__file__).parents[2] / "scenarios" / "maps"
    return [path for path in sorted(folder.glob("*.xodr")) if path.stat().st_size <= LARGEST_MAP]


if __name__ == "__main__":
    sys.exit(main())
