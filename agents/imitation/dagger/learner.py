"""DAgger's loop: clone the expert, let the clone drive, have the expert label where it got to, learn from all of it, again.

Source: Ross, Gordon and Bagnell 2011 (arXiv:1011.0686), algorithm 3.1. Round i drives with the policy that round i - 1 ended with.
Inside the run folder:

    rounds/00/episodes    what the expert drove (not where recorded episodes were named)
    rounds/00/policy      the clone, as round 0 ended
    rounds/01/episodes    what it drove, with the expert's labels beside its own actions
    rounds/01/policy      ...

The episodes are ordinary ones: `sim-suite episodes replay` shows them, `sim-suite train bc` learns from their labels.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np
import torch

from agents.imitation.action_grid import grid_for
from agents.imitation.agent import CloneAgent
from agents.imitation.cloner import Cloner, refuse_augmenting
from agents.imitation.dagger.aggregate import Aggregate
from agents.imitation.dagger.config import DaggerConfig
from agents.imitation.dagger.gathering import Gathered, expert_of, gather, player_of
from agents.imitation.dagger.rules import expert_seeds, round_seeds
from agents.imitation.data import refuse_other_task
from agents.imitation.heads import Head, balanced
from agents.imitation.learner_state import read_state, write_state
from agents.imitation.policy import PolicySpec, bounds_of
from agents.interface import Task
from agents.learner import Metrics
from sim_suite.envs.making import make
from sim_suite.errors import SuiteError
from sim_suite.files import read_json, write_json

REPORT_EVERY: Final = 50
"""Batches between two lines of metrics."""
_ROUNDS: Final = "rounds.json"


class DaggerLearner:
    """One training run. Steps are steps learned from: batches times their size, over all rounds."""

    def __init__(self, task: Task, config: DaggerConfig, seed: int, device: str) -> None:
        """Raises `SuiteError` where the task, the expert and the configuration do not go together."""
        self._task, self._config, self._seed, self._device = task, config, seed, device
        self._expert, self._expert_player = expert_of(config.expert, task, seed)
        with make(task.env_id, config.view, kwargs=task.kwargs) as env:
            shape = env.observation_space.shape
        assert shape is not None
        low, high = bounds_of(task.action_space)
        grid = grid_for(task.action_space, config.grid)
        self._spec = PolicySpec(
            config.policy, config.head, config.view, shape, grid, low, high, config.act, config.hidden_rows
        )
        refuse_augmenting(config, task, self._spec.picture)
        self._cloner = Cloner(self._spec, config, seed, device)
        self._data = Aggregate(config.view)
        self._folder: Path | None = None
        self._round, self._batch = 0, 0
        self._gathered = 0
        """Rounds whose episodes are in the data: those before the present one, and that itself once it has been driven."""

    def work_in(self, folder: Path) -> None:
        """Where episodes and policies of the rounds are kept; told before `load_state` and `run`."""
        self._folder = folder

    @property
    def total_steps(self) -> int:
        """Steps of all rounds."""
        return self._steps_before(self._config.rounds + 1)

    @property
    def done_steps(self) -> int:
        """Steps learned from so far."""
        return self._steps_before(self._round) + self._batch * self._config.batch_size

    @property
    def agent(self) -> CloneAgent:
        """The policy as it is now; its network is the one in training."""
        return CloneAgent(self._spec, self._cloner.network)

    def run(self) -> Iterator[Metrics]:
        """Train to the end. Yields how each round's laps were driven, the loss of each `REPORT_EVERY` batches, and each round's end."""
        config = self._config
        while self._round <= config.rounds:
            if self._gathered == self._round:
                yield self._begin_round()
            head = self._head()
            batches, losses = config.batches_of(self._round), []
            while self._batch < batches:
                number = self.done_steps // config.batch_size
                observations, actions = self._data.drawn(config.batch_size, self._seed, number)
                rate = config.learning_rate * 0.5 * (1 + math.cos(math.pi * self._batch / batches))
                displace = self._round < config.displaced_rounds
                seen, wanted = torch.from_numpy(observations), torch.from_numpy(actions)
                losses.append(self._cloner.learn(seen, wanted, number, rate, head, displace=displace))
                self._batch += 1
                if self._batch % REPORT_EVERY == 0 and self._batch < batches:
                    yield {"loss": float(np.mean(losses))}
                    losses = []
            self._keep_policy()
            ended, self._round, self._batch = self._round, self._round + 1, 0
            yield {"loss": float(np.mean(losses)), "round": ended}

    def save_state(self, folder: Path) -> None:
        """Write all that is needed to go on into an existing, empty folder."""
        network, optimizer = self._cloner.network, self._cloner.optimizer
        write_state(folder, network, optimizer, self._round, self._batch, self._data.identity)
        write_json(folder / _ROUNDS, {"gathered": self._gathered})

    def load_state(self, folder: Path) -> None:
        """Go on where `save_state` wrote. Raises `SuiteError` when the episodes have changed since."""
        for number in range(int(read_json(folder / _ROUNDS)["gathered"])):
            self._add(number)
        self._round, self._batch = read_state(folder, self._cloner.network, self._cloner.optimizer, self._data.identity)

    def _begin_round(self) -> Metrics:
        """Drive, label, aggregate."""
        config, number = self._config, self._round
        told: Metrics = {"round": number}
        if number == 0 and config.episodes:
            pass  # they are there
        elif number == 0:
            gathered = self._gather(None, expert_seeds(self._seed, config.laps))
            told |= {"expert_return": float(gathered.returns.mean())}
        else:
            gathered = self._gather(self.agent, round_seeds(self._seed, number, config.laps_per_round))
            told |= {
                "gathered_return": float(gathered.returns.mean()), "gathered_lowest": float(gathered.returns.min()),
                "gathered_steps": gathered.steps, "rescues": gathered.rescues,
            }  # fmt: skip
            if not math.isnan(gathered.gap):
                told["gap"] = gathered.gap
        self._add(number)
        if number > 0 and config.start == "scratch":
            self._cloner = Cloner(self._spec, config, self._seed, self._device)
        return {**told, "episodes": self._data.episodes, "steps_there": len(self._data)}

    def _gather(self, driver: CloneAgent | None, seeds: list[int]) -> Gathered:
        player = self._expert_player if driver is None else player_of(driver, self._round)
        return gather(
            self._of_round(self._round) / "episodes", self._task, self._expert, driver, player, self.agent, seeds,
            self._seed, self._round, self._config.beta, self._config.rescue_after,
        )  # fmt: skip

    def _add(self, number: int) -> None:
        named = self._config.episodes if number == 0 else ()
        folders = [Path(name) for name in named] or [self._of_round(number) / "episodes"]
        refuse_other_task(self._data.add(folders), self._task)
        self._gathered = number + 1

    def _head(self) -> Head:
        """With the weights of the classes as they are in the data now."""
        if self._config.head != "classes":
            return self._spec.head_of()
        weights = balanced(self._spec.grid, self._data.lessons, self._config.balance)
        return self._spec.head_of([part.to(self._cloner.device) for part in weights])

    def _keep_policy(self) -> None:
        folder = self._of_round(self._round) / "policy"
        folder.mkdir(parents=True, exist_ok=True)
        self.agent.save(folder)

    def _of_round(self, number: int) -> Path:
        if self._folder is None:
            raise SuiteError("dagger keeps what it drives: tell it where by `work_in(folder)` before `run`.")
        return self._folder / f"{number:02d}"

    def _steps_before(self, number: int) -> int:
        return self._config.batch_size * sum(self._config.batches_of(k) for k in range(number))
