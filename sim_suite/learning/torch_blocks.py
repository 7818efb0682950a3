"""What torch does for the length of a block, random numbers from a seed and so many threads, and where. Source: ours."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch
from threadpoolctl import ThreadpoolController

from sim_suite.errors import SuiteError
from sim_suite.learning.allocating import keep_memory


@contextmanager
def seeded(*words: int) -> Iterator[None]:
    """Inside, torch's generators begin from these whole numbers, 0 or more; outside they go on as if nothing had been drawn."""
    with torch.random.fork_rng():
        torch.manual_seed(int(np.random.SeedSequence(words).generate_state(1)[0]))
        yield


@contextmanager
def threads(count: int) -> Iterator[None]:
    """Inside, torch has so many threads, 0 leaves them, and numpy's products have one: the idle ones of OpenBLAS spin for some time after
    each product, on cores that environments want (34,600 agent-steps a second of PPO on driving in place of 29,300, on two cores).
    From then on the process keeps its memory (allocating.py)."""
    keep_memory()
    before = torch.get_num_threads()
    if count:
        torch.set_num_threads(count)
    try:
        with ThreadpoolController().select(internal_api="openblas").limit(limits=1):
            yield
    finally:
        torch.set_num_threads(before)


def device_of(name: str) -> torch.device:
    """auto, cpu or cuda as a device. Raises `SuiteError` for cuda where there is none."""
    if name.startswith("cuda") and not torch.cuda.is_available():
        raise SuiteError(f"device {name!r} was asked for, but torch sees no CUDA device; use 'auto' or 'cpu'.")
    return torch.device(("cuda" if torch.cuda.is_available() else "cpu") if name == "auto" else name)
