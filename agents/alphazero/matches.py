"""Matches between two players over distinct random openings, each played from both sides, and what they say of strength.

Source: Elo 1978, "The rating of chessplayers". Deterministic players would repeat one game unless openings differ.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from agents.alphazero.players import Player
from sim_suite.boards.game import ONGOING, Game
from sim_suite.boards.random_play import random_games
from sim_suite.boards.search.batched import keys_of
from sim_suite.boards.search.kinds import Positions
from sim_suite.errors import SuiteError


@dataclass(frozen=True)
class Tally:
    """How a match went for its first player."""

    wins: int
    draws: int
    losses: int

    @property
    def games(self) -> int:
        """Played in all."""
        return self.wins + self.draws + self.losses

    @property
    def score(self) -> float:
        """Share of points, 0 to 1; a draw is half of one."""
        return (self.wins + 0.5 * self.draws) / self.games

    @property
    def elo(self) -> float:
        """How many points of Elo the player is above the other: 400 log10(s / (1 - s)), with half a win and half a loss added to the games,
        so that a clean sheet is worth a finite number."""
        score = (self.wins + 0.5 * self.draws + 0.5) / (self.games + 1)
        return 400.0 * math.log10(score / (1.0 - score))


def match(game: Game, one: Player, other: Player, games: int, seed: int, opening_plies: int) -> Tally:
    """Let two players meet. games: how many, an even number; each two of them begin with the same opening.

    seed: 0 to 2**64 - 1, of openings and of what players draw. Raises `SuiteError` for an odd number of games.
    """
    if games < 2 or games % 2:
        raise SuiteError(f"a match has an even number of games, two for each opening, not {games}.")
    starts = openings(game, games // 2, seed, opening_plies)
    positions = np.concatenate([starts, starts])
    side = np.repeat([0, 1], len(starts))  # of the first player
    outcomes = _play_out(game, (one, other), positions, side, seed)
    points = np.where(side == 0, outcomes, -outcomes)
    return Tally(int((points > 0).sum()), int((points == 0).sum()), int((points < 0).sum()))


def openings(game: Game, count: int, seed: int, plies: int) -> Positions:
    """Positions [count, S] after so many random moves in which nobody has won yet; distinct as long as there are so many."""
    found: dict[bytes, NDArray[np.int64]] = {}
    repeated: list[NDArray[np.int64]] = []
    first = np.uint64(seed % 2**32) << np.uint64(32)
    for block in range(100):  # more would find nothing new
        seeds = first + np.arange(block * count, (block + 1) * count, dtype=np.uint64)
        for position in random_games(game, seeds, plies)[0]:
            if game.outcome(position) != ONGOING:
                continue
            if position.tobytes() in found:
                repeated.append(position)
            found.setdefault(position.tobytes(), position)
        if len(found) >= count:
            break
    chosen = (list(found.values()) + repeated)[:count]
    if len(chosen) < count:
        raise SuiteError(f"most games of {game.title} are over after {plies} random moves: take shorter openings.")
    return np.array(chosen, np.int64)


def _play_out(
    game: Game, players: tuple[Player, Player], positions: Positions, side: NDArray[np.int64], seed: int
) -> NDArray[np.int64]:
    """Play to the end, in place; the outcomes [n] as the first mover sees them. side: [n] 0 where players[0] plays the first side."""
    outcomes = np.array([game.outcome(position) for position in positions])
    for ply in range(game.most_plies):
        open_games = np.flatnonzero(outcomes == ONGOING)
        if not len(open_games):
            break
        movers = np.array([game.mover(position) for position in positions[open_games]])
        for number, player in enumerate(players):
            rows = open_games[(movers ^ side[open_games]) == number]
            if len(rows):
                chosen = player.moves(positions[rows], keys_of(seed, rows, ply))
                for row, move in zip(rows.tolist(), chosen.tolist(), strict=True):
                    game.play(positions[row], move)
                    outcomes[row] = game.outcome(positions[row])
    return outcomes
