"""What torch does for the length of a block: random numbers from a seed, so many threads. Source: ours."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch


@contextmanager
def seeded(*words: int) -> Iterator[None]:
    """Inside, torch's generators begin from these whole numbers, 0 or more; outside they go on as if nothing had been drawn."""
    with torch.random.fork_rng():
        torch.manual_seed(int(np.random.SeedSequence(words).generate_state(1)[0]))
        yield


@contextmanager
def threads(count: int) -> Iterator[None]:
    """Inside, torch has so many threads; 0 leaves them."""
    before = torch.get_num_threads()
    if count:
        torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)
