"""The board games by name. To add one: a file in `games/` that makes a `Game`, and an entry here."""

from __future__ import annotations

from sim_suite.boards.game import Game
from sim_suite.boards.games.connect_four import CONNECT_FOUR
from sim_suite.boards.games.go import GO
from sim_suite.boards.games.gomoku import GOMOKU
from sim_suite.boards.games.othello import OTHELLO
from sim_suite.boards.games.tic_tac_toe import TIC_TAC_TOE
from sim_suite.errors import UnknownNameError

GAMES: dict[str, Game] = {game.name: game for game in (TIC_TAC_TOE, CONNECT_FOUR, *OTHELLO, *GOMOKU, *GO)}


def game_named(name: str) -> Game:
    """The game of this name. Raises `UnknownNameError` with the nearest ones."""
    try:
        return GAMES[name]
    except KeyError:
        raise UnknownNameError("board game", name, GAMES) from None
