"""A made-up leaderboard of five agents on three tasks that shows everything a page can: few and many seeds, one seed,
crashes, a privileged agent, a missing task, a hostile name, clips."""

import numpy as np

from sim_suite.leaderboard.report.assemble import Entrant, make_section
from sim_suite.leaderboard.report.clips import encode_webm
from sim_suite.leaderboard.report.model import Board, Outcomes, TaskInfo

TASKS = (
    TaskInfo("CartPole", "CartPole-v1", "return", 22.0, 500.0, "1,000 episodes", "time limit"),
    TaskInfo("Lane keeping", "sim_suite/LaneKeep-v0", "route completion [%]", 4.5, 100.0, "100 episodes", "expert"),
    TaskInfo("MountainCar", "MountainCar-v0", "return", -200.0, -96.0, "time limit", "value iteration"),
)
HOSTILE = "<script>document.title='owned'</script>"


def moving_square(frames=30, height=96, width=160):
    """Frames of a bright square that crosses a dark picture."""
    for i in range(frames):
        frame = np.full((height, width, 3), (28, 34, 40), np.uint8)
        x = round(i * (width - 30) / frames)
        frame[30:60, x : x + 30] = (210, 120, 60)
        yield frame


def example_board(clips=True):
    """The same board each time."""
    clip = encode_webm(moving_square()) if clips else b""
    section = make_section(
        "classic-and-driving",
        "Three small tasks with 40 seeded episodes each: balance, steer, and swing up a hill.",
        TASKS,
        entrants(clip),
        seed=0,
        resamples=2000,
    )
    provenance = {
        "Command": "sim-suite leaderboard run classic-and-driving --entry ddqn=runs/classic/ddqn/* --seed 0",
        "Suite hash": "sha256 9f2c4e0d61b7a85a3c1e",
        "Evaluation seeds": "0 to 39",
        "Versions": "sim-suite 0.1.0, numpy 2.4.6, numba 0.68.1, torch 2.13.0",
        "Machine": "x86-64, 2 cores, Linux",
    }
    return Board("Classic control and driving", (section,), provenance, ("An invented example: no agent was run.",))


def entrants(clip):
    """Five agents; quality is a share of the way from random to reference."""
    make = _Maker(np.random.default_rng(4))
    clips = {task.name: clip for task in TASKS} if clip else {}
    crashed = {"Lane keeping": Outcomes(ok=0, agent_error=40)}
    some = {"CartPole": Outcomes(ok=196, agent_error=3, env_error=1)}
    return [
        Entrant("Planner", "agents.experts:Planner", make(1, 0.96, 0.0, 0.05), {}, privileged=True, clips=clips),
        Entrant("PPO", "ppo", make(12, 0.87, 0.06, 0.08), {}, False, 1_000_000, 12, "2-core CPU, 9 min a run", clips),
        Entrant("Double DQN", "ddqn=runs/*", make(5, 0.74, 0.14, 0.12), some, False, 400_000, 5, "1 GPU", clips),
        Entrant(HOSTILE, "mine.py:Agent", make(1, 0.4, 0.0, 0.2), {}, False, 25_000, 1, "laptop", clips),
        Entrant(
            "Broken", "broken", make(3, 0.2, 0.1, 0.1, skip="Lane keeping"), crashed, False, 9_500, 3, "2-core CPU"
        ),
    ]


def specialist_section():
    """Four agents on three tasks; two enter one task each, nobody enters the last; "b" fails on the task it enters."""
    rng = np.random.default_rng(0)
    tasks = TASKS
    some = {t.name: [rng.normal(t.random, 1, 8)] for t in tasks[:2]}
    better = {tasks[0].name: [rng.normal(400, 1, 8)]}
    entrants = [
        Entrant("a", "a", some, {}),
        Entrant("b", "b", {}, {tasks[1].name: Outcomes(agent_error=8)}),
        Entrant("c", "c", better, {}),
        Entrant("d", "d", some, {}),
    ]
    return make_section("specialists", "", tasks, entrants, seed=0, resamples=200)


class _Maker:
    def __init__(self, rng):
        self.rng = rng

    def __call__(self, runs, quality, between, within, skip=None):
        """Scores by task: one array of 40 episodes per run."""
        return {t.name: [self._run(t, quality, between, within) for _ in range(runs)] for t in TASKS if t.name != skip}

    def _run(self, task, quality, between, within):
        level = quality + between * self.rng.normal() + within * self.rng.normal(size=40)
        return task.random + (task.reference - task.random) * np.minimum(level, 1.0)
