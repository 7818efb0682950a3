"""The rules are plain Python too: with numba switched off, for a debugger, the same games are played."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys

import numpy as np

from sim_suite.boards.random_play import random_games
from sim_suite.boards.registry import GAMES


def digests():
    """A line for each game: its name, what two random games came to, and what a network is shown of them."""
    lines = []
    for game in GAMES.values():
        positions, moves = random_games(game, np.array([1, 2**63 + 5], np.uint64))
        planes = np.zeros((2, game.planes, *game.shape), np.float32)
        for i, position in enumerate(positions):
            game.write_planes(position, planes[i])
        outcomes = [int(game.outcome(position)) for position in positions]
        digest = hashlib.sha256(positions.tobytes() + moves.tobytes() + planes.tobytes()).hexdigest()
        lines.append(f"{game.name} {outcomes} {digest}")
    return "\n".join(lines)


def test_the_same_games_are_played_without_numba():
    environment = {**os.environ, "NUMBA_DISABLE_JIT": "1", "PYTHONWARNINGS": "ignore"}
    code = "from tests.boards.test_without_numba import digests; print(digests())"
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == digests()
