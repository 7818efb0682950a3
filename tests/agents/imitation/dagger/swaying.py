"""A road on which a clone of perfect driving must fail: what is off the line moves further off by itself. One number, one picture.

The car's place x and the road's bend c obey x' = 1.2 x + 0.2 (a - c). The expert answers a = c - 4 x, so that x' = 0.4 x. It begins on
the line and never leaves it: its laps show a = c, and no car that is off the line. Whoever has learned only that errs by some e in each
step, and after t steps is e (1.2^t - 1) off the line: with an error of 0.02 the lap of 100 steps is over after 22.
"""

from __future__ import annotations

import math
from typing import Any, ClassVar

import gymnasium as gym
import numpy as np

from agents.interface import Interface
from sim_suite.envs import catalog
from sim_suite.envs.catalog import EnvCard, Reference
from sim_suite.envs.views import STATE, View

SWAY = "tests/Sway-v0"
STEPS = 100
PICTURE = (30, 32, 3)


class SwayEnv(gym.Env[np.ndarray, np.ndarray]):
    """A point for each step until |x| passes 1. Upper half of the picture: where the car is; lower half: the bend."""

    metadata: ClassVar = {"render_modes": []}
    observation_space = gym.spaces.Box(0, 255, PICTURE, np.uint8)
    action_space = gym.spaces.Box(-1, 1, (1,), np.float32)

    def __init__(self, render_mode: str | None = None) -> None:
        self.render_mode = render_mode

    def reset(self, *, seed: int | None = None, options: Any = None) -> tuple[np.ndarray, dict[str, Any]]:
        super().reset(seed=seed)
        self.x, self.tick, self.phase = 0.0, 0, float(self.np_random.uniform(0, 2 * math.pi))
        return self._picture(), {}

    @property
    def bend(self) -> float:
        """c"""
        return 0.5 * math.sin(self.phase + 0.2 * self.tick)

    def step(self, action: np.ndarray) -> tuple[np.ndarray, float, bool, bool, dict[str, Any]]:
        self.x = 1.2 * self.x + 0.2 * (float(action[0]) - self.bend)
        self.tick += 1
        return self._picture(), 1.0, abs(self.x) > 1, False, {}

    def _picture(self) -> np.ndarray:
        picture = np.zeros(PICTURE, np.uint8)
        columns = np.arange(PICTURE[1])
        for rows, value in ((slice(0, 15), self.x), (slice(15, 30), 2 * self.bend)):
            place = 15.5 + 15.5 * np.clip(value, -1, 1)
            picture[rows] = (255 * np.exp(-(((columns - place) / 3) ** 2))).astype(np.uint8)[None, :, None]
        return picture


def read(env: SwayEnv) -> tuple[float, float]:
    """The privileged state (x, c)."""
    return env.x, env.bend


class Steady:
    """The expert."""

    interface = Interface(STATE, "continuous")

    def predict(
        self, observation: Any, state: Any = None, episode_start: Any = None, deterministic: bool = False
    ) -> Any:
        return np.array([[np.clip(c - 4 * x, -1, 1)] for x, c in observation], np.float32), state


class Sighted:
    """An expert that looks at what the suite does not show beside the policy's view."""

    interface = Interface(View("pixels", grey=True), "continuous")

    def predict(
        self, observation: Any, state: Any = None, episode_start: Any = None, deterministic: bool = False
    ) -> Any:
        raise AssertionError("it is refused before it is asked")


EXPERT = f"{__name__}:Steady"


def offer(monkeypatch: Any) -> None:
    """Make the environment one of the suite's, for a test."""
    if SWAY not in gym.registry:
        gym.register(SWAY, entry_point=f"{__name__}:SwayEnv", max_episode_steps=STEPS)
    nothing = Reference(0.0, "by hand")
    one = EnvCard(
        SWAY,
        "tests",
        "sways",
        STEPS,
        ("pixels", "state"),
        (0.0,),
        nothing,
        nothing,
        nothing,
        state_reader=f"{__name__}:read",
    )
    known = dict(catalog.cards()) | {SWAY: one}
    monkeypatch.setattr(catalog, "cards", lambda: known)
