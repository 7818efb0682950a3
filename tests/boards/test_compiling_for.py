"""Kernels built around a game are kept on disk for each game, and told apart from those of others."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys

import numpy as np
import pytest

from sim_suite.boards.compiling_for import _key_of, compiled_for, game_key
from sim_suite.boards.registry import GAMES, game_named
from sim_suite.errors import SuiteError


def test_a_second_process_loads_what_the_first_compiled(tmp_path):
    code = (
        "import numpy as np; from sim_suite.boards.registry import game_named;"
        "from sim_suite.boards import random_play as r; s = np.arange(2, dtype=np.uint64);"
        "games = [game_named('tic_tac_toe'), game_named('connect_four')];"
        "print([r.random_games(g, s)[1][1, :3].tolist() for g in games]);"
        "print([(sum(r._kernel(g).stats.cache_hits.values()), sum(r._kernel(g).stats.cache_misses.values())) for g in games])"
    )
    environment = {**os.environ, "SIM_SUITE_CACHE": str(tmp_path)}

    def run():
        done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
        return done.stdout.splitlines()

    first, second = run(), run()
    assert first[0] == second[0]
    assert first[1] == "[(0, 1), (0, 1)]"
    assert second[1] == "[(1, 0), (1, 0)]"


def test_a_key_is_of_the_functions():
    keys = {game.name: game_key(game) for game in GAMES.values()}
    assert keys["go_5x5"] == keys["go_9x9"], "one compilation for boards of all sizes"
    assert len(set(keys.values())) == 5
    connect_four, tic_tac_toe = game_named("connect_four"), game_named("tic_tac_toe")
    assert game_key(connect_four) != game_key(dataclasses.replace(connect_four, legal=tic_tac_toe.legal))
    begins = [_key_of(game_named(name).begin) for name in ("go_5x5", "go_6x6", "go_5x5")]
    assert begins[0] == begins[2] != begins[1], "told apart by the numbers they close over"


def test_numbers_that_are_closed_over_tell_kernels_apart():
    game = game_named("connect_four")

    def kernel_of(number):
        @compiled_for(game)
        def inner(x):
            return x + number

        @compiled_for(game)
        def outer(x):
            return inner(x) * 2

        return outer

    assert [kernel_of(number)(1) for number in (1, 2)] == [4, 6]
    assert kernel_of(1)._cache.told_apart_by != kernel_of(2)._cache.told_apart_by


def test_an_array_that_is_closed_over_is_refused():
    table = np.arange(3)

    with pytest.raises(SuiteError, match=r"closes over ndarray .* hand it over as an argument"):

        @compiled_for(game_named("connect_four"))
        def kernel(x):
            return table[x]
