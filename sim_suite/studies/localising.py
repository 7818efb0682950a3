"""How well a car knows where it is by a plain satellite receiver, and by its pictures held against the map besides.

    python -m sim_suite.studies.localising --maps town_1km country_road highway --drives 10 --out runs/localising

IDM drives, which knows the truth; two filters listen to the same readings, one of which is also told what the map matcher says five
times a second. Equal seeds give equal tables.
"""

from __future__ import annotations

import io
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import torch
import tyro
from numpy.typing import NDArray

from agents.naming import build, find
from perception.fusion.consistency import band
from perception.fusion.kalman import squared_distance, wrapped
from perception.segmentation.task import segment
from perception.surroundings import navigation
from perception.surroundings.map_matching import MapMatcher
from perception.surroundings.options import SurroundingsOptions
from perception.training.checkpoint import load
from sim_suite.cli import console
from sim_suite.driving.sensors.camera.rig import rig
from sim_suite.driving.world.kinds import TICK_S
from sim_suite.driving.world.layout import TRAIL_TICKS, YAW, X, Y
from sim_suite.envs.catalog import card
from sim_suite.envs.driving.judging import EGO
from sim_suite.envs.driving.population import driving_map
from sim_suite.envs.driving.sensing import TIME
from sim_suite.envs.making import load_object, make
from sim_suite.envs.views import View
from sim_suite.errors import SuiteError
from sim_suite.files import write_atomic, write_json
from sim_suite.learning.inferring import quick
from sim_suite.learning.torch_blocks import threads

Floats = NDArray[np.float64]
ENV: Final = "sim_suite/Driving-v0"
DRIVER: Final = "idm"
NAMES: Final = ("readings", "matched")
STEP_S: Final = 0.1
"""Of the environment: two ticks."""
AHEAD, LEFT, TURN = range(3)


@dataclass(frozen=True)
class Arguments:
    """What is driven."""

    out: Path = Path("runs/studies/localising")
    """Folder for table and data."""
    maps: tuple[str, ...] = ("town_1km", "country_road", "highway")
    """Where."""
    drives: int = 10
    """On each map."""
    seconds: int = 60
    """Of each, 1 to 3,600."""
    seed: int = 0
    """Of the first drive; each further one has the next."""


def main(arguments: Arguments) -> int:
    """Drive, write, and say where it was written."""
    if arguments.drives < 1 or not 1 <= arguments.seconds <= 3600:
        raise SuiteError(
            f"--drives must be 1 or more and --seconds 1 to 3,600, not {arguments.drives} and {arguments.seconds}."
        )
    rows = []
    with threads(1), console.progress() as bar:
        for name in arguments.maps:
            task = bar.add_task(name, total=arguments.drives, note="")
            runs = []
            for number in range(arguments.drives):
                runs.append(drive(name, arguments.seed + number, arguments.seconds))
                bar.update(task, completed=number + 1)
            steps = min(len(one) for one in runs)
            rows.append(judged(name, np.stack([one[:steps] for one in runs], axis=1)))
            write_atomic(arguments.out / f"{Path(name).stem}.png", drawn(runs[0], f"{name}, seed {arguments.seed}"))
    text = to_markdown(rows)
    write_json(arguments.out / "localising.json", {"seed": arguments.seed, "drives": arguments.drives, "rows": rows})
    write_atomic(arguments.out / "localising.md", text)
    console.out.print(text, markup=False, highlight=False)
    console.note(
        f"written to {arguments.out}: localising.md, localising.json, and a picture of the first drive on each map"
    )
    return 0


def drive(name: str, seed: int, seconds: int) -> Floats:
    """[T, 2, 4] Of both filters at each step: by how much they are off ahead, left (m) and in heading (rad), in the true vehicle's
    frame; and the squared error of these three under what the filter says of them. It ends where the drive does."""
    kwargs = {"map": name, "route_m": (800.0, 1500.0)}
    env, found = make(ENV, View("sensors", positioning="gnss"), kwargs=kwargs), find(DRIVER)
    reader, planner = load_object(card(ENV).state_reader or ""), build(found, ENV, kwargs, seed)
    network = quick(load(SurroundingsOptions().segmentation).network)
    known = driving_map(name)
    matcher = MapMatcher(known, rig("car")["around"])
    origin = np.array([known.ground.terrain.origin_x, known.ground.terrain.origin_y])
    seen, _ = env.reset(seed=seed)
    egos, state, rows = [navigation.begin(seen["navigation"])] * len(NAMES), None, []
    over, tick, first = False, 0, True
    while not over and tick * TICK_S < seconds:
        if tick % TRAIL_TICKS == 0:
            labels = segment(network, np.ascontiguousarray(seen["around"]), torch.device("cpu"), is_quick=True)
            egos[1] = navigation.matched(egos[1], *matcher.match(labels, egos[1].pose, egos[1].covariance))
        body = env.unwrapped.live_state.body[0, EGO]  # type: ignore[attr-defined]  # a driving environment's
        true = np.array([*(body[[X, Y]] + origin), body[YAW]], np.float64)
        rows.append([_off(ego, true) for ego in egos])
        action, state = planner.predict([reader(env.unwrapped)], state, np.array([first]), True)
        seen, _, ended, cut, _ = env.step(action[0])
        over, first, tick = ended or cut, False, int(seen["navigation"][TIME])
        egos = [navigation.move(ego, seen["navigation"]) for ego in egos]
    env.close()
    return np.array(rows)


def _off(ego: navigation.Ego, true: Floats) -> list[float]:
    off, yaw = ego.pose[:2] - true[:2], true[2]
    error = np.array([
        np.cos(yaw) * off[0] + np.sin(yaw) * off[1], np.cos(yaw) * off[1] - np.sin(yaw) * off[0], wrapped(ego.pose[2] - true[2]),
    ])  # fmt: skip
    return [*error.tolist(), float(squared_distance(error, ego.covariance))]


def drawn(run: Floats, title: str) -> bytes:
    """A PNG of a drive, [T, 2, 4] (`drive`): how far aside each filter is off over time, and in heading."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10.0, 4.6), dpi=130, layout="constrained", facecolor="white")
    FigureCanvasAgg(figure)
    seconds = STEP_S * np.arange(len(run))
    parts = ((LEFT, 1.0, "off to the left, m"), (TURN, np.degrees(1.0), "heading off, degrees"))
    for axes, (part, scale, what) in zip(figure.subplots(2, 1, sharex=True), parts, strict=True):
        axes.axhline(0.0, color="#20262b", linewidth=1.0)
        for number, (label, colour) in enumerate(
            (("by its readings", "#c2583a"), ("and by the ground it sees", "#2f6690"))
        ):
            axes.plot(seconds, scale * run[:, number, part], color=colour, linewidth=1.6, label=label)
        axes.set_ylabel(what, fontsize=9)
        axes.grid(color="#e4e4de", linewidth=0.8)
        axes.spines[["top", "right"]].set_visible(False)
        axes.tick_params(labelsize=8, colors="#5a646b")
    figure.axes[0].set_title(title, loc="left", fontsize=11)
    figure.axes[0].legend(frameon=False, fontsize=9, ncols=2, loc="upper right")
    figure.axes[1].set_xlabel("time, s", fontsize=9)
    figure.axes[1].set_xlim(0.0, seconds[-1])
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", metadata={"Software": None})
    return buffer.getvalue()


def judged(name: str, runs: Floats) -> dict[str, object]:
    """The row of a map. runs: [T, B, 2, 4] (`drive`)."""
    row: dict[str, object] = {"map": name, "drives": runs.shape[1], "seconds": len(runs) * STEP_S}
    limits = band(runs.shape[1], 3)
    for number, filter_ in enumerate(NAMES):
        own = runs[:, :, number]
        rms = np.sqrt(np.mean(own[..., :3] ** 2, axis=(0, 1)))
        per_run = np.sqrt(np.mean(own[..., LEFT] ** 2, axis=0))
        row[filter_] = {
            "ahead_m": float(rms[AHEAD]), "left_m": float(rms[LEFT]), "turn_deg": float(np.degrees(rms[TURN])),
            "left_worst_m": float(per_run.max()), "nees": float(own[..., 3].mean()), "nees_band": list(limits),
        }  # fmt: skip
    return row


def to_markdown(rows: list[dict[str, object]]) -> str:
    """Maps down, root mean squares across."""
    lines = ["| map | by | ahead | aside | worst drive aside | heading | NEES (3) |", "|---" * 7 + "|"]
    for row in rows:
        for filter_ in NAMES:
            one = row[filter_]
            assert isinstance(one, dict)
            lines.append(
                f"| `{row['map']}` | {filter_} | {one['ahead_m']:.2f} m | {one['left_m']:.2f} m | {one['left_worst_m']:.2f} m "
                f"| {one['turn_deg']:.2f} deg | {one['nees']:.2f} |"
            )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    try:
        sys.exit(main(tyro.cli(Arguments, description=__doc__)))
    except SuiteError as error:
        console.note(f"error: {error}")
        sys.exit(2)
