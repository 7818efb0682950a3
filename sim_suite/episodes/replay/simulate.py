"""Simulates a recorded episode again, from its seed, options and actions. Source: ours."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import gymnasium as gym

from sim_suite.envs.making import make
from sim_suite.episodes.recording.capture import Capture
from sim_suite.episodes.store.reading import Episode
from sim_suite.errors import SuiteError
from sim_suite.version import SIM_VERSION


@dataclass(frozen=True)
class Moment:
    """What the environment shows after so many steps."""

    row: int
    """0: after the reset."""
    observed: Sequence[Any]
    """A value for each observed column, valid until the next moment is asked for."""
    reward: float = 0.0
    terminated: bool = False
    truncated: bool = False
    terms: tuple[float, ...] = ()


def refuse_unrepeatable(episode: Episode) -> None:
    """Raise `SuiteError` for an episode that this version cannot simulate again."""
    head = episode.head
    if head.seed is None:
        raise SuiteError(
            f"{episode.path} has no seed, so it cannot be simulated again. What was stored of it can be seen: "
            f"`sim-suite episodes replay`."
        )
    if head.sim_version != SIM_VERSION:
        raise SuiteError(
            f"{episode.path} was recorded under simulation version {head.sim_version}; this is {SIM_VERSION}, where equal seeds "
            f"go otherwise. It can be seen, but simulated again only with sim-suite {head.versions.get('sim-suite', 'of then')}."
        )


def remake(episode: Episode, render_mode: str | None = None) -> gym.Env[Any, Any]:
    """The episode's environment, not reset yet. Raises `SuiteError` where it cannot be made here."""
    env = episode.head.env
    kwargs = dict(env.kwargs)
    if env.max_episode_steps is not None:
        kwargs["max_episode_steps"] = env.max_episode_steps
    return make(env.id, kwargs=kwargs, render_mode=render_mode)


def simulate(episode: Episode, env: gym.Env[Any, Any], capture: Capture | None = None) -> Iterator[Moment]:
    """One moment more than the episode has steps. capture: reads `env`; nothing is observed without one."""
    head = episode.head
    observation: Any = None
    for number in range(head.resets + 1):
        last = number == head.resets
        observation, _ = env.reset(
            seed=head.seed if number == 0 else None, options=(dict(head.options) or None) if last else None
        )
    yield Moment(0, () if capture is None else capture.rows(observation))
    for row, action in enumerate(episode.read("action"), start=1):
        observation, reward, terminated, truncated, info = env.step(action)
        observed = () if capture is None else capture.rows(observation)
        yield Moment(row, observed, float(reward), terminated, truncated, tuple(info.get("terms", {}).values()))
