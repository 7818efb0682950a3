"""Board games as people name them: by their own name, or by that of their environment. Source: ours."""

from __future__ import annotations

from typing import Final

from sim_suite.boards.game import Game
from sim_suite.boards.registry import GAMES
from sim_suite.envs.catalog import cards
from sim_suite.errors import UnknownNameError

_FAMILY: Final = "boards"


def env_of(game: str) -> str:
    """The environment of a game: `connect_four` is played in `sim_suite/ConnectFour-v0`. Raises `UnknownNameError`."""
    try:
        return _envs()[game]
    except KeyError:
        raise UnknownNameError("board game", game, _envs()) from None


def board_game_of(name: str) -> Game | None:
    """The game that a short name or an environment's identifier stands for; None where it is no board game's."""
    known = _envs()
    own = {**{env: game for game, env in known.items()}, **{game: game for game in known}}
    return GAMES[own[name]] if name in own else None


def _envs() -> dict[str, str]:
    """Environment by game."""
    return {str(card.kwargs["game"]): card.id for card in cards().values() if card.family == _FAMILY}
