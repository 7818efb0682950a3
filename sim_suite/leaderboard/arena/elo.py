"""Ratings of players from their games: maximum likelihood of the Bradley-Terry model, in points of Elo.

Sources: Bradley and Terry 1952 (Biometrika 39, 324), the model P(i beats j) = g_i / (g_i + g_j); Elo 1978, *The Rating of
Chessplayers*: 400 points are odds of 10 to 1, and a drawn game is half a won and half a lost one, so that a rating
says what share of points to expect. Ford 1957 (American Mathematical Monthly 64, 28): the likelihood has a greatest value
only where no group of players won every game against the rest; here a drawn game more for each pair that met sees to it,
as Haldane and Anscombe add one half to each count of a logarithm of odds (Anscombe 1956, Biometrika 43, 461).
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim_suite.errors import SuiteError

Floats = NDArray[np.float64]

ELO_PER_LOGIT: Final = 400.0 / np.log(10.0)
PRIOR_DRAWS: Final = 1.0
"""Drawn games added to each pair that met."""
_LONGEST_STEP: Final = 2.0  # logits: Newton's steps are cut to it, so that a far start cannot overshoot
_CLOSE: Final = 1e-9


def elo(points: Floats) -> Floats:
    """Ratings with mean 0 of the players.

    points: [..., n, n] float64, what the row's player scored against the column's, 1 a won game and 0.5 a drawn one; the diagonal counts
    for nothing. Returns [..., n] float64. Raises `SuiteError` where the likelihood has no greatest value: some players are not connected by
    games, or won them all.
    """
    scored = np.asarray(points, np.float64) * (1.0 - np.eye(points.shape[-1]))
    _refuse_unbounded(scored)
    games, won = scored + np.swapaxes(scored, -1, -2), scored.sum(-1)
    rating = np.zeros(scored.shape[:-1])
    while True:
        expected = 1.0 / (1.0 + np.exp(rating[..., None, :] - rating[..., :, None]))
        gradient = won - (games * expected).sum(-1)
        step = _newton(games * expected * (1.0 - expected), gradient)
        step *= np.minimum(1.0, _LONGEST_STEP / np.maximum(np.abs(step).max(-1, keepdims=True), _CLOSE))
        rating = rating + step
        if np.abs(step).max() < _CLOSE:
            scaled: Floats = rating * ELO_PER_LOGIT
            return scaled


def connected(games: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Which players are connected by games, over others too.

    games: [n, n] bool, who met whom. Returns the number of each one's group, [n] int64.
    """
    group = np.arange(len(games))
    for _ in range(len(games)):
        for one, other in np.argwhere(games):
            group[one] = group[other] = min(group[one], group[other])
    return group


def with_prior(points: Floats, draws: float | Floats = PRIOR_DRAWS) -> Floats:
    """Points [..., n, n] with so many drawn games more for each pair that met."""
    met = (points + np.swapaxes(points, -1, -2)) > 0.0
    return points + 0.5 * draws * met


def _refuse_unbounded(points: Floats) -> None:
    """Ford's condition: from each player to each other leads a chain of players who scored against the next."""
    players = points.shape[-1]
    reached = (points > 0.0) | np.eye(players, dtype=np.bool_)
    for _ in range(players.bit_length()):
        reached = (reached.astype(np.int64) @ reached.astype(np.int64)) > 0
    if not reached.all():
        raise SuiteError(
            "the games give no finite ratings: some players are not connected by games, or won or lost every one of them. "
            "Add a drawn game to each pair that met."
        )


def _newton(weights: Floats, gradient: Floats) -> Floats:
    """Newton's step for log likelihood, with mean 0. weights: [..., n, n], the variances of games' points."""
    players = weights.shape[-1]
    information = -weights
    diagonal = np.arange(players)
    information[..., diagonal, diagonal] = weights.sum(-1)
    # The information of ratings is blind to their mean: the matrix of ones makes that direction stiff and changes no other.
    stiff = np.maximum(information[..., diagonal, diagonal].mean(-1), _CLOSE)[..., None, None]
    step: Floats = np.linalg.solve(information + stiff / players, gradient[..., None])[..., 0]
    return step
