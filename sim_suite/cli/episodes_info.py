"""`sim-suite episodes info`: what a folder of episodes holds, in numbers, histograms and plots. Source: ours."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import tyro

from sim_suite.cli import console
from sim_suite.cli.episodes_look import counting, open_dataset
from sim_suite.episodes.choosing import chosen, split_name
from sim_suite.episodes.survey.page import duration
from sim_suite.errors import SuiteError

if TYPE_CHECKING:
    from sim_suite.episodes.survey.counting import Deeds
    from sim_suite.episodes.survey.coverage import Coverage
    from sim_suite.episodes.survey.survey import Person, Survey

BAR: Final = 36
"""Letters of the longest bar."""
MOST_ROWS: Final = 16
"""Classes of actions that are listed; a page and JSON have all."""
_EIGHTHS: Final = " ▏▎▍▌▋▊▉"


@dataclass(frozen=True)
class Info:
    """Say what a folder holds: counts, hours, drivers, returns, what was done, and how much of the maps was driven.

    examples:
      sim-suite episodes info data/laps
      sim-suite episodes info data/laps --out laps.html
      sim-suite episodes info data/laps --check
      sim-suite episodes info data/laps#3 --json
    """

    episodes: Annotated[str, tyro.conf.Positional]
    """FOLDER for all of its episodes; FOLDER#3 for one by its number in `episodes list`, FOLDER#000003 by its file."""
    out: Path | None = None
    """Write a page with plots (.html): histograms of actions, returns and lengths, maps with where was driven."""
    check: Annotated[bool, tyro.conf.FlagCreatePairsOff] = False
    """Compare every byte with its checksums; status 1 if any was altered."""
    json: Annotated[bool, tyro.conf.FlagCreatePairsOff] = False
    """Print everything as JSON."""


def info(arguments: Info) -> int:
    """Run the sub-command; status 1 where files are damaged."""
    from sim_suite.episodes.survey.survey import survey

    if arguments.out is not None and arguments.out.suffix.lower() != ".html":
        raise SuiteError(f"--out must end in .html, not {str(arguments.out)!r}.")
    folder, name = split_name(arguments.episodes)
    dataset = open_dataset(folder)
    entries = chosen(dataset, name)
    damaged = dict(dataset.damaged)
    if arguments.check:
        with counting("checking every byte") as step:
            damaged = dataset.check(step, entries)
        entries = [entry for entry in entries if entry.file not in damaged]
    with counting("reading actions") as step:
        found = survey(dataset, entries, step)
    written = None if arguments.out is None else _write_page(found, arguments.out)
    if arguments.json:
        console.print_json(found.to_json() | {"damaged": damaged, "checked": arguments.check, "page": written})
    else:
        for line in lines(found):
            console.out.print(line, markup=False, soft_wrap=True, no_wrap=True)
        _conclude(arguments, found, damaged, written)
    return 1 if damaged else 0


def _write_page(found: Survey, out: Path) -> str:
    from sim_suite.episodes.survey.page import render
    from sim_suite.files import write_atomic

    write_atomic(out, render(found))
    return str(out)


def _conclude(arguments: Info, found: Survey, damaged: dict[str, str], written: str | None) -> None:
    if arguments.check:
        whole = f"every byte of {len(found.entries)} episodes holds its checksum"
        console.out.print(f"checked: {f'{len(damaged)} damaged' if damaged else whole}", markup=False)
        for reason in damaged.values():
            console.out.print(f"  {reason}", markup=False, soft_wrap=True)
    if written is not None:
        console.out.print(f"page: {written}", markup=False, soft_wrap=True)
        console.next_step(f"sim-suite train bc --episodes {found.folder}")
    else:
        page = f"{Path(found.folder).resolve().name}.html"
        console.next_step(f"sim-suite episodes info {arguments.episodes} --out {page}")


def lines(found: Survey) -> Iterator[str]:
    """A survey for people."""
    size = f"{found.size / 1e6:,.1f} MB" if found.size >= 1e5 else f"{found.size / 1e3:,.1f} kB"
    count, time = plural(len(found.entries), "episode"), duration(found.simulated_s)
    yield f"{found.folder}: {count}, {found.steps:,} steps, {time} simulated, {size}"
    yield from _facts(found)
    for deeds in found.deeds:
        yield from _actions(deeds, several=len(found.deeds) > 1)


def _facts(found: Survey) -> Iterator[str]:
    rows: list[tuple[str, str]] = [("environment", _listed(found.envs, len(found.envs) > 1))]
    rows.append(("steps by", ", ".join(f"{name} {count:,}" for name, count in found.by.items() if count)))
    rows.append(("agents", _listed(found.agents, True)))
    rows.append(("drivers", ", ".join(map(_driver, found.persons))))
    rows.append(("ended", _listed(found.ends, True)))
    rows.append(("return", _range(found.returns, 2)))
    rows.append(("length", _range(found.lengths, 0)))
    rows.append(("tags", _listed(found.tags, True)))
    rows += [("map", f"{one.map} {found.maps[one.map]}: {_covered(one)}") for one in found.coverage]
    rows += [("map", f"{name} {found.maps[name]}: {why}") for name, why in found.unmapped.items()]
    if found.driven_s:
        share = 100.0 * found.late / max(found.steps, 1)
        rows.append(("at the wheel", f"{duration(found.driven_s)}, {plural(found.late, 'late frame')} ({share:.2f} %)"))
    if found.selected != found.steps:
        rows.append(("selected", f"{found.selected:,} of {found.steps:,} steps are learned from (`episodes balance`)"))
    if found.evaluated:
        rows.append(("note", f"{plural(found.evaluated, 'episode')} with seeds of the leaderboard (10,000 to 29,999)"))
    if found.unseeded:
        rows.append(("note", f"{plural(found.unseeded, 'episode')} without a seed cannot be simulated again"))
    for name, text in rows:
        if text:
            yield f"  {name:<12} {text}"


def _actions(deeds: Deeds, *, several: bool) -> Iterator[str]:
    of = f" of {deeds.env}" if several else ""
    if len(deeds.classes):
        yield f"actions{of}:"
        order = sorted(range(len(deeds.classes)), key=lambda k: -int(deeds.classes[k]))
        kept = [k for k in order if deeds.classes[k]][:MOST_ROWS]
        names = [deeds.about.classes[k] for k in kept]
        yield from bars(names, deeds.classes[kept].tolist(), int(deeds.classes.sum()),
                        deeds.selected[kept].tolist() if deeds.thinned else None)  # fmt: skip
    for one in deeds.histograms:
        yield f"{one.name}{of}:"
        some = [k for k in range(len(one.counts)) if one.counts[k]] or [0]
        shown = slice(some[0], some[-1] + 1)
        middles = ((one.edges[:-1] + one.edges[1:]) / 2).round(9)[shown] + 0.0  # no minus before a zero
        yield from bars([f"{value:+.2f}" for value in middles], one.counts[shown].tolist(), int(one.counts.sum()), None)


def bars(names: Sequence[str], counts: Sequence[int], total: int, after: Sequence[int] | None) -> Iterator[str]:
    """A line each: name, bar, count and share; with `after`, how many of them are selected, as the bar's full part."""
    wide, most = max(map(len, names), default=0), max([*counts, 1])
    for k, (name, count) in enumerate(zip(names, counts, strict=True)):
        kept = count if after is None else after[k]
        full = bar(kept / most)
        rest = "" if after is None else "░" * (len(bar(count / most)) - len(full))
        said = f"{count:,}" if after is None else f"{kept:,} of {count:,}"
        yield f"  {name:<{wide}} {full + rest:<{BAR}} {said:>9} {100 * count / max(total, 1):5.1f} %"


def bar(share: float) -> str:
    """A bar of up to BAR letters, to an eighth of one; what is there at all is seen."""
    eighths = max(round(share * BAR * 8), 1 if share > 0 else 0)
    return "█" * (eighths // 8) + (_EIGHTHS[eighths % 8] if eighths % 8 else "")


def plural(count: int, noun: str) -> str:
    """A count with its noun."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _driver(one: Person) -> str:
    return f"{one.name} {plural(one.episodes, 'episode')}, {duration(one.seconds)} ({'/'.join(one.consents)})"


def _covered(one: Coverage) -> str:
    return f"{one.covered_km:.2f} of {one.lane_km:.2f} lane-km driven"


def _listed(counts: dict[str, int], with_counts: bool) -> str:
    return ", ".join(f"{name} {count:,}" if with_counts else name for name, count in counts.items())


def _range(values: Sequence[float], digits: int) -> str:
    if not values:
        return ""
    mean = sum(values) / len(values)
    return f"{min(values):,.{digits}f} to {max(values):,.{digits}f}, mean {mean:,.{digits}f}"
