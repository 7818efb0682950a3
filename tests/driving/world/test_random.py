"""Counter-based random numbers: the published vectors, and that they look random enough for traffic."""

from __future__ import annotations

import numpy as np
import pytest

from sim_suite.driving.world.random import philox, uniform


@pytest.mark.parametrize(
    ("counter", "key", "expected"),
    [  # Random123's kat_vectors, philox4x32, 10 rounds
        ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
        ((0xFFFFFFFF,) * 4, (0xFFFFFFFF,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
        (
            (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
            (0xA4093822, 0x299F31D0),
            (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
        ),
    ],
)
def test_published_vectors(counter, key, expected):
    words = philox(*(np.uint32(word) for word in (*counter, *key)))
    assert tuple(int(word) for word in words) == expected


def test_numbers_lie_in_the_unit_interval_and_spread_evenly():
    values = np.array([uniform(7, 0, 1, tick, actor, 0) for tick in range(100) for actor in range(100)])
    assert values.min() >= 0.0
    assert values.max() < 1.0
    counts, _ = np.histogram(values, 10, (0, 1))
    assert np.abs(counts - 1000).max() < 5 * np.sqrt(900), "ten equal bins, five standard deviations"


@pytest.mark.parametrize("place", range(6))
def test_each_argument_matters(place):
    here = [3, 1, 2, 40, 5, 0]
    there = list(here)
    there[place] += 1
    assert uniform(*here) != uniform(*there)
    assert uniform(*here) == uniform(*here)
