"""Which board game a task plays. Source: ours."""

from __future__ import annotations

from typing import Final

from agents.interface import Task
from sim_suite.boards.game import Game
from sim_suite.envs.making import make
from sim_suite.envs.views import View
from sim_suite.errors import SuiteError

BOARD: Final = View("board")


def game_of(task: Task) -> Game:
    """The game of an environment. Raises `SuiteError` where it plays none."""
    with make(task.env_id, kwargs=task.kwargs) as env:
        game = getattr(env.unwrapped, "game", None)
    if not isinstance(game, Game):
        raise SuiteError(
            f"{task.env_id} is no board game for two. Take one of the family boards (`sim-suite list envs`), such as "
            f"sim_suite/ConnectFour-v0."
        )
    return game
