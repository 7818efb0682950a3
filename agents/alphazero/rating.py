"""How strong a player is, told by matches against fixed ones: random moves, and UCT with rollouts. Source: ours; Elo 1978."""

from __future__ import annotations

from agents.alphazero.config import RatingOptions
from agents.alphazero.matches import match
from agents.alphazero.mcts import RolloutsPlayer
from agents.alphazero.players import Player, RandomPlayer
from agents.learner import Metrics
from sim_suite.boards.game import Game


def rate(game: Game, player: Player, options: RatingOptions, seed: int) -> Metrics:
    """Share of points, 0 to 1, and points of Elo above each of the fixed players."""
    games = options.games + options.games % 2
    fixed: dict[str, Player] = {
        "random": RandomPlayer(game),
        f"mcts_{options.rollouts}": RolloutsPlayer(game, games, options.rollouts),
    }
    told: Metrics = {}
    for name, other in fixed.items():
        tally = match(game, player, other, games, seed, options.opening_plies)
        told |= {f"score_{name}": tally.score, f"elo_over_{name}": tally.elo}
    return told
