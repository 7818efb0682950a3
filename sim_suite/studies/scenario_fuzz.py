"""Feeds damaged OpenSCENARIO files to the reader: only `SuiteError` may come out, within 20 s and 256 MB each. Source: ours.

    python -m sim_suite.studies.scenario_fuzz [--count 10000] [--seed 0] [FILE.xosc ...]

Without files, scenarios with all elements there are (`scenario_seeds`) are damaged. What is read is also written; nothing else than
`SuiteError` may come out there either. What went wrong is printed with the seed that brings it back. The counts go to
runs/scenario_fuzz.json (or --result).
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Final
from xml.etree import ElementTree

from sim_suite.driving.storyboard.xosc.reader import parse_scenario
from sim_suite.driving.storyboard.xosc.writer import to_xml
from sim_suite.errors import SuiteError
from sim_suite.studies import road_mutations
from sim_suite.studies.road_fuzz import command_line, count_outcomes, fuzz, work
from sim_suite.studies.scenario_seeds import write_seeds

MODULE: Final = "sim_suite.studies.scenario_fuzz"
RESULT: Final = Path("runs") / "scenario_fuzz.json"
TEXTS: Final = (
    "$speed", "$gap_m", "$none", "$", "${", "${}", "${1/0}", "${$speed * $speed}", "${pow(9, 999)}", "${sqrt(-1)}", "${not 1 - 1}",
    "${((((1))))}", "${" + "(" * 60 + "1" + ")" * 60 + "}", "${1" + "+1" * 99 + "}", "\\$speed", "INF", "ego", "hero", "all", "true", "1.5",
    "-7", "{}", "[1]", '"a"', "NaN", "[" * 500 + "]" * 500, "step", "road.xodr", "/", "..", "\x80",
)  # fmt: skip
"""What attributes are replaced by: parameters, expressions, words that mean something elsewhere, JSON."""


def judge(data: bytes, file: Path) -> str:
    """read, refused, or what went wrong, of the bytes of a file that is said to stand at `file`."""
    try:
        scenario = parse_scenario(data, file)
    except SuiteError as error:
        return _one_line(error, "refused")
    except BaseException as error:  # whatever comes out is the finding
        return f"{type(error).__name__}: {str(error)[:200]}".replace("\n", " ")
    try:
        to_xml(scenario, Path("road.xodr"))
    except SuiteError as error:
        return _one_line(error, "read")
    except BaseException as error:
        return f"writing, {type(error).__name__}: {str(error)[:200]}".replace("\n", " ")
    return "read"


def mutate(data: bytes, seed: int) -> bytes:
    """A damaged copy of a well-formed file, as maps are damaged or by what scenarios know. Same seed, same bytes."""
    rng = Random(seed)
    if rng.random() < 0.5:
        return road_mutations.mutate(data, seed)
    root = ElementTree.fromstring(data)
    for _ in range(rng.randint(1, 2)):
        element = rng.choice([one for one in root.iter() if one.attrib])
        element.attrib[rng.choice(sorted(element.attrib))] = rng.choice(TEXTS)
    damaged: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    if rng.random() < 0.1:
        tag = rng.choice((b"Story", b"Position", b"Property", b"Event"))
        depth = rng.choice((50, 10_000))
        damaged = damaged.replace(b"<" + tag, b"<%s>" % tag * depth + b"</%s>" % tag * depth + b"<" + tag, 1)
    return damaged


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line. Returns 1 if anything but `SuiteError` came out."""
    options = command_line(__doc__, "scenarios", RESULT).parse_args(arguments)
    if options.worker:
        work(options.files, judge, mutate)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        paths = options.files or write_seeds(Path(folder))
        return count_outcomes(fuzz(paths, options.count, options.seed, MODULE), paths, options)


def _one_line(error: SuiteError, what: str) -> str:
    return what if "\n" not in str(error) else f"a message of several lines: {str(error)!r}"


if __name__ == "__main__":
    sys.exit(main())
