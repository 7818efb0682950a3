"""What tests of board agents share: tasks without an environment around them, and small settings."""

from __future__ import annotations

from agents.alphazero.config import AlphaZeroConfig, GateOptions, PlayOptions, RatingOptions
from agents.alphazero.networks import Sizes
from sim_suite.boards.registry import game_named
from sim_suite.boards.search.rules import GumbelRule

TIC_TAC_TOE, FOUR = game_named("tic_tac_toe"), game_named("connect_four")
TINY = Sizes(channels=8, blocks=1, head_planes=4, value_hidden=8)


def small(**settings):
    """A run of a second."""
    play = settings.pop("play", {})
    return AlphaZeroConfig(
        **{
            "steps": 320, "round_steps": 80, "network": TINY, "window": 200, "batch_size": 32, "precision": "float32",
            "agent_simulations": 8, "rating": RatingOptions(), "gate": GateOptions(), **settings,
            "play": PlayOptions(**{"games": 8, "simulations": 8, "gumbel": GumbelRule(scale=0.1), **play}),
        }
    )  # fmt: skip
