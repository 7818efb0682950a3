"""Both seats of a board game as a PettingZoo environment, in turns (AEC). Needs the extra `boards`.

    from sim_suite.envs.boards.pettingzoo_face import env
    game = env("othello_8x8")

Agents, spaces, rewards and the wrappers around are those of PettingZoo's classic games, except that planes come first.
"""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np

from sim_suite.boards.game import ONGOING
from sim_suite.boards.registry import game_named
from sim_suite.envs.boards.picture import picture
from sim_suite.envs.boards.seen import Seen, seen_by, space_of
from sim_suite.errors import SuiteError

try:
    from pettingzoo import AECEnv
    from pettingzoo.utils import wrappers
except ImportError as error:
    raise SuiteError("PettingZoo is not installed: pip install 'sim-suite[boards]'.") from error

_AGENTS = ("player_0", "player_1")


def env(game: str = "connect_four", render_mode: str | None = None) -> Any:
    """An `AECEnv`: the game with PettingZoo's usual wrappers: an illegal move ends it with -1 for who made it."""
    wrapped = wrappers.TerminateIllegalWrapper(BoardAEC(game, render_mode), illegal_reward=-1)
    wrapped = wrappers.AssertOutOfBoundsWrapper(wrapped)
    return wrappers.OrderEnforcingWrapper(wrapped)


class BoardAEC(AECEnv):  # type: ignore[misc]  # PettingZoo is untyped
    """The bare environment.

    Agents "player_0", who begins, and "player_1". Observation of an agent: see `seen.py`. Reward: 1 won, -1 lost, 0 else.
    Both agents terminate with the game.
    """

    def __init__(self, game: str = "connect_four", render_mode: str | None = None) -> None:
        """game: a name of `sim_suite.boards.registry`. Raises `SuiteError` at an unknown argument."""
        super().__init__()
        if render_mode not in (None, "ansi", "rgb_array"):
            raise SuiteError(f"render_mode must be 'ansi', 'rgb_array' or None, not {render_mode!r}.")
        self.game = game_named(game)
        self.metadata = {
            "name": f"{game}_v{self.game.version}",
            "render_modes": ["ansi", "rgb_array"],
            "is_parallelizable": False,
            "render_fps": 2,
        }
        self.render_mode = render_mode
        self.possible_agents = list(_AGENTS)
        self.observation_spaces = {agent: space_of(self.game) for agent in _AGENTS}
        self.action_spaces = {agent: gym.spaces.Discrete(self.game.actions) for agent in _AGENTS}
        self.agents: list[str] = []
        self._last: int | None = None

    def observation_space(self, agent: str) -> gym.spaces.Space[Any]:
        """The same object each time, as PettingZoo asks."""
        return self.observation_spaces[agent]

    def action_space(self, agent: str) -> gym.spaces.Space[Any]:
        """The same object each time."""
        return self.action_spaces[agent]

    def reset(self, seed: int | None = None, options: dict[str, Any] | None = None) -> None:
        """Begin a game; there is no chance in it, so the seed changes nothing."""
        self.position = self.game.start()
        self._last = None
        self.agents = list(_AGENTS)
        self.agent_selection = _AGENTS[0]
        self.rewards = dict.fromkeys(_AGENTS, 0.0)
        self._cumulative_rewards = dict.fromkeys(_AGENTS, 0.0)
        self.terminations = dict.fromkeys(_AGENTS, False)
        self.truncations = dict.fromkeys(_AGENTS, False)
        self.infos: dict[str, dict[str, Any]] = {agent: {} for agent in _AGENTS}

    def observe(self, agent: str) -> Seen:
        """What an agent sees; only who is to move has legal moves."""
        return seen_by(self.game, self.position, _AGENTS.index(agent))

    def step(self, action: int | np.int64 | None) -> None:
        """Play the selected agent's move. Raises `SuiteError` at an illegal one, which the wrappers keep away."""
        agent = self.agent_selection
        if self.terminations[agent] or self.truncations[agent]:
            self._was_dead_step(action)
            return
        assert action is not None
        self.position = self.game.after(self.position, int(action))
        self._last = int(action)
        result = self.game.outcome(self.position)
        self._cumulative_rewards[agent] = 0.0
        if result != ONGOING:
            self.rewards = {_AGENTS[0]: float(result), _AGENTS[1]: float(-result)}
            self.terminations = dict.fromkeys(_AGENTS, True)
        self.agent_selection = _AGENTS[self.game.mover(self.position)]
        self._accumulate_rewards()

    def render(self) -> Any:
        """Text or picture, as `render_mode` says."""
        if self.render_mode == "ansi":
            return self.game.text(self.position)
        if self.render_mode == "rgb_array":
            return picture(self.game, self.position, self._last)
        raise SuiteError(
            "this environment was made without a render_mode; make it with render_mode='rgb_array' or 'ansi'."
        )

    def close(self) -> None:
        """Nothing is open."""
