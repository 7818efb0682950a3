"""What all tests share: no window, one thread a library (pytest runs a process for each core), and an agent or two."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.browser import Browser
from tests.system import requires_system

os.environ.setdefault("SDL_VIDEODRIVER", "dummy")
os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
for _name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(_name, "1")
# Two, so that sharing work among threads is tried on any machine; set before numba reads it.
os.environ.setdefault("NUMBA_NUM_THREADS", "2")

CLUMSY_AGENTS = '''
"""Agents that fault in every way an agent can."""

import os

import numpy as np

from agents.interface import Interface
from sim_suite.envs.views import View


class _Base:
    interface = Interface(View("vector"), "discrete")
    envs = ("CartPole-v1",)

    def predict(self, observation, state=None, episode_start=None, deterministic=False):
        return np.array([self.act(observation[0])]), state


class Steady(_Base):
    def act(self, observation):
        return int(observation[2] > 0)


class Raises(_Base):
    def act(self, observation):
        if observation[0] < -0.06:
            raise RuntimeError("two\\nlines")
        return 0


class Outside(_Base):
    def act(self, observation):
        return 7


class Dies(_Base):
    def act(self, observation):
        if observation[0] > 0.0:
            os._exit(3)
        return 0


class DiesBeside(_Base):
    """The same, asked about several episodes at once."""

    side_by_side = True

    def predict(self, observation, state=None, episode_start=None, deterministic=False):
        if any(one[0] > 0.0 for one in observation):
            os._exit(3)
        return np.zeros(len(observation), np.int64), state


class Forgetful(_Base):
    """Carries memory from episode to episode, so that an episode played alone goes otherwise."""

    calls = 0

    def act(self, observation):
        type(self).calls += 1
        return (type(self).calls // 7) % 2


class Mute:
    interface = Interface(View("vector"))


class Anywhere(Steady):
    envs = ()


class NeedsArguments(Steady):
    def __init__(self, size):
        self.size = size


class Undeclared(_Base):
    interface = None


class Sees(_Base):
    interface = Interface(View("pixels"), "discrete")

    def act(self, observation):
        return 0
'''


@pytest.fixture
def clumsy(tmp_path: Path) -> Path:
    """A file of agents as a user might write it."""
    path = tmp_path / "clumsy.py"
    path.write_text(CLUMSY_AGENTS)
    return path


@pytest.fixture
def small_suite(tmp_path: Path) -> Path:
    """A suite of two quick tasks."""
    path = tmp_path / "small.toml"
    path.write_text(
        'name = "small"\nversion = 1\n'
        '[[tasks]]\nname = "cart-pole"\nenv = "CartPole-v1"\nepisodes = 6\n'
        '[[tasks]]\nname = "lake"\nenv = "FrozenLake-v1"\nepisodes = 6\n'
    )
    return path


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    """Chromium without a window, one for all tests of a file."""
    chromium = Browser(requires_system("chromium"), tmp_path_factory.mktemp("profile"))
    yield chromium
    chromium.close()
