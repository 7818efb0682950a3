"""PQN as a training run: many environments in place of a replay memory, Q(lambda) in place of a target network.

Source: Gallici et al. 2024, "Simplifying deep temporal difference learning" (arXiv:2407.04811), algorithm 1; optimiser and order of the
updates as in CleanRL's pqn.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from agents.interface import Task
from agents.learner import Metrics
from agents.learning.step_run import StepRun
from agents.learning.worlds import Outcome, Worlds
from agents.value_based.agent import QAgent, values_of
from agents.value_based.arithmetic import Calculating
from agents.value_based.config import PqnConfig
from agents.value_based.descent import fresh_network
from agents.value_based.exploring import epsilon_greedy
from agents.value_based.losses import td_loss
from agents.value_based.spec import spec_for
from agents.value_based.targets import lambda_returns
from sim_suite.learning.descent import annealed, descend
from sim_suite.learning.learner_state import generator_state, read_state, restored_generator, write_state
from sim_suite.learning.probing import faster_precision
from sim_suite.learning.radam import RAdam
from sim_suite.learning.torch_blocks import device_of, threads

_NAME: Final = "pqn"
_ACTING: Final = 1
_MIXING: Final = 2
"""Random streams beside the one of the first weights, which is 0."""
Array = NDArray[Any]


class Rollout(NamedTuple):
    """T steps of E environments and what they are to be worth."""

    observations: Array
    """[T, E, ...]"""
    actions: Array
    """[T, E] int64"""
    targets: Tensor
    """[T, E] float32 on the host"""


class PqnLearner(StepRun):
    """One training run."""

    def __init__(self, task: Task, config: PqnConfig, seed: int, device: str) -> None:
        """Raises `SuiteError` where task and configuration do not go together."""
        self._config = config
        self._spec = spec_for(task, config.view, config.hidden, config.layer_norm, config.dueling)
        self._device = device_of(device)
        self._network = fresh_network(self._spec, seed, self._device)
        self._optimizer = RAdam(self._network.parameters(), config.learning_rate)
        super().__init__(Worlds(task, config.view, config.envs, seed, config.life_loss), config)
        self._acting, self._mixing = (
            np.random.Generator(np.random.PCG64([seed, stream])) for stream in (_ACTING, _MIXING)
        )
        self._calculate_in(config.precision)
        self._updates = 0

    @property
    def agent(self) -> QAgent:
        """The policy as it is now; its network is the one in training."""
        return QAgent(self._spec, self._network)

    def run(self) -> Iterator[Metrics]:
        """Train to the end, yielding metrics after the first rollout in each `report_every` steps, and after the last."""
        self._begin()
        while self._done < self.total_steps:
            goal = self._next_report()
            told: list[tuple[Tensor, Tensor]] = []
            with threads(self._config.threads):
                while self._done < goal:
                    self._learn(self._play(), told)
            losses, values = zip(*told, strict=True)
            yield self._worlds.metrics() | {
                "loss": float(torch.stack(losses).mean()),
                "q_mean": float(torch.stack(values).mean()),
                "epsilon": self._config.epsilon.at(self._progress),
                "updates": float(self._updates),
            }

    def save_state(self, folder: Path) -> None:
        """Write all that is needed to go on into an existing, empty folder."""
        facts = {
            "done": self._done,
            "updates": self._updates,
            "precision": self._precision,
            "acting": generator_state(self._acting),
            "mixing": generator_state(self._mixing),
        }
        write_state(folder, _NAME, {"network": self._network}, self._optimizer, self._worlds.arrays(), facts)

    def load_state(self, folder: Path) -> None:
        """Go on where `save_state` wrote. Environments that do not repeat themselves begin anew, as after a truncation."""
        worlds, facts = read_state(folder, _NAME, {"network": self._network}, self._optimizer)
        self._done, self._updates = int(facts["done"]), int(facts["updates"])
        self._calculate_in(str(facts["precision"]))
        self._acting, self._mixing = restored_generator(facts["acting"]), restored_generator(facts["mixing"])
        self._worlds.take_up(worlds)
        self._begun = True

    def _play(self) -> Rollout:
        """A rollout with the network as it is."""
        config, worlds = self._config, self._worlds
        shown: list[Array] = []
        taken: list[Array] = []
        told: list[Outcome] = []
        best: list[Array] = []
        for _ in range(config.rollout):
            values = values_of(self._calculating.module, self._spec, worlds.observations)
            if shown:
                best.append(self._next_best(values, told[-1]))
            shown.append(worlds.observations)
            taken.append(epsilon_greedy(values, config.epsilon.at(self._progress), self._acting))
            told.append(worlds.step(taken[-1]))
            self._done += config.envs
        best.append(self._next_best(values_of(self._calculating.module, self._spec, worlds.observations), told[-1]))
        rewards = np.stack([outcome.rewards for outcome in told])
        terminated = np.stack([outcome.terminated for outcome in told])
        ended = terminated | np.stack([outcome.truncated for outcome in told])
        targets = lambda_returns(
            torch.from_numpy(np.clip(rewards, -1, 1) if config.clip_rewards else rewards).float(),
            torch.from_numpy(np.where(terminated, 0.0, config.discount)).float(),
            torch.from_numpy(~ended),
            torch.from_numpy(np.stack(best)),
            config.decay,
        )
        return Rollout(np.stack(shown), np.stack(taken), targets)

    def _next_best(self, values: Array, outcome: Outcome) -> Array:
        """[E] the highest value of what a step led to. values: [E, A] of what is shown next, which after a truncation is something else."""
        best: Array = values.max(axis=1)
        cut = outcome.truncated & ~outcome.terminated
        if cut.any():
            best[cut] = values_of(self._calculating.module, self._spec, outcome.next_observations[cut]).max(axis=1)
        return best

    def _learn(self, rollout: Rollout, told: list[tuple[Tensor, Tensor]]) -> None:
        config = self._config
        observations = rollout.observations.reshape(-1, *rollout.observations.shape[2:])
        actions = torch.from_numpy(rollout.actions.reshape(-1))
        targets = rollout.targets.reshape(-1)
        rate = annealed(config.learning_rate, self._progress) if config.anneal else config.learning_rate
        for _ in range(config.epochs):
            for rows in np.array_split(self._mixing.permutation(len(actions)), config.minibatches):
                shown = torch.from_numpy(observations[rows]).to(self._device)
                if self._precision == "auto":
                    self._calculate_in(self._faster(shown))
                values = self._calculating.module(self._spec.prepare(shown, self._calculating.dtype))
                wanted = targets[torch.from_numpy(rows)].to(self._device)
                chosen = values.float().gather(1, actions[torch.from_numpy(rows)].to(self._device)[:, None]).squeeze(1)
                loss = td_loss(chosen, wanted, torch.ones_like(wanted), "squared")
                descend(self._optimizer, loss, rate, config.max_gradient, self._calculating.hand_gradients_over)
                self._calculating.follow()
                self._updates += 1
                told.append((loss.detach(), chosen.detach().mean()))

    def _calculate_in(self, precision: str) -> None:
        """The arithmetic of the passes to come, with the network's numbers as they are now."""
        self._precision = precision
        self._calculating = Calculating(self._network, precision)

    def _faster(self, shown: Tensor) -> str:
        seen = self._spec.prepare(shown)
        return faster_precision(self._network, lambda tried: tried(seen).float().sum(), self._device)
