"""Made pictures of updates past, so that critics do not forget. Source: Shrivastava et al. 2017 (arXiv:1612.07828), section 2.3, as used by
Zhu et al. 2017 (arXiv:1703.10593), section 4."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class Pool(nn.Module):
    """Its pictures are buffers, so that a run's state holds them."""

    pictures: Tensor
    count: Tensor

    def __init__(self, size: int, rows: int, columns: int) -> None:
        """size: pictures that it holds; 0 holds none, and gives back what it is given."""
        super().__init__()
        self.register_buffer("pictures", torch.zeros(size, 3, rows, columns))
        self.register_buffer("count", torch.zeros((), dtype=torch.int64))

    @torch.no_grad()
    def exchange(self, made: Tensor) -> Tensor:
        """[B, 3, H, W]: each is kept and given back while there is room; then half of them stay here for one that was kept."""
        size = len(self.pictures)
        if size == 0:
            return made
        given = made.clone()
        for one in given:
            kept = int(self.count)
            if kept < size:
                self.pictures[kept] = one
                self.count += 1
            elif torch.rand(()) < 0.5:
                place = int(torch.randint(size, ()))
                older = self.pictures[place].clone()
                self.pictures[place] = one
                one.copy_(older)
        return given
