"""A world model's dream beside the drive that it dreams of: a film, and a strip of pictures.

    python -m sim_suite.studies.dreams runs/.../checkpoint --out runs/dream

The agent drives one track, or another does (--driver). On the left, or above, is what was seen, then V's picture of it, then M's dream:
it sees the first decisions, then nothing but what it foretells, told what the car did (with --acts, C acts in it). Writes into --out:

    dream.webm    the whole course, in the drive's own time
    dream.png     a few moments of it
    dream.json    what was dreamt of, and how far the dream's latents are from the drive's
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from agents.interface import Agent
from agents.naming import build, find, refuse_mismatch
from agents.world_models.agent import WorldModelAgent
from agents.world_models.dreaming import dream
from agents.world_models.vision import VIEW
from perception.reading import write_picture
from sim_suite.cli import console
from sim_suite.envs.catalog import card
from sim_suite.envs.driving.picture.brush import Colour
from sim_suite.envs.driving.picture.lettering import write
from sim_suite.envs.making import load_object, make
from sim_suite.envs.views import STATE
from sim_suite.errors import SuiteError
from sim_suite.files import write_atomic, write_json
from sim_suite.leaderboard.jobs import quiet_process
from sim_suite.leaderboard.report.clips import WebmWriter
from sim_suite.refusals import refuse_less

Pictures = NDArray[np.uint8]
ROWS: Final = ("what the car saw", "as V sees it", "as M dreams it")
FRAMES_A_SECOND: Final = 50
"""Of CarRacing."""
SIDE: Final = 192
"""Of a shown picture: V's 64 three times."""
GAP: Final = 12
LETTERS: Final = 14
NAME: Final = 34
"""Pixels above a picture, for its name."""
MARGIN: Final = 150
"""Pixels on the left of a strip, for the rows' names."""
PAPER: Final[Colour] = (16, 19, 22)
INK: Final[Colour] = (228, 232, 235)
SOFT: Final[Colour] = (146, 156, 164)
AWAKE: Final[Colour] = (84, 126, 170)
ASLEEP: Final[Colour] = (255, 176, 64)
BITRATE: Final = 1_500_000


@dataclass(frozen=True)
class Options:
    """What is dreamt of, and how."""

    env: str = "sim_suite/CarRacing-v0"
    driver: str = ""
    """Who drives: any agent that looks at CarRacing's frame or at its privileged state; empty for the one that dreams."""
    seed: int = 500_000
    """Of the track and of the dream."""
    before: int = 60
    """Decisions that are driven before the course that is shown: CarRacing zooms in on the car at first."""
    awake: int = 30
    """Decisions of the course that M sees."""
    asleep: int = 120
    """Decisions that it dreams."""
    temperature: float = 1.0
    acts: bool = False
    """The controller acts in the dream; else the drive's actions are dreamt to be taken."""
    moments: int = 8
    """Pictures of the strip."""

    def __post_init__(self) -> None:
        refuse_less(self, {"seed": 0, "before": 0, "awake": 1, "asleep": 1, "moments": 2})


@dataclass(frozen=True)
class Course:
    """T decisions, seen three ways; pictures are [T, 64, 64, 3] uint8."""

    saw: Pictures
    rebuilt: Pictures
    dreamt: Pictures
    distances: NDArray[np.float32]
    """[T] root mean square of what is between the dream's latents and the drive's; 0 while it is awake."""
    step_s: float
    """Between two decisions."""

    @property
    def rows(self) -> tuple[Pictures, Pictures, Pictures]:
        """In the order of `ROWS`."""
        return self.saw, self.rebuilt, self.dreamt


def course(agent: WorldModelAgent, options: Options) -> Course:
    """Drive a track and dream of it. Raises `SuiteError` where the drive ends before the course does."""
    frames, actions = _driven(agent.spec.hold, _driver(agent, options), options)
    saw = agent.vision.shown(frames)
    with torch.inference_mode():
        latents, _ = agent.vision.encode(saw)
    first = options.before
    # M remembers the whole drive, of which the last part is shown.
    dreamt = dream(
        agent.network.memory, agent.network.controller, latents, torch.from_numpy(actions), first + options.awake,
        options.temperature, options.seed, options.acts,
    )  # fmt: skip
    apart = (dreamt.latents - latents).square().mean(dim=1).sqrt().numpy()
    rebuilt, imagined = (agent.vision.decode(part[first:]) for part in (latents, dreamt.latents))
    return Course(saw[first:], rebuilt, imagined, apart[first:], agent.spec.hold / FRAMES_A_SECOND)


def strip(shown: Course, options: Options) -> Pictures:
    """[H, W, 3] uint8: moments of a course from left to right, the last one awake first, a row for each way of seeing it."""
    steps = np.linspace(options.awake - 1, len(shown.saw) - 1, options.moments).round().astype(int)
    width, height = MARGIN + options.moments * (SIDE + GAP), NAME + len(ROWS) * (SIDE + GAP)
    canvas = _paper(height, width)
    for row, (name, pictures) in enumerate(zip(ROWS, shown.rows, strict=True)):
        top = NAME + row * (SIDE + GAP)
        write(canvas, name, MARGIN - GAP, top + SIDE / 2, LETTERS, INK, anchor="end")
        for column, step in enumerate(steps.tolist()):
            left = MARGIN + column * (SIDE + GAP)
            canvas[top : top + SIDE, left : left + SIDE] = _large(pictures[step])
            if row == 0:
                write(canvas, _moment(shown, step, options), left + SIDE / 2, NAME / 2, LETTERS, SOFT, anchor="middle")
    return canvas


def frame(shown: Course, step: int, options: Options) -> Pictures:
    """[H, W, 3] uint8: one moment, the three ways side by side, and how much of the course is over."""
    canvas = _paper(NAME + SIDE + 2 * GAP, GAP + len(ROWS) * (SIDE + GAP))
    for column, (name, pictures) in enumerate(zip(ROWS, shown.rows, strict=True)):
        left = GAP + column * (SIDE + GAP)
        canvas[NAME : NAME + SIDE, left : left + SIDE] = _large(pictures[step])
        awake = column == len(ROWS) - 1 and step < options.awake
        write(canvas, "M is still awake" if awake else name, left, NAME / 2, LETTERS, INK)
    passed = round((canvas.shape[1] - 2 * GAP) * (step + 1) / len(shown.saw))
    bar = slice(NAME + SIDE + GAP, NAME + SIDE + GAP + 4)
    canvas[bar, GAP : GAP + passed] = AWAKE if step < options.awake else ASLEEP
    return canvas


def film(shown: Course, options: Options) -> bytes:
    """A WebM film (VP8) in the drive's own time."""
    size = frame(shown, 0, options).shape
    writer = WebmWriter(round(1 / shown.step_s), size[1], BITRATE)
    for step in range(len(shown.saw)):
        writer.add(frame(shown, step, options))
    return writer.finish()


def main(arguments: Sequence[str]) -> int:
    """Run the study; 0, or 2 with a line that says what was wrong."""
    asked = vars(_parser().parse_args(arguments))
    name, out = asked.pop("agent"), asked.pop("out")
    quiet_process()
    try:
        options = Options(**asked)
        agent = _agent_of(name, options.env)
        shown = course(agent, options)
        write_atomic(out / "dream.webm", film(shown, options))
        write_picture(out / "dream.png", strip(shown, options))
        facts = {"agent": name, **asdict(options), "distances": [round(float(one), 4) for one in shown.distances]}
        write_json(out / "dream.json", facts)
    except SuiteError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    console.note(f"film: {out / 'dream.webm'}, pictures: {out / 'dream.png'}")
    return 0


def _agent_of(name: str, env_id: str) -> WorldModelAgent:
    found = find(name)
    agent = build(found, env_id, {}, 0)
    if not isinstance(agent, WorldModelAgent):
        raise SuiteError(f"{name} has no world model to dream with. Name a checkpoint of world-models.")
    refuse_mismatch(found, agent, env_id, {})
    return agent


def _driver(agent: WorldModelAgent, options: Options) -> Agent:
    """Raises `SuiteError` for one that looks at something else."""
    if not options.driver:
        return agent
    found = find(options.driver)
    driver = build(found, options.env, {}, options.seed)
    refuse_mismatch(found, driver, options.env, {})
    if driver.interface.observation not in (VIEW, STATE):
        raise SuiteError(
            f"{options.driver} looks at {driver.interface.observation}; a driver here looks at CarRacing's frame or its state."
        )
    return driver


def _driven(hold: int, driver: Agent, options: Options) -> tuple[Pictures, NDArray[np.float32]]:
    """Frames [T, 96, 96, 3] uint8 and actions [T, 3] of a drive, decision by decision."""
    wanted = options.before + options.awake + options.asleep
    frames: list[Pictures] = []
    actions: list[NDArray[np.float32]] = []
    read = load_object(card(options.env).state_reader or "") if driver.interface.privileged else None
    with make(options.env, VIEW) as env:
        seen, _ = env.reset(seed=options.seed)
        kept, over = None, False
        while len(frames) < wanted:
            if over:
                raise SuiteError(
                    f"the drive on track {options.seed} ended after {len(frames)} decisions of {wanted}. Name another --seed, or lower "
                    f"--asleep."
                )
            frames.append(np.array(seen))
            for step in range(hold):
                shown = seen[None] if read is None else [read(env.unwrapped)]
                action, kept = driver.predict(shown, kept, np.array([step == 0 and len(frames) == 1]), True)
                if step == 0:
                    actions.append(np.asarray(action[0], np.float32))
                seen, _, terminated, truncated, _ = env.step(actions[-1])
                over = over or terminated or truncated
                if over:
                    break
    return np.stack(frames), np.stack(actions)


def _moment(shown: Course, step: int, options: Options) -> str:
    asleep = step - options.awake + 1
    return "M is awake" if asleep <= 0 else f"{asleep * shown.step_s:.1f} s asleep"


def _paper(height: int, width: int) -> Pictures:
    canvas = np.empty((height, width, 3), np.uint8)
    canvas[:] = PAPER
    return canvas


def _large(picture: Pictures) -> Pictures:
    """Small pictures by repeating pixels, as they are."""
    times = SIDE // picture.shape[0]
    return picture.repeat(times, axis=0).repeat(times, axis=1)


def _parser() -> argparse.ArgumentParser:
    usual = Options()
    parser = argparse.ArgumentParser(
        prog="python -m sim_suite.studies.dreams",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("agent", help="a checkpoint of world-models, its run, or zoo:NAME")
    parser.add_argument("--out", type=Path, required=True, help="folder for film and pictures")
    parser.add_argument("--env", default=usual.env)
    parser.add_argument(
        "--driver", default=usual.driver, help="who drives, such as car-racing-pursuit; the agent itself if not given"
    )
    parser.add_argument("--seed", type=int, default=usual.seed, help="of the track and of the dream")
    parser.add_argument("--before", type=int, default=usual.before, help="decisions driven before those shown")
    parser.add_argument("--awake", type=int, default=usual.awake, help="decisions shown that M sees")
    parser.add_argument("--asleep", type=int, default=usual.asleep, help="decisions that M dreams")
    parser.add_argument("--temperature", type=float, default=usual.temperature, help="above 1 dreams are wilder")
    parser.add_argument("--acts", action="store_true", help="the controller acts in the dream")
    parser.add_argument("--moments", type=int, default=usual.moments, help="pictures of the strip")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
