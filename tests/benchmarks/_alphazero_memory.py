"""What AlphaZero's self-play keeps in memory: a game's tree, a remembered position, and all of a run of many games.

    python -m tests.benchmarks._alphazero_memory 1024 30

prints the last, of this process in MB. The rest is told by alphazero.py.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np

from agents import recipe as recipes
from agents.alphazero.replay import Replay
from agents.training import begin, go
from sim_suite.benchmarking import Row
from sim_suite.boards.game import Game
from sim_suite.boards.search.batched import Search
from sim_suite.boards.search.rules import GumbelRule
from sim_suite.settings import with_settings

BAR_MB: Final = 2000.0
"""For 1,024 games at once."""
RECIPE: Final = "alphazero-connect-four-64"
POSITIONS: Final = 1000
"""Of the ring by which one is reckoned."""


def memory_rows(game: Game, simulations: int, games: int, moves: int) -> Iterator[Row]:
    """Of a search of so many simulations a move; of a run of so many games at once and moves of each."""
    tree = Search(game, 1, simulations, GumbelRule()).tree
    kept = sum(array.nbytes for array in tree if isinstance(array, np.ndarray))
    yield Row(f"the tree of a game, {simulations} simulations", kept / 1e3, "kB")
    remembered = sum(
        array.nbytes for array in Replay(game, POSITIONS, 0.0).__dict__.values() if isinstance(array, np.ndarray)
    )
    yield Row("a remembered position", remembered / POSITIONS, "bytes")
    command = [sys.executable, "-m", __name__, str(games), str(moves)]
    done = subprocess.run(command, cwd=Path(__file__).resolve().parents[2], check=True, capture_output=True, text=True)
    peak = float(done.stdout.split()[-1])
    name = f"peak memory of training with {games} games at once (at most)"
    yield Row(name, peak, "MB", bar=BAR_MB, holds=peak <= BAR_MB)


def trained_mb(games: int, moves: int) -> float:
    """Peak memory of this process, MB, once it has played so many games at once and learned from them."""
    import resource  # POSIX only

    plan = recipes.load(RECIPE)
    workers = plan.config["play"]["workers"]
    few = {
        "steps": games * moves, "round_steps": games * moves // 2, "play.games": games // workers, "rating.every": 0, "passes": 0.2
    }  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        go(begin(replace(plan, config=with_settings(plan.config, few)), Path(folder) / "run", "cpu"))
    bytes_a_unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * bytes_a_unit / 1e6


if __name__ == "__main__":
    print(trained_mb(*(int(word) for word in sys.argv[1:])))
