"""Drives a round's laps side by side: the policy acts, the expert labels every state. Source: Ross et al. 2011, algorithm 3.1."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from safetensors.torch import save

from agents.imitation.agent import CloneAgent
from agents.imitation.dagger.rules import expert_acts
from agents.imitation.dagger.world import World
from agents.interface import Agent, Task
from agents.naming import build, find, refuse_mismatch
from sim_suite.envs.catalog import card
from sim_suite.episodes.store.facts import Player
from sim_suite.episodes.store.folder import Recording
from sim_suite.learning.torch_blocks import threads

WORLDS: Final = 32
"""Laps that are driven at a time, at most."""
RESCUED: Final = 10
"""Steps that must pay before a rescued car is given back: ten tiles of CarRacing, 35 m on the road again."""


@dataclass(frozen=True)
class Gathered:
    """What a round's driving came to."""

    returns: NDArray[np.float64]
    """[laps]"""
    steps: int
    rescues: int
    """How often the expert took a car that was lost."""
    gap: float
    """Mean |policy's action - expert's| over columns and the steps in which the policy acted; NaN where it never did. On states that
    were not learned from yet."""


def expert_of(name: str, task: Task, seed: int) -> tuple[Agent, Player]:
    """The expert that a configuration names. Raises `SuiteError` where there is none such, or it is made for another environment."""
    found = find(name)
    agent = build(found, task.env_id, task.kwargs, seed)
    refuse_mismatch(found, agent, task.env_id, task.kwargs)
    return agent, Player(found.name, found.fingerprint, expert=True)


def player_of(policy: CloneAgent, number: int) -> Player:
    """The policy that drives in round `number`, by the SHA-256 of its weights."""
    weights = {key: value.cpu().contiguous() for key, value in policy.network.state_dict().items()}
    return Player(f"dagger-{number - 1}", hashlib.sha256(save(weights)).hexdigest())


def gather(
    folder: Path, task: Task, expert: Agent, driver: CloneAgent | None, player: Player, view_of: CloneAgent,
    seeds: Sequence[int], run_seed: int, number: int, beta: float, rescue_after: int = 0,
) -> Gathered:  # fmt: skip
    """Drive a lap for each seed into a new folder of episodes, replacing what was there.

    driver: who acts where the expert does not, None for nobody; player: as the file names them; view_of: whose view is prepared;
    rescue_after: steps without a reward after which the expert drives until `RESCUED` steps have paid, 0 for never.
    The same arguments give the same bytes: a lap depends on those beside it only through the size of the network's batch.
    """
    shutil.rmtree(folder, ignore_errors=True)
    most = card(task.env_id).max_episode_steps
    returns: list[float] = []
    steps, tally = 0, _Tally()
    with Recording(folder) as recording:
        worlds = [World(task.env_id, task.kwargs, view_of.spec.view, expert, recording) for _ in seeds[:WORLDS]]
        try:
            for first in range(0, len(seeds), len(worlds)):
                wave = worlds[: len(seeds) - first]
                turns = np.stack([expert_acts(run_seed, number, first + k, beta, most) for k in range(len(wave))])
                for world, seed in zip(wave, seeds[first:], strict=False):
                    world.begin(seed, player)
                _drive(wave, driver, turns, rescue_after, tally)
                returns += [world.total for world in wave]
                steps += sum(world.steps for world in wave)
        finally:
            for world in worlds:
                world.close()
    gap = tally.gaps / tally.acted if tally.acted else float("nan")
    return Gathered(np.array(returns), steps, tally.rescues, gap)


@dataclass
class _Tally:
    """What is summed up while laps are driven."""

    gaps: float = 0.0
    acted: int = 0
    """Steps by the policy."""
    rescues: int = 0


def _drive(
    wave: Sequence[World], driver: CloneAgent | None, turns: NDArray[np.bool_], rescue_after: int, tally: _Tally
) -> None:
    """All laps of a wave to their end. A lap that has ended stays in the network's batch, whose size changes the last bits."""
    tick, lost = 0, np.zeros(len(wave), np.bool_)
    while not all(world.over for world in wave):
        if driver is not None:
            with threads(1):
                actions, _ = driver.predict(np.stack([world.observation for world in wave]), deterministic=True)
        for k, world in enumerate(wave):
            if world.over:
                continue
            if lost[k]:
                lost[k] = world.earning < RESCUED
            elif 0 < rescue_after <= world.idle:
                lost[k], world.earning = True, 0
                tally.rescues += driver is not None
            if driver is None or lost[k] or turns[k, tick]:
                world.step(None)
            else:
                tally.gaps += float(np.abs(np.asarray(actions[k], float) - np.asarray(world.label, float)).mean())
                tally.acted += 1
                world.step(actions[k])
        tick += 1
