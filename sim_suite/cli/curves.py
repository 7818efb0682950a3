"""Draw learning curves of training runs: one page, a picture, a table, or TensorBoard's event files.

examples:
  sim-suite curves runs/FrozenLake-v1/q-learning/20261121T101500Z-0
  sim-suite curves 'q-learning=runs/q/*' 'sarsa=runs/sarsa/*' --out curves.html --png curves.png
  sim-suite curves runs/a runs/b --label slow fast --metric episode_return epsilon
  sim-suite curves 'runs/*' --smooth 10
  sim-suite curves runs/a runs/b --tensorboard runs/events
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import tyro

from sim_suite.cli import console
from sim_suite.errors import SuiteError
from sim_suite.files import write_atomic
from sim_suite.leaderboard.curves.groups import Group, resolve
from sim_suite.leaderboard.curves.reading import METRICS, records

PAGE = "runs/curves.html"


@dataclass(frozen=True)
class Arguments:
    """Which runs, which metrics, and where to."""

    runs: Annotated[tuple[str, ...], tyro.conf.Positional]
    """Run folders: FOLDER, LABEL=FOLDER, LABEL='runs/x/*'. Runs that differ in their seed alone share a label."""
    metric: tuple[str, ...] = ()
    """Metrics to draw; returns, what was held out, and losses if not given."""
    label: tuple[str, ...] = ()
    """One label for all runs, or one for each."""
    smooth: int = 1
    """Draw means of each run's last so many records; 1 draws what was recorded."""
    out: Path | None = None
    """The page, an .html file; its table lies beside it as .csv. runs/curves.html if neither --png nor --tensorboard is given."""
    png: Path | None = None
    """The same as a picture, a .png file."""
    tensorboard: Path | None = None
    """A folder for TensorBoard's event files, of all metrics (pip install "sim-suite[tensorboard]")."""
    json: Annotated[bool, tyro.conf.FlagCreatePairsOff] = False
    """Print what was written as JSON."""


def run(arguments: Arguments) -> int:
    """Run the command."""
    _refuse_ending(arguments.out, ".html", "--out")
    _refuse_ending(arguments.png, ".png", "--png")
    if not arguments.runs:
        raise SuiteError(
            "no runs to draw. Name run folders, as `sim-suite train` printed them: sim-suite curves runs/..."
        )
    groups = resolve(arguments.runs, arguments.label)
    out = arguments.out
    if out is None and arguments.png is None and arguments.tensorboard is None:
        out = Path(PAGE)
    written: dict[str, Any] = {"runs": sum(len(group.runs) for group in groups), "labels": [g.label for g in groups]}
    if out is not None or arguments.png is not None:
        written |= _draw(groups, arguments, out)
    if arguments.tensorboard is not None:
        written["tensorboard"] = [str(folder) for folder in _events(groups, arguments.tensorboard)]
    if arguments.json:
        console.print_json(written)
        return 0
    console.note(f"{written['runs']} runs under {len(groups)} labels: {', '.join(written['labels'])}")
    for kind in ("page", "table", "picture"):
        if kind in written:
            console.note(f"{kind}: {written[kind]}")
    if arguments.tensorboard is not None:
        console.next_step(f"tensorboard --logdir {arguments.tensorboard}")
    return 0


def _draw(groups: Sequence[Group], arguments: Arguments, out: Path | None) -> dict[str, Any]:
    from sim_suite.leaderboard.curves.page import render
    from sim_suite.leaderboard.curves.panels import make_panels
    from sim_suite.leaderboard.curves.png import to_png
    from sim_suite.leaderboard.curves.table import to_csv

    panels = make_panels(groups, arguments.metric, arguments.smooth)
    written: dict[str, Any] = {"metrics": [panel.metric for panel in panels]}
    if out is not None:
        table = out.with_suffix(".csv")
        write_atomic(out, render(groups, panels, arguments.smooth))
        write_atomic(table, to_csv(panels, arguments.smooth))
        written |= {"page": str(out), "table": str(table)}
    if arguments.png is not None:
        write_atomic(arguments.png, to_png(panels, arguments.smooth))
        written["picture"] = str(arguments.png)
    return written


def _events(groups: Sequence[Group], root: Path) -> list[Path]:
    """A folder for each run, named as TensorBoard will show it: label/folder."""
    from sim_suite.leaderboard.curves.tensorboard import convert

    targets: dict[Path, Path] = {}
    for group in groups:
        for run in group.runs:
            target = root / group.label.replace("/", "_") / run.folder.resolve().name
            if target in targets:
                raise SuiteError(
                    f"{run.folder} and {targets[target]} would both become {target}. Give each a label: LABEL=FOLDER."
                )
            if target.exists():
                raise SuiteError(f"{target} exists already. Remove it, or name another --tensorboard DIR.")
            targets[target] = run.folder
    for target, folder in targets.items():
        path = folder / METRICS
        convert(records(path), target, path.stat().st_mtime)
    return list(targets)


def _refuse_ending(path: Path | None, ending: str, option: str) -> None:
    if path is not None and path.suffix != ending:
        raise SuiteError(f"{option} names a file that ends in {ending}, not {str(path)!r}.")
