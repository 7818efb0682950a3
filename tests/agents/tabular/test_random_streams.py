"""The generator gives the published numbers of SplitMix64, and drawing follows the probabilities."""

from __future__ import annotations

import numpy as np
import pytest

from agents.tabular.random_streams import AGENT, WORLD, draw_index, next_bits, next_uniform, seeded_streams


def test_published_vector() -> None:
    # The first outputs for seed 1234567, as listed with the public-domain reference code and on Rosetta Code.
    streams = np.array([1234567, 0], np.uint64)
    assert [int(next_bits(streams, AGENT)) for _ in range(5)] == [
        6457827717110365317,
        3203168211198807973,
        9817491932198370423,
        4593380528125082431,
        16408922859458223821,
    ]


def test_streams_do_not_touch_each_other() -> None:
    streams = seeded_streams(3)
    world = streams[WORLD].copy()
    first = [next_uniform(streams, AGENT) for _ in range(4)]
    assert streams[WORLD] == world
    assert first == [next_uniform(again, AGENT) for again in [seeded_streams(3)] for _ in range(4)]
    assert first != [next_uniform(other, AGENT) for other in [seeded_streams(4)] for _ in range(4)]


def test_uniform_lies_in_its_range_and_is_flat() -> None:
    streams = seeded_streams(0)
    drawn = np.array([next_uniform(streams, AGENT) for _ in range(20_000)])
    assert drawn.min() >= 0.0
    assert drawn.max() < 1.0
    counts = np.histogram(drawn, bins=10, range=(0.0, 1.0))[0]
    assert np.abs(counts - 2000).max() < 5 * np.sqrt(2000 * 0.9), "five standard errors"


@pytest.mark.parametrize(("uniform", "index"), [(0.0, 1), (0.2, 1), (0.25, 2), (0.999999, 2)])
def test_draw_index_by_hand(uniform: float, index: int) -> None:
    assert draw_index(np.array([0.0, 0.25, 1.0, 1.0]), uniform) == index
