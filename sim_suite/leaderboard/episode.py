"""Plays one episode and says what happened: a pure function of environment, agent, seed and nothing else. Of several, side_by_side.py.

A fault is told apart by whose it was. An agent that raises, or answers with something that is not an action, is an
`agent_error`; an environment that raises, or pays a reward that is not a finite number, is an `env_error`. Neither is a
score: the return of such an episode is kept out of every mean.

An environment may judge an episode by more than its rewards: `info["metrics"]` of the last step, numbers by name.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Literal

import gymnasium as gym
import numpy as np
from numpy.typing import NDArray

from agents.interface import Agent

Watch = Callable[[gym.Env[Any, Any]], bool]
Outcome = Literal["ok", "agent_error", "env_error", "worker_died"]
# These keep the random numbers of agent, environment and epsilon apart, though all start from the same seed.
_AGENT_STREAM = 0x5EED
_EPSILON_STREAM = 0xE95
_METRIC_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")


@dataclass(frozen=True)
class Row:
    """One episode of one training run of one entry on one task. What the journal holds, and all that scores are made of."""

    task: str
    entry: str
    run: int
    episode: int
    seed: int
    outcome: Outcome
    episode_return: float
    """Sum of rewards; of those before the fault where there was one."""
    length: int
    terminated: bool
    actions_sha256: str
    """Of all actions' bytes in order: two episodes with equal hashes went the same way."""
    message: str = ""
    """What went wrong, in one line; empty where nothing did."""
    metrics: Mapping[str, float] = field(default_factory=dict)
    """What the environment measured of the whole episode, by name, sorted; finite. Empty where it measures nothing, and after
    a fault."""

    def to_dict(self) -> dict[str, Any]:
        """Plain data for the journal; without metrics it is what it was before there were any."""
        data = asdict(self)
        return data if data["metrics"] else {key: value for key, value in data.items() if key != "metrics"}


COLUMNS = tuple(item.name for item in fields(Row) if item.name != "metrics")
"""The fields of a row that all episodes have; no metric may take one of these names."""


Course = Generator[Any, NDArray[Any], Row]
"""An episode that is being played: observations out, actions in, its row at the end."""


class Fault(Exception):
    """Whose fault it was, and what."""

    def __init__(self, outcome: Outcome, error: BaseException) -> None:
        super().__init__(f"{type(error).__name__}: {error}".replace("\n", " ")[:500])
        self.outcome = outcome


def agent_seed(seed: int) -> int:
    """The seed of the agent's own random numbers in the episode with this environment seed.

    It differs from the environment's: equal seeds give equal streams, and a random agent whose draws mirror the
    environment's scores what no random agent should.
    """
    return int(np.random.SeedSequence([seed, _AGENT_STREAM]).generate_state(1)[0])


def play(
    env: gym.Env[Any, Any],
    agent: Agent,
    *,
    task: str,
    entry: str,
    run: int,
    episode: int,
    seed: int,
    deterministic: bool = True,
    epsilon: float = 0.0,
    watch: Watch | None = None,
    required: Sequence[str] = (),
) -> Row:
    """Play one episode from `seed` to its end.

    epsilon: probability that a uniformly random action takes the place of the agent's, drawn from a stream of its own.
    watch: called after the reset and each step; the episode is broken off when it answers False (for clips).
    required: metrics that the environment must give with the last step; one that does not has failed.
    """
    course = course_of(
        env,
        task=task,
        entry=entry,
        run=run,
        episode=episode,
        seed=seed,
        epsilon=epsilon,
        watch=watch,
        required=required,
    )
    state: Any = None
    first = True
    try:
        observation = next(course)
        try:
            if hasattr(agent, "seed"):
                agent_stream = agent_seed(seed)
                _of_agent(lambda: agent.seed(agent_stream))
            while True:
                action, state = _act(agent, observation, state, first, deterministic, env.action_space)
                observation, first = course.send(action), False
        except Fault as fault:
            course.throw(fault)
    except StopIteration as over:
        row: Row = over.value
        return row
    raise AssertionError("a course ends by its row")


def course_of(
    env: gym.Env[Any, Any],
    *,
    task: str,
    entry: str,
    run: int,
    episode: int,
    seed: int,
    epsilon: float = 0.0,
    watch: Watch | None = None,
    required: Sequence[str] = (),
) -> Course:
    """An episode without its agent: yields each observation, is sent the action or the agent's `Fault`, and returns the row.

    What it takes is as in `play`.
    """
    total, length, terminated, actions = 0.0, 0, False, hashlib.sha256()
    outcome: Outcome = "ok"
    message = ""
    metrics: Mapping[str, float] = {}
    info: Mapping[str, Any] = {}
    try:
        observation = _of_env(lambda: env.reset(seed=seed))[0]
        truncated = False
        dice = np.random.default_rng([seed, _EPSILON_STREAM])
        if epsilon > 0:
            env.action_space.seed(int(dice.integers(2**31)))
        while not (terminated or truncated):
            if watch is not None and not watch(env):
                break
            action = yield observation
            if epsilon > 0 and dice.random() < epsilon:
                action = checked_action([env.action_space.sample()], env.action_space)
            actions.update(np.ascontiguousarray(action).tobytes())
            observation, reward, terminated, truncated, info = _step(env, action)
            total += reward
            length += 1
        if terminated or truncated:
            metrics = _of_env(lambda: checked_metrics(info.get("metrics", {}), required))
    except Fault as fault:
        outcome, message = fault.outcome, str(fault)
    return Row(
        task, entry, run, episode, seed, outcome, total, length, terminated, actions.hexdigest(), message, metrics
    )


def _of_env(call: Callable[[], Any]) -> Any:
    try:
        return call()
    except Exception as error:
        raise Fault("env_error", error) from error


def _of_agent(call: Callable[[], Any]) -> Any:
    try:
        return call()
    except Exception as error:
        raise Fault("agent_error", error) from error


def _act(
    agent: Agent, observation: Any, state: Any, first: bool, deterministic: bool, space: gym.Space[Any]
) -> tuple[NDArray[Any], Any]:
    """Ask for one action and check it against the action space."""
    batch = (
        np.asarray(observation)[None]
        if isinstance(observation, np.ndarray | np.generic | int | float)
        else [observation]
    )
    starts = np.array([first])
    actions, state = _of_agent(lambda: agent.predict(batch, state, starts, deterministic))
    return _of_agent(lambda: checked_action(actions, space)), state


def checked_action(actions: Any, space: gym.Space[Any]) -> NDArray[Any]:
    """The single action in a batch of one, in the space's own type. Raises `ValueError` where it is no action."""
    batch = np.asarray(actions)
    if batch.ndim == 0 or len(batch) != 1:
        raise ValueError(
            f"predict must return actions with a leading batch axis of 1, not an array of shape {batch.shape}"
        )
    if isinstance(space, gym.spaces.Discrete):
        if not np.issubdtype(batch.dtype, np.integer):
            raise ValueError(f"a discrete action is an integer, not {batch.dtype}")
        action: NDArray[Any] = batch[0].astype(np.int64)
    else:
        action = batch[0].astype(space.dtype)
    if not space.contains(action):
        raise ValueError(f"the action {action.tolist()} is outside {space}")
    return action


def checked_metrics(metrics: Mapping[str, Any], required: Sequence[str] = ()) -> dict[str, float]:
    """Metrics as plain floats, sorted by name. Raises `ValueError` for what is none, or where a required one is missing."""
    for name, value in metrics.items():
        if not _METRIC_NAME.fullmatch(name) or name in COLUMNS:
            raise ValueError(
                f"a metric's name is lower case, as in 'driving_score', and no column of a row, not {name!r}"
            )
        if not math.isfinite(value):
            raise ValueError(
                f"the metric {name} is {value}, which is not a finite number; leave out what cannot be computed"
            )
    for name in required:
        if name not in metrics:
            raise ValueError(
                f"the last step's info has no metric {name!r}, which the task is scored by; it has {sorted(metrics)}"
            )
    return {name: float(metrics[name]) for name in sorted(metrics)}


def _step(env: gym.Env[Any, Any], action: NDArray[Any]) -> tuple[Any, float, bool, bool, dict[str, Any]]:
    observation, reward, terminated, truncated, info = _of_env(lambda: env.step(action))
    if not math.isfinite(reward):
        raise Fault("env_error", ValueError(f"the reward {reward} is not a finite number"))
    return observation, float(reward), bool(terminated), bool(truncated), info
