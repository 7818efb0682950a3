"""Pictures as numbers in 0..1: the table against a division."""

import numpy as np
import pytest
import torch

from sim_suite.learning.pictures import shares


def pictures(*shape):
    return torch.from_numpy(np.random.default_rng(0).integers(0, 256, shape, np.uint8))


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16])
@pytest.mark.parametrize("shape", [(3, 4, 5, 7), (1, 1, 2, 2), (2, 12, 8, 8), (0, 4, 3, 3)])
def test_a_byte_by_255_wherever_it_stands(dtype, shape):
    seen = pictures(*shape)
    numbers = shares(seen, dtype)
    assert numbers.dtype == dtype
    assert torch.equal(numbers, (seen.float() / 255).to(dtype))


def test_they_lie_channels_last():
    assert shares(pictures(2, 4, 6, 6), torch.float32).is_contiguous(memory_format=torch.channels_last)


def test_what_lies_otherwise_is_read_as_it_is_seen():
    seen = pictures(2, 6, 6, 3).permute(0, 3, 1, 2)
    assert torch.equal(shares(seen, torch.float32), seen.float() / 255)
    flipped = pictures(2, 4, 6, 6)[:, :, :, 1:5]
    assert torch.equal(shares(flipped, torch.float32), flipped.float() / 255)


def test_all_bytes():
    seen = torch.arange(256, dtype=torch.uint8).view(1, 1, 16, 16)
    assert shares(seen, torch.float32).flatten().tolist() == [np.float32(one) / np.float32(255) for one in range(256)]
