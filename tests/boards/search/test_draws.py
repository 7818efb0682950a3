"""Random draws of searches: their distributions, and that they are functions of their keys."""

from __future__ import annotations

import numpy as np
import pytest

from sim_suite.boards.search.batched import keys_of
from sim_suite.boards.search.draws import GUMBEL, NOISE, dirichlet, gumbel, uniform, word

KEYS = keys_of(7, np.arange(4000), 3)


def test_keys_hold_seed_game_and_ply():
    assert keys_of(5 + (9 << 32), [1, 2], [3, 4]).tolist() == [[5, 9, 1, 3], [5, 9, 2, 4]]
    assert keys_of(5, 1, [3, 4]).tolist() == [[5, 0, 1, 3], [5, 0, 1, 4]]


def test_each_word_of_a_key_and_stream_and_number_change_a_draw():
    key = keys_of(1 + (2 << 32), [3], [4])[0]
    drawn = {int(word(key, 0, 0)), int(word(key, 1, 0)), int(word(key, 0, 1))}
    for at in range(4):
        other = key.copy()
        other[at] += 1
        drawn.add(int(word(other, 0, 0)))
    assert len(drawn) == 7
    assert word(key, 0, 0) == word(key.copy(), 0, 0)


def test_uniform_and_gumbel_numbers_have_their_means_and_variances():
    flat = np.array([uniform(key, NOISE, 0) for key in KEYS])
    assert 0.0 < flat.min() < flat.max() < 1.0
    assert flat.mean() == pytest.approx(0.5, abs=4 / np.sqrt(12 * 4000))
    numbers = np.array([gumbel(key, GUMBEL, 0) for key in KEYS])
    assert numbers.mean() == pytest.approx(np.euler_gamma, abs=4 * np.pi / np.sqrt(6 * 4000))
    assert numbers.var() == pytest.approx(np.pi**2 / 6, rel=0.15)


@pytest.mark.parametrize("concentration", [0.03, 0.3, 1.0, 5.0])
def test_dirichlet_numbers_have_their_means_and_variances(concentration):
    """Of n = 3 legal moves: mean 1 / n, variance (1 / n) (1 - 1 / n) / (n c + 1). The illegal one has nothing."""
    prior, noise = np.array([0.1, -1.0, 0.0, 0.9], np.float32), np.zeros(4, np.float32)
    rows = []
    for key in KEYS:
        dirichlet(key, NOISE, concentration, prior, noise)
        rows.append(noise[[0, 2, 3]].copy())
        assert noise[1] == 0.0
        assert noise.sum() == pytest.approx(1.0, abs=1e-4)
    drawn, variance = np.array(rows), (2 / 9) / (3 * concentration + 1)
    assert drawn.mean(axis=0) == pytest.approx([1 / 3] * 3, abs=4 * np.sqrt(variance / 4000))
    assert drawn.var(axis=0) == pytest.approx([variance] * 3, rel=0.15)
