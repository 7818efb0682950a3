"""DQN (Mnih et al. 2015, Nature 518, algorithm 1) and double DQN (van Hasselt et al. 2016, arXiv:1509.06461) as training runs.

Each vector step has three parts: actions are chosen, the environments take them, and the updates that the steps before made due are
done. The last two need nothing of each other, so they may overlap in time, and the run is a function of its seed all the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray

from agents.interface import Task
from agents.learner import Metrics
from agents.learning.step_run import StepRun
from agents.learning.worlds import Outcome, Worlds
from agents.value_based.agent import QAgent, values_of
from agents.value_based.config import DqnConfig
from agents.value_based.descent import Descent, Update
from agents.value_based.exploring import epsilon_greedy
from agents.value_based.replay import ArrayReplay, FrameReplay, Replay
from agents.value_based.spec import QSpec, spec_for
from sim_suite.learning.descent import annealed
from sim_suite.learning.learner_state import generator_state, read_state, restored_generator, write_state
from sim_suite.learning.torch_blocks import threads

_ACTING: Final = 1
_DRAWING: Final = 2
"""Random streams beside the one of the first weights, which is 0."""
Array = NDArray[Any]


class DqnLearner(StepRun):
    """One training run."""

    def __init__(self, name: str, double: bool, task: Task, config: DqnConfig, seed: int, device: str) -> None:
        """name: of the method, for its state. Raises `SuiteError` where task and configuration do not go together."""
        self._name, self._config = name, config
        self._spec = spec_for(task, config.view, config.hidden, config.layer_norm, config.dueling)
        self._descent = Descent(self._spec, config, double, seed, device)
        super().__init__(Worlds(task, config.view, config.envs, seed, config.life_loss), config)
        self._replay = _replay_for(self._spec, config, self._descent.device)
        self._acting, self._drawing = (
            np.random.Generator(np.random.PCG64([seed, stream])) for stream in (_ACTING, _DRAWING)
        )
        self._owed = 0
        """Rounds of updates that are due."""

    @property
    def agent(self) -> QAgent:
        """The policy as it is now; its network is the one in training."""
        return QAgent(self._spec, self._descent.network)

    def run(self) -> Iterator[Metrics]:
        """Train to the end, yielding metrics every `report_every` steps."""
        self._begin()
        while self._done < self.total_steps:
            goal = self._next_report()
            told: list[Update] = []
            with threads(self._config.threads), ExitStack() as stack:
                pool = stack.enter_context(ThreadPoolExecutor(1)) if self._config.overlap else None
                while self._done < goal:
                    self._step(pool, told)
                if self._done >= self.total_steps:
                    self._learn_owed(told)
            yield self._metrics(told)

    def save_state(self, folder: Path) -> None:
        """Write all that is needed to go on into an existing, empty folder."""
        facts = {
            "done": self._done,
            "owed": self._owed,
            "updates": self._descent.updates,
            "precision": self._descent.precision,
            "acting": generator_state(self._acting),
            "drawing": generator_state(self._drawing),
        }
        networks = {"network": self._descent.network, "target": self._descent.target}
        write_state(folder, self._name, networks, self._descent.optimizer, self._worlds.arrays(), facts)
        self._replay.save(folder)

    def load_state(self, folder: Path) -> None:
        """Go on where `save_state` wrote. Raises `SuiteError` where that was another run's.

        Environments that do not repeat themselves begin anew, as after a truncation.
        """
        descent = self._descent
        networks = {"network": descent.network, "target": descent.target}
        worlds, facts = read_state(folder, self._name, networks, descent.optimizer)
        self._done, self._owed = int(facts["done"]), int(facts["owed"])
        descent.updates = int(facts["updates"])
        descent.calculate_in(str(facts["precision"]))
        self._acting, self._drawing = restored_generator(facts["acting"]), restored_generator(facts["drawing"])
        self._replay.load(folder)
        if not self._worlds.take_up(worlds):
            self._replay.cut()
        self._begun = True

    def _step(self, pool: ThreadPoolExecutor | None, told: list[Update]) -> None:
        """One vector step, and the updates that were due before it."""
        shown, actions = self._worlds.observations, self._act()
        if pool is None:
            outcome = self._worlds.step(actions)
            self._learn_owed(told)
        else:
            taken = pool.submit(self._worlds.step, actions)
            self._learn_owed(told)
            outcome = taken.result()
        self._remember(shown, actions, outcome)

    def _act(self) -> Array:
        """Actions [E]: at random before learning starts."""
        shown, config = self._worlds.observations, self._config
        if self._done < config.learning_starts:
            return self._acting.integers(self._spec.actions, size=config.envs)
        epsilon = config.epsilon.at(self._progress)
        return epsilon_greedy(values_of(self._descent.online.module, self._spec, shown), epsilon, self._acting)

    def _remember(self, shown: Array, actions: Array, outcome: Outcome) -> None:
        rewards = np.clip(outcome.rewards, -1, 1) if self._config.clip_rewards else outcome.rewards
        self._replay.add(shown, actions, rewards, outcome.terminated, outcome.truncated, outcome.next_observations)
        before, self._done = self._done, self._done + self._config.envs
        if self._done >= self._config.learning_starts:
            self._owed = self._done // self._config.train_every - before // self._config.train_every

    def _learn_owed(self, told: list[Update]) -> None:
        """The updates that are due, once there is something to learn from."""
        config = self._config
        owed, self._owed = self._owed, 0
        if not len(self._replay):
            return
        for _ in range(owed * config.updates):
            batch = self._replay.sample(config.batch_size, self._drawing, self._progress)
            rate = annealed(config.learning_rate, self._progress) if config.anneal else config.learning_rate
            update = self._descent.learn(batch, rate)
            if config.replay.prioritised:
                self._replay.update(batch.rows, update.td_errors)
            told.append(update)

    def _metrics(self, told: list[Update]) -> Metrics:
        config = self._config
        metrics = self._worlds.metrics()
        if told:
            metrics["loss"] = float(torch.stack([update.loss for update in told]).mean())
            metrics["q_mean"] = float(torch.stack([update.value for update in told]).mean())
        epsilon = 1.0 if self._done < config.learning_starts else config.epsilon.at(self._progress)
        return metrics | {"epsilon": epsilon, "updates": float(self._descent.updates)}


def _replay_for(spec: QSpec, config: DqnConfig, device: torch.device) -> Replay:
    """Stacked pictures are kept as frames, all else as it is."""
    if spec.view.kind == "pixels" and spec.view.stack > 1:
        return FrameReplay(spec.shape, config.envs, config.replay, device)
    dtype = np.uint8 if spec.view.kind == "pixels" else np.int64 if spec.states else np.float32
    return ArrayReplay(spec.shape, dtype, config.envs, config.replay, device)
