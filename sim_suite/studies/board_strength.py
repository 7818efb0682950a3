"""Judges a trained board agent against perfect play, where a solver knows it, and in a match against rollouts.

    python -m sim_suite.studies.board_strength CHECKPOINT [--games N]

Tic-tac-toe: the share of moves that keep the position's value over all positions, and games against every reply, both sides. Connect Four:
the same share over the labelled positions, by band of plies, and a match against UCT with 1,000 rollouts and a solver over distinct
openings of four random moves, each from both sides, with Wilson's interval. An error is a move of less value than the best: the measure of
AlphaZero.jl. Source: ours.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from agents import checkpoint
from agents.alphazero.agent import BoardAgent
from agents.alphazero.evaluating import Evaluator
from agents.alphazero.matches import Tally, match
from agents.alphazero.mcts import RolloutsPlayer
from agents.alphazero.players import NetworkPlayer, Player
from sim_suite import rates
from sim_suite.boards.game import ONGOING, Game
from sim_suite.boards.games.connect_four import CONNECT_FOUR
from sim_suite.boards.games.tic_tac_toe import TIC_TAC_TOE
from sim_suite.boards.search.batched import keys_of
from sim_suite.boards.solvers.labels import LabelledPositions
from sim_suite.errors import SuiteError
from sim_suite.leaderboard.arena.judges import judge_of

SIMULATIONS: Final = {TIC_TAC_TOE.name: (0, 50), CONNECT_FOUR.name: (0, 64, 256)}
"""Of the searches that are judged; 0 is the policy alone."""
ROLLOUTS: Final = 1000
SEED: Final = 20_000
TOGETHER: Final = 64


def player_of(agent: BoardAgent, simulations: int) -> Player:
    """The agent with so many simulations, many positions at once."""
    game = agent.spec.board_game()
    evaluator = Evaluator(game, agent.network, TOGETHER, torch.device("cpu"), "float32")
    return NetworkPlayer(game, evaluator, simulations, agent.spec.rule)


def moves_in(player: Player, labelled: LabelledPositions) -> NDArray[np.int64]:
    """The moves [N] of a player in labelled positions."""
    return player.moves(labelled.positions, keys_of(SEED, np.arange(len(labelled.positions)), 0))


def losses(game: Game, player: Player) -> tuple[int, int]:
    """Games lost, and games played, against every reply from both sides; the player's own move is one for each position."""
    ended, layer = [], [(game.start(), 0), (game.start(), 1)]
    while layer:
        layer, going_on = [], layer
        mine = [one for one in going_on if game.mover(one[0]) == one[1]]
        after = [
            (game.after(position, move), side)
            for position, side in going_on
            if game.mover(position) != side
            for move in game.legal_moves(position)
        ]
        if mine:
            positions = np.array([position for position, _ in mine])
            moves = player.moves(positions, keys_of(SEED, np.arange(len(mine)), 0))
            after += [
                (game.after(position, int(move)), side) for (position, side), move in zip(mine, moves, strict=True)
            ]
        for position, side in after:
            outcome = game.outcome(position)
            if outcome == ONGOING:
                layer.append((position, side))
            else:
                ended.append(outcome if side == 0 else -outcome)
    return sum(one < 0 for one in ended), len(ended)


def wilson(tally: Tally) -> tuple[float, float]:
    """The 95 % interval of a match's share of points, draws as half a win and half a loss."""
    return rates.wilson(tally.wins + 0.5 * tally.draws, tally.games)


def report(agent: BoardAgent, games: int) -> Iterator[str]:
    """A line for each figure. Raises `SuiteError` for a game that no solver knows."""
    game = agent.spec.board_game()
    if game.name not in SIMULATIONS:
        raise SuiteError(f"perfect play is known of {', '.join(SIMULATIONS)}, not of {game.name}.")
    judge = judge_of(game.name)
    assert judge is not None
    labelled = judge.labelled
    yield f"random legal moves keep the value in {labelled.random_share():.4f} of {len(labelled.positions)} positions"
    for simulations in SIMULATIONS[game.name]:
        player, who = player_of(agent, simulations), f"{simulations} simulations" if simulations else "the policy alone"
        moves = moves_in(player, labelled)
        yield f"{who}: {labelled.value_keeping(moves):.4f}"
        if game is CONNECT_FOUR:
            shares = judge.shares(tuple(moves.tolist())).items()
            yield "  " + ", ".join(f"{name} {kept / count:.3f}" for name, (kept, count) in shares)
            yield f"  {_against_rollouts(game, player, games)}"
        else:
            lost, played = losses(game, player)
            yield f"  lost {lost} of {played} games against every reply"


def _against_rollouts(game: Game, player: Player, games: int) -> str:
    tally = match(game, player, RolloutsPlayer(game, TOGETHER, ROLLOUTS, solver=True), games, SEED, 4)
    low, high = wilson(tally)
    return (
        f"against UCT with {ROLLOUTS} rollouts: {tally.wins}-{tally.draws}-{tally.losses}, {tally.score:.3f} "
        f"({low:.3f} to {high:.3f})"
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the report."""
    parser = argparse.ArgumentParser(description="Judge a trained board agent against perfect play.")
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("--games", type=int, default=100, help="of each match")
    asked = parser.parse_args(arguments)
    agent, _ = checkpoint.load(asked.checkpoint)
    if not isinstance(agent, BoardAgent):
        raise SuiteError(f"{asked.checkpoint} holds {type(agent).__name__}, not an agent that alphazero trained.")
    for line in report(agent, asked.games):
        print(line, flush=True)


if __name__ == "__main__":
    main()
