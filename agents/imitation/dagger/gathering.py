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
from agents.imitation.cloner import threads
from agents.imitation.dagger.rules import expert_acts
from agents.imitation.dagger.world import World
from agents.interface import Agent, Task
from agents.naming import build, find, refuse_mismatch
from sim_suite.envs.catalog import card
from sim_suite.episodes.store.facts import Player
from sim_suite.episodes.store.folder import Recording

WORLDS: Final = 32
"""Laps that are driven at a time, at most."""


@dataclass(frozen=True)
class Gathered:
    """What a round's driving came to."""

    returns: NDArray[np.float64]
    """[laps]"""
    steps: int
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
    seeds: Sequence[int], run_seed: int, number: int, beta: float,
) -> Gathered:  # fmt: skip
    """Drive a lap for each seed into a new folder of episodes, replacing what was there.

    driver: who acts where the expert does not, None for nobody; player: as the file names them; view_of: whose view is prepared.
    The same arguments give the same bytes: a lap depends on those beside it only through the size of the network's batch.
    """
    shutil.rmtree(folder, ignore_errors=True)
    most = card(task.env_id).max_episode_steps
    returns: list[float] = []
    steps, gaps = 0, [0.0, 0.0]
    with Recording(folder) as recording:
        worlds = [World(task.env_id, task.kwargs, view_of.spec.view, expert, recording) for _ in seeds[:WORLDS]]
        try:
            for first in range(0, len(seeds), len(worlds)):
                wave = worlds[: len(seeds) - first]
                turns = np.stack([expert_acts(run_seed, number, first + k, beta, most) for k in range(len(wave))])
                for world, seed in zip(wave, seeds[first:], strict=False):
                    world.begin(seed, player)
                _drive(wave, driver, turns, gaps)
                returns += [world.total for world in wave]
                steps += sum(world.steps for world in wave)
        finally:
            for world in worlds:
                world.close()
    return Gathered(np.array(returns), steps, gaps[0] / gaps[1] if gaps[1] else float("nan"))


def _drive(wave: Sequence[World], driver: CloneAgent | None, turns: NDArray[np.bool_], gaps: list[float]) -> None:
    """All laps of a wave to their end. A lap that has ended stays in the network's batch, whose size changes the last bits."""
    tick = 0
    while not all(world.over for world in wave):
        if driver is not None:
            with threads(1):
                actions, _ = driver.predict(np.stack([world.observation for world in wave]), deterministic=True)
        for k, world in enumerate(wave):
            if world.over:
                continue
            if driver is None or turns[k, tick]:
                world.step(None)
            else:
                gaps[0] += float(np.abs(np.asarray(actions[k], float) - np.asarray(world.label, float)).mean())
                gaps[1] += 1
                world.step(actions[k])
        tick += 1
