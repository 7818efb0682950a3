"""See, check and make road maps: OpenDRIVE files, those that are shipped and your own.

examples:
  sim-suite maps list --json
  sim-suite maps show t_junction --out t_junction.html
  sim-suite maps check my_town.xodr
  sim-suite maps generate --seed 7 --size 500x500 --out town-7.xodr

A map is named as `sim-suite maps list` does, or by its path; SIM_SUITE_MAPS names folders of your own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Final, Literal

import tyro

from sim_suite.cli import console
from sim_suite.cli import map_reports as reports
from sim_suite.driving.roads.drawing.draw import DEFAULT_SIZE, FORMS, draw
from sim_suite.driving.roads.maps import SUFFIX, find_map, load_map, map_paths
from sim_suite.driving.roads.opendrive.findings import RoadError
from sim_suite.driving.roads.towns.options import TownOptions
from sim_suite.errors import SuiteError
from sim_suite.files import write_atomic

SMALLEST_PX: Final = 200
LARGEST_PX: Final = 20_000
"""Agg's own bound is 2^16 pixels a side; this much is 1.6 GB of working memory."""


@dataclass(frozen=True)
class List:
    """List the maps that have a name.

    examples:
      sim-suite maps list
      sim-suite maps list --json
    """

    json: Annotated[bool, tyro.conf.FlagCreatePairsOff] = False
    """Print as JSON."""


@dataclass(frozen=True)
class Show:
    """Draw a map: a picture (.png, .svg), or a page to move about in (.html).

    examples:
      sim-suite maps show t_junction
      sim-suite maps show my_town.xodr --out town.png --size 2400
      sim-suite maps show my_town.xodr --out town.svg --theme dark --json
    """

    map: Annotated[str, tyro.conf.Positional]
    """Name or path of a map."""
    out: Path | None = None
    """File to write; its ending says what: .png, .svg or .html. Without it: NAME.html in the current folder."""
    size: str = ""
    """Pixels of a picture: its longer side ("1600", the default), or "WIDTHxHEIGHT"."""
    theme: Literal["light", "dark"] = "light"
    """Colours of a picture; a page follows its reader's system and has a switch."""
    json: Annotated[bool, tyro.conf.FlagCreatePairsOff] = False
    """Print what was written as JSON."""


@dataclass(frozen=True)
class Check:
    """Say what is read of a file, and what is repaired, left out or refused.

    Status 0: read (repairs included); 1: read, but --strict and something was found; 2: refused.

    examples:
      sim-suite maps check my_town.xodr
      sim-suite maps check my_town.xodr --strict --json
    """

    file: Annotated[str, tyro.conf.Positional]
    """Path or name of a map."""
    strict: Annotated[bool, tyro.conf.FlagCreatePairsOff] = False
    """End with status 1 if anything was repaired, left out or noted."""
    json: Annotated[bool, tyro.conf.FlagCreatePairsOff] = False
    """Print everything as JSON."""


@dataclass(frozen=True)
class Generate:
    """Make a closed, lawful town: streets, junctions with and without lights, crosswalks, parking.

    examples:
      sim-suite maps generate --seed 7 --size 500x500 --out town-7.xodr
      sim-suite maps generate --seed 8 --size 1000x1000 --highway --hills-m 8 --out town-8.xodr --json
    """

    out: Path
    """File to write (.xodr)."""
    seed: int = 0
    """Which town: the same seed and size give the same file."""
    size: str = "500x500"
    """WIDTHxHEIGHT in metres."""
    options: tyro.conf.OmitArgPrefixes[TownOptions] = field(default_factory=TownOptions)
    """What the town is like."""
    json: Annotated[bool, tyro.conf.FlagCreatePairsOff] = False
    """Print what was made as JSON."""


Arguments = (
    Annotated[List, tyro.conf.subcommand("list")]
    | Annotated[Show, tyro.conf.subcommand("show")]
    | Annotated[Check, tyro.conf.subcommand("check")]
    | Annotated[Generate, tyro.conf.subcommand("generate")]
)


def run(arguments: List | Show | Check | Generate) -> int:
    """Run the sub-command."""
    if isinstance(arguments, List):
        return _list(arguments)
    if isinstance(arguments, Show):
        return _show(arguments)
    if isinstance(arguments, Check):
        return _check(arguments)
    return _generate(arguments)


def _list(arguments: List) -> int:
    paths = map_paths()
    rows = []
    with console.progress() as bar:
        task = bar.add_task("reading maps", total=len(paths), note="")
        for path in paths.values():
            rows.append(reports.row(path))
            bar.advance(task)
    if arguments.json:
        console.print_json(rows)
    elif not rows:
        console.note("there are no maps. `sim-suite maps generate` makes one.")
    else:
        console.out.print(reports.table(rows))
    return 0


def _show(arguments: Show) -> int:
    out = Path(f"{find_map(arguments.map).stem}.html") if arguments.out is None else arguments.out
    form = out.suffix.lower()
    if form not in FORMS:
        raise SuiteError(f"--out must end in {', '.join(FORMS[:-1])} or {FORMS[-1]}, not {str(out)!r}.")
    size = _pixels(arguments.size)
    with console.progress() as bar:
        task = bar.add_task("reading", total=2, note=out.name)
        found = load_map(arguments.map)
        bar.update(task, advance=1, description="drawing")
        data = draw(found, form, size, arguments.theme)
        bar.advance(task)
    write_atomic(out, data)
    if arguments.json:
        console.print_json({"map": found.name, "out": str(out), "bytes": len(data)})
    else:
        console.out.print(f"{out} ({len(data) / 1000:,.0f} kB)", markup=False, soft_wrap=True)
    return 0


def _pixels(text: str) -> int | tuple[int, int]:
    numbers = _numbers(text or str(DEFAULT_SIZE), "--size", "1600 (the longer side) or 1600x900")
    if any(number < SMALLEST_PX or number > LARGEST_PX for number in numbers):
        raise SuiteError(f"--size must lie between {SMALLEST_PX} and {LARGEST_PX} pixels, not {text}.")
    return (int(numbers[0]), int(numbers[1])) if len(numbers) == 2 else int(numbers[0])


def _numbers(text: str, option: str, example: str) -> list[float]:
    """One whole number, or two with an x between them."""
    if not re.fullmatch(r"\d{1,7}(x\d{1,7})?", text):
        raise SuiteError(f"{option} is not understood: {text!r}. Write it like {example}.")
    return [float(part) for part in text.split("x")]


def _check(arguments: Check) -> int:
    try:
        found = load_map(arguments.file)
    except RoadError as error:
        if not arguments.json:
            raise
        console.print_json({"status": "refused", "refused": reports.refusal(error)})
        return 2
    if arguments.json:
        console.print_json(reports.facts(found))
    else:
        for line in reports.lines(found):
            console.out.print(line, markup=False, soft_wrap=True)
    return 1 if arguments.strict and found.findings else 0


def _generate(arguments: Generate) -> int:
    from sim_suite.driving.roads.opendrive.writer import write_opendrive
    from sim_suite.driving.roads.towns.generate import generate_town

    if arguments.out.suffix.lower() != SUFFIX:
        raise SuiteError(f"--out must end in {SUFFIX}, not {str(arguments.out)!r}.")
    if arguments.seed < 0:
        raise SuiteError(f"--seed must be 0 or more, not {arguments.seed}.")
    size = _numbers(arguments.size, "--size", "500x500 (metres)")
    with console.progress() as bar:
        task = bar.add_task("building", total=2, note=arguments.out.name)
        write_opendrive(generate_town(arguments.seed, (size[0], size[-1]), arguments.options), arguments.out)
        bar.update(task, advance=1, description="reading it back")
        found = load_map(arguments.out)
        bar.advance(task)
    if arguments.json:
        console.print_json({"out": str(arguments.out), **reports.facts(found)})
    else:
        console.out.print(f"{arguments.out}: {', '.join(reports.summary(found))}", markup=False, soft_wrap=True)
        console.next_step(f"sim-suite maps show {arguments.out}")
    return 0
