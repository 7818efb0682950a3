"""Precision, recall, density and coverage by nearest neighbours, and how near samples lie to what was learned from. Sources: Kynkaanniemi
et al. 2019 (arXiv:1904.06991), equations 1 and 2; Naeem et al. 2020 (arXiv:2002.09797), equations 4 and 5."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

Features = NDArray[np.float64]
K: Final = 5
"""Neighbours: Naeem et al. 2020, section 4.1."""


class Neighbourhood(NamedTuple):
    """Four shares."""

    precision: float
    """Of the generated that lie within the k-th neighbour's distance of a real one."""
    recall: float
    """Of the real that lie within the k-th neighbour's distance of a generated one."""
    density: float
    """How many such balls of real ones a generated one lies in, over k; about 1 where both are alike, and unbounded."""
    coverage: float
    """Of the real whose ball holds a generated one."""


def neighbourhood(real: Features, generated: Features, k: int = K) -> Neighbourhood:
    """real: [N, D], generated: [M, D], each more than k."""
    real_radii, generated_radii = _radii(real, k), _radii(generated, k)
    apart = cdist(real, generated)
    in_real = apart <= real_radii[:, None]
    return Neighbourhood(
        precision=float(in_real.any(axis=0).mean()),
        recall=float((apart <= generated_radii[None, :]).any(axis=1).mean()),
        density=float(in_real.sum(axis=0).mean() / k),
        coverage=float((apart.min(axis=1) <= real_radii).mean()),
    )


def nearest_ratio(generated: Features, held_out: Features, training: Features) -> float:
    """Median distance of generated [M, D] to the nearest picture that was learned from [T, D], over that of held-out ones [N, D].

    About 1 for new pictures of the same kind; far below where pictures are learned by heart; above where they are of another kind.
    """
    medians = [float(np.median(cdist(one, training).min(axis=1))) for one in (generated, held_out)]
    return medians[0] / medians[1]


def _radii(points: Features, k: int) -> NDArray[np.float64]:
    """[N] distance of each to its k-th neighbour; itself is none."""
    radii: NDArray[np.float64] = np.partition(cdist(points, points), k, axis=1)[:, k]
    return radii
