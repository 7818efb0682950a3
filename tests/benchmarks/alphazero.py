"""How fast AlphaZero searches: the tree alone, the network alone, both together, several workers of self-play, beside peers; memory.

Connect Four, 64 channels x 4 blocks, 32 simulations a move. What the whole reaches is told as a share of the network's own rate in the same
round, on one thread of torch: a ratio holds with bfloat16 units or without, and on a busy machine. The tree alone may use all cores.

The peers are mctx's Gumbel search over pgx's rules with a network of the same shape in JAX, as pgx's own example trains, in a process of
their own by the interpreter of `.venv-bench`; left out where that lacks them. Both play themselves on one processor, in turns, and its
time is counted that they had, so that others who want it do not matter.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Final

import llvmlite.binding
import numpy as np
import torch

from agents.alphazero.evaluating import Evaluator
from agents.alphazero.networks import ResidualNetwork, Sizes
from sim_suite.benchmarking import Measurement, Row, compared, one_processor, peer_rate
from sim_suite.boards.registry import game_named
from sim_suite.boards.search.batched import Search, keys_of
from sim_suite.boards.search.rollouts import Rollouts
from sim_suite.boards.search.rules import GumbelRule, PuctRule, Rule
from sim_suite.boards.search.self_play import Plan, SelfPlay
from sim_suite.compiling.sharing import at_most, most_threads
from sim_suite.learning.folding import folded
from sim_suite.learning.torch_blocks import threads
from tests.benchmarks._alphazero_memory import memory_rows

SUMMARY = (
    "AlphaZero on Connect Four: simulations/s of the tree, with its network, of self-play beside mctx and pgx; memory"
)
GAME: Final = game_named("connect_four")
SIZES: Final = Sizes(channels=64, blocks=4)
SIMULATIONS: Final = 32
TREE_BAR: Final = 1e6
"""Simulations a second of the tree alone, on two cores that are free; pgx with mctx reached 1.0 million at 64 games and 0.8 at 256."""
SHARE_BARS: Final = {64: 0.75, 256: 0.60}
"""Of the network's own rate, by games at once."""
PEER_BAR: Final = 5.0
"""Times the peers' rate, on processors with AMX, where ours is in bfloat16; of others nothing is promised."""
PEER_SCRIPT: Final = Path(__file__).with_name("_alphazero_peer.py")
CPU: Final = torch.device("cpu")


@dataclass(frozen=True)
class Counts:
    """How much is measured."""

    seconds: float = 1.0
    """Of one measurement."""
    rounds: int = 5
    """After one to warm up."""
    peer_rounds: int = 3
    """The peers compile anew in each."""
    games: int = 1024
    """At once, in the run whose memory is measured."""
    moves: int = 30
    """Of each of them, in which most end and are learned from."""


FULL: Final = Counts()


def rows(counts: Counts = FULL) -> Iterator[Row]:
    """The tree, then rollouts, then the network and what the whole makes of it, then self-play."""
    for rule in (GumbelRule(), PuctRule()):
        for games in SHARE_BARS:
            yield tree_row(rule, games, counts)
    yield rollouts_row(counts)
    with threads(1):
        for games, bar in SHARE_BARS.items():
            yield share_row(games, bar, counts)
        yield from self_play_rows(counts)
        with at_most(1), one_processor():
            for games in SHARE_BARS:
                yield peer_row(games, counts)
    yield from memory_rows(GAME, SIMULATIONS, counts.games, counts.moves)


def tree_row(rule: Rule, games: int, counts: Counts) -> Row:
    """A network that finds everything alike and everything a draw, for nothing."""
    search = Search(GAME, games, SIMULATIONS, rule)
    answer = np.zeros((games, GAME.actions), np.float32), np.zeros(games, np.float32)
    measure = rate(searching(search, lambda: answer), games * SIMULATIONS, counts.seconds)
    value = median(measure, counts.rounds)
    kind = "Gumbel" if isinstance(rule, GumbelRule) else "PUCT"
    name = f"the tree alone, {kind}, {games} games x {SIMULATIONS} simulations"
    return Row(name, value, "simulations/s", bar=TREE_BAR, holds=value >= TREE_BAR)


def rollouts_row(counts: Counts) -> Row:
    """UCT from the empty board, one game on one thread."""
    rollouts, starts = Rollouts(GAME, 1, 1000), GAME.start()[None]
    measure = rate(lambda: rollouts.moves(starts, keys_of(0, [0], 0)), 1000, counts.seconds)
    return Row("UCT with random rollouts, one game x 1000 simulations", median(measure, counts.rounds), "simulations/s")


def share_row(games: int, bar: float, counts: Counts) -> Row:
    """The whole by the network alone, in turns."""
    evaluator = evaluator_of(games)
    search = Search(GAME, games, SIMULATIONS, GumbelRule(), evaluator.planes)
    whole = rate(searching(search, evaluator), games * SIMULATIONS, counts.seconds)
    alone = rate(evaluator, games, counts.seconds)
    whole(), alone()
    pairs = [(whole(), alone()) for _ in range(counts.rounds)]
    ours, floor = (statistics.median(column) for column in zip(*pairs, strict=True))
    share = statistics.median(one / other for one, other in pairs)
    name = f"the tree with its network, {games} games, {evaluator.precision}, one thread"
    return Row(name, ours, "simulations/s", "the network alone", floor, share, bar, share >= bar)


def self_play_rows(counts: Counts) -> Iterator[Row]:
    """Workers of 64 games, each with a thread of torch, as many as there are cores; beside one of them."""
    workers = [self_playing(evaluator_of(64), 64, number, counts.seconds) for number in range(most_threads())]

    def together() -> float:
        with ThreadPoolExecutor(len(workers)) as pool:
            told: list[float] = list(pool.map(_measured, workers))
        return sum(told)

    workers[0](), together()
    pairs = [(together(), workers[0]()) for _ in range(counts.rounds)]
    ours, alone = (statistics.median(column) for column in zip(*pairs, strict=True))
    ratio = statistics.median(one / other for one, other in pairs)
    name = f"self-play of {len(workers)} workers of 64 games"
    yield Row(name, ours, "simulations/s", "one worker", alone, ratio)
    yield Row(f"self-play of {len(workers)} workers of 64 games", ours / SIMULATIONS, "moves/s")


def _measured(measurement: Measurement) -> float:
    return measurement()


def peer_row(games: int, counts: Counts) -> Row:
    """Self-play on one processor beside that of mctx and pgx."""
    evaluator = evaluator_of(games)
    ours = self_playing(evaluator, games, 0, counts.seconds, time.process_time)
    parameters = sum(one.numel() for one in folded(network_of()).parameters())
    arguments = (games, SIMULATIONS, *astuple(SIZES), parameters, counts.seconds, "float32")
    theirs = peer_rate(PEER_SCRIPT.read_text(), *arguments, needs=("jax", "mctx", "pgx"))
    name = f"self-play of {games} games, {evaluator.precision}, time of one processor"
    bar = PEER_BAR if llvmlite.binding.get_host_cpu_features().get("amx-bf16", False) else None
    return compared(name, "simulations/s", ours, "mctx and pgx, float32", theirs, bar, counts.peer_rounds)


def self_playing(
    evaluator: Evaluator, count: int, number: int, seconds: float, clock: Callable[[], float] = time.perf_counter
) -> Measurement:
    """Simulations a second of one worker's games, so many at once."""
    games = SelfPlay(GAME, count, GumbelRule(), Plan(full=SIMULATIONS), number, evaluator.planes)

    def measure() -> float:
        before, begin = games.moves, clock()
        while games.moves == before or clock() - begin < seconds:
            games.step(*evaluator())
        return (games.moves - before) * SIMULATIONS / (clock() - begin)

    return measure


def evaluator_of(games: int) -> Evaluator:
    """A fresh network in the arithmetic that is faster here."""
    return Evaluator(GAME, network_of(), games, CPU, "auto")


def network_of() -> ResidualNetwork:
    """A fresh network."""
    torch.manual_seed(0)
    return ResidualNetwork(GAME.planes, GAME.shape, GAME.actions, SIZES)


def searching(search: Search, evaluate: Callable[[], tuple[np.ndarray, np.ndarray]]) -> Callable[[], object]:
    """A whole search of a move from the empty board in each game."""
    starts, keys = np.tile(GAME.start(), (search.games, 1)), keys_of(0, np.arange(search.games), 0)

    def work() -> None:
        search.begin(starts, SIMULATIONS, keys, explores=True)
        search.run(evaluate)

    return work


def rate(work: Callable[[], object], units: int, seconds: float) -> Measurement:
    """Units a second, of which each call of `work` does so many; measured for so many seconds."""

    def measure() -> float:
        calls, begin = 0, time.perf_counter()
        while calls == 0 or time.perf_counter() - begin < seconds:
            work()
            calls += 1
        return calls * units / (time.perf_counter() - begin)

    return measure


def median(measure: Measurement, rounds: int) -> float:
    """Of so many rounds, after one to warm up."""
    measure()
    return statistics.median(measure() for _ in range(rounds))
