"""How many threads torch and numpy have within a block, and that they have as many as before behind it."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from threadpoolctl import ThreadpoolController, threadpool_limits

from sim_suite.learning.torch_blocks import threads


def blas_threads() -> list[int]:
    np.ones((2, 2)) @ np.ones((2, 2))
    return [one["num_threads"] for one in ThreadpoolController().info() if one["internal_api"] == "openblas"]


@pytest.mark.parametrize("count", [0, 1, 2])
def test_torch_has_as_many_threads_as_asked_for_and_blas_one(count: int) -> None:
    before = torch.get_num_threads()
    with threadpool_limits(2, user_api="blas"):
        outside = blas_threads()
        with threads(count):
            assert torch.get_num_threads() == (count or before)
            assert blas_threads() == [1] * len(outside)
        assert torch.get_num_threads() == before
        assert blas_threads() == outside
    assert outside, "numpy's own BLAS"
