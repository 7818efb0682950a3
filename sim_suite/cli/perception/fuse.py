"""`sim-suite perception fuse`: how well several sensors together say where a car is, and who is around it. Source: ours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import tyro
from rich.table import Table

from sim_suite.cli import console
from sim_suite.errors import SuiteError
from sim_suite.files import write_atomic

if TYPE_CHECKING:
    from sim_suite.studies.fusion.study import Row


@dataclass(frozen=True)
class Arguments:
    """Drive, fuse GNSS, inertial unit, compass and wheels by a Kalman filter, track others, and judge both against the truth.

    examples:
      sim-suite perception fuse
      sim-suite perception fuse --maps town_1km country_road highway --agent idm --out drive.png
      sim-suite perception fuse --runs 20 --seconds 30 --json
    """

    maps: tuple[str, ...] = ("town_1km",)
    """Names or paths of maps."""
    agent: str = "pdm"
    """A planner: pdm, idm."""
    runs: int = 100
    """Drives on each map."""
    seconds: int = 60
    """Of each drive."""
    seed: int = 0
    """Of the first; the others follow."""
    every: Annotated[float, tyro.conf.arg(name="fix-every")] = 1.0
    """Seconds from one GNSS fix to the next."""
    picture_of: int = 0
    """The run that is drawn, counted from 0."""
    out: Path | None = None
    """Draw one drive on the first map: raw fixes, fused, truth and ellipses (.png)."""
    json: Annotated[bool, tyro.conf.FlagCreatePairsOff] = False
    """Print everything as JSON."""


def run(arguments: Arguments) -> int:
    """Run the subcommand; status 1 where an error is above its bar or not what the filter says."""
    from sim_suite.driving.world.kinds import TICK_S
    from sim_suite.studies.fusion.drives import DriveOptions
    from sim_suite.studies.fusion.study import steps, study

    if arguments.out is not None and arguments.out.suffix.lower() != ".png":
        raise SuiteError(f"--out must end in .png, not {str(arguments.out)!r}.")
    if not arguments.maps:
        raise SuiteError("--maps names no map; `sim-suite maps list` shows them.")
    options = DriveOptions(arguments.maps[0], arguments.agent, arguments.runs, arguments.seconds, arguments.seed)
    with console.progress() as bar:
        task = bar.add_task("driving", total=steps(options, arguments.maps), note="")
        rows, picture = study(
            options,
            arguments.maps,
            round(arguments.every / TICK_S),
            arguments.picture_of,
            lambda ticks: bar.advance(task, ticks),
        )
    if arguments.out is not None:
        write_atomic(arguments.out, picture)
    if arguments.json:
        console.print_json([row.to_dict() for row in rows])
    else:
        _show(rows)
        if arguments.out is not None:
            console.note(f"picture: {arguments.out}")
    return 0 if all(row.judged.holds for row in rows) else 1


def _show(rows: Sequence[Row]) -> None:
    ego = Table(box=None, pad_edge=False, header_style="bold", title="where the ego is", title_justify="left")
    for column in ("map", "raw", "fused", "of raw", "bar", "NEES", "band", "inside", "NIS", "band", "inside"):
        ego.add_column(column, justify="left" if column == "map" else "right")
    others = Table(box=None, pad_edge=False, header_style="bold", title="who is around it", title_justify="left")
    for column in ("map", "runs", "MOTA", "IDF1", "off by", "switches", "missed", "false"):
        others.add_column(column, justify="left" if column == "map" else "right")
    for row in rows:
        judged, tracked = row.judged, row.tracked
        ego.add_row(
            row.options.map, f"{judged.raw_m:.2f} m", f"{judged.fused_m:.2f} m", f"{judged.ratio:.0%}",
            "holds" if judged.holds else "FAILS", f"{judged.nees:.2f}", _band(judged.nees_band), f"{judged.nees_inside:.0%}",
            f"{judged.nis:.2f}", _band(judged.nis_band), f"{judged.nis_inside:.0%}",
        )  # fmt: skip
        others.add_row(
            row.options.map, str(row.tracked_runs), f"{tracked.mota:.3f}", f"{tracked.idf1:.3f}", f"{tracked.motp_m:.2f} m",
            str(tracked.switches), str(tracked.missed), str(tracked.false),
        )  # fmt: skip
    console.out.print(ego)
    console.out.print()
    console.out.print(others)


def _band(band: tuple[float, float]) -> str:
    return f"{band[0]:.2f} to {band[1]:.2f}"
