"""Trains with Stable-Baselines3, step by step, so that a run can be watched, saved and resumed like any other of the suite.

Stable-Baselines3's own `learn` cannot pause; its parts (collect a rollout, update) are driven here instead, in its order.
A run resumed from a checkpoint goes on bit for bit as the run that wrote it, on the CPU, for every method: open episodes are
taken up by repeating their actions (`agents.sb3.episodes`).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from agents.interface import Task
from agents.learner import Metrics
from agents.sb3.agent import Sb3Agent
from agents.sb3.algorithms import Algorithm
from agents.sb3.building import build_algorithm, build_environments
from agents.sb3.config import Sb3Config
from agents.sb3.observation_scale import ObservationScale
from agents.sb3.policy_file import PolicySpec, acting_part, encode_arguments
from agents.sb3.streams import Streams
from agents.sb3.training_state import read_state, write_state


class Sb3Learner:
    """One training run of one algorithm."""

    def __init__(self, row: Algorithm, task: Task, config: Sb3Config, seed: int, device: str) -> None:
        """Raises `SuiteError` when configuration, algorithm and environment do not go together."""
        config.policy_arguments(row), config.algorithm_arguments(row)  # refuse before anything is built
        self._row, self._config = row, config
        self._streams = Streams(seed)
        with self._streams.active(config.threads):
            environments = build_environments(task, config, seed)
            self._model = build_algorithm(row, environments, config, seed, device)
            _, self._callback = self._model._setup_learn(config.steps)
        self.total_steps = config.steps

    @property
    def done_steps(self) -> int:
        """Environment steps taken so far."""
        return int(self._model.num_timesteps)

    @property
    def agent(self) -> Sb3Agent:
        """The policy as it is now. Its network is the one in training; its observation statistics are those of this moment."""
        model, row = self._model, self._row
        arguments = dict(model.policy_kwargs)
        if row.family == "on-policy":
            arguments["use_sde"] = model.use_sde
        policy = self._config.policy_name(row)
        spec = PolicySpec(
            row,
            policy,
            self._config.view,
            model.observation_space,
            model.action_space,
            encode_arguments(row, policy, arguments),
            float(getattr(model, "exploration_rate", 0.0)),
        )
        return Sb3Agent(spec, acting_part(row, model.policy), ObservationScale.of(model.get_vec_normalize_env()))

    def run(self) -> Iterator[Metrics]:
        """Train to the end, yielding metrics after each rollout and update (on-policy) or `metrics_every` steps (off-policy)."""
        while self.done_steps < self.total_steps:
            with self._streams.active(self._config.threads):
                match self._row.family:
                    case "on-policy":
                        self._rollout_and_update()
                    case "off-policy":
                        self._steps_and_updates()
                    case "search":
                        self._model._update_current_progress_remaining(self.done_steps, self.total_steps)
                        self._model._do_one_update(self._callback, None)
            yield self._metrics()

    def save_state(self, folder: Path) -> None:
        """Write the whole state into an existing, empty folder. The run itself is not touched."""
        write_state(folder, self._row, self._model, self._streams)

    def load_state(self, folder: Path) -> None:
        """Go on where `save_state` wrote. Raises `DamagedFileError` when the files do not fit this run."""
        read_state(folder, self._row, self._model, self._streams)

    def _rollout_and_update(self) -> None:
        model = self._model
        model.collect_rollouts(model.env, self._callback, model.rollout_buffer, n_rollout_steps=model.n_steps)
        model._update_current_progress_remaining(self.done_steps, self.total_steps)
        model.train()

    def _steps_and_updates(self) -> None:
        model = self._model
        goal = min(self.done_steps + self._config.metrics_every, self.total_steps)
        while self.done_steps < goal:
            rollout = model.collect_rollouts(
                model.env,
                self._callback,
                model.train_freq,
                model.replay_buffer,
                model.action_noise,
                model.learning_starts,
            )
            updates = model.gradient_steps if model.gradient_steps >= 0 else rollout.episode_timesteps
            if self.done_steps > model.learning_starts and updates > 0:
                model.train(updates, model.batch_size)

    def _metrics(self) -> Metrics:
        model = self._model
        episodes = list(model.ep_info_buffer)
        metrics = {"steps": float(self.done_steps)}
        if episodes:
            metrics["episode_return"] = float(np.mean([episode["r"] for episode in episodes]))
            metrics["episode_length"] = float(np.mean([episode["l"] for episode in episodes]))
        for name, value in model.logger.name_to_value.items():
            if isinstance(value, int | float | np.number) and np.isfinite(value):
                metrics[name.rpartition("/")[2]] = float(value)
        model.logger.dump()
        return metrics
