"""Ratings of players from their games: maximum likelihood of the Bradley-Terry model, in points of Elo.

Sources: Bradley and Terry 1952 (Biometrika 39, 324), the model P(i beats j) = g_i / (g_i + g_j); Elo 1978, *The Rating of
Chessplayers*: 400 points are odds of 10 to 1, and a drawn game is half a won and half a lost one, so that a rating
says what share of points to expect. Ford 1957 (American Mathematical Monthly 64, 28): the likelihood has a greatest value
only where no group of players won every game against the rest; here one won and one lost game more for each pair that met
see to it: Laplace's rule of succession, which is the uniform prior over who wins.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim_suite.errors import SuiteError

Floats = NDArray[np.float64]

ELO_PER_LOGIT: Final = 400.0 / np.log(10.0)
PRIOR_GAMES: Final = 1.0
"""Games added to each pair that met: so many that the one won, and as many that the other did."""
_LONGEST_STEP: Final = 2.0  # logits: Newton's steps are cut to it, so that a far start cannot overshoot
_CLOSE: Final = 1e-9
_MOST_STEPS: Final = 100  # about ten are enough; what moves after so many is rounding


def elo(points: Floats) -> Floats:
    """Ratings with mean 0 of the players.

    points: [..., n, n] float64, what the row's player scored against the column's, 1 a won game and 0.5 a drawn one; the diagonal counts
    for nothing. Returns [..., n] float64. Raises `SuiteError` where the likelihood has no greatest value: some players are not connected by
    games, or won them all.
    """
    scored = np.asarray(points, np.float64) * (1.0 - np.eye(points.shape[-1]))
    _refuse_unbounded(scored)
    lost = np.swapaxes(scored, -1, -2)
    rating = np.zeros(scored.shape[:-1])
    for _ in range(_MOST_STEPS):
        wins = 1.0 / (1.0 + np.exp(rating[..., None, :] - rating[..., :, None]))
        loses = np.swapaxes(wins, -1, -2)  # not 1 - wins, which has no digits left where somebody nearly always wins
        gradient = (scored * loses - lost * wins).sum(-1)
        step = _newton((scored + lost) * wins * loses, gradient)
        step *= np.minimum(1.0, _LONGEST_STEP / np.maximum(np.abs(step).max(-1, keepdims=True), _CLOSE))
        rating = rating + step
        if np.abs(step).max() < _CLOSE:
            break
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


def with_prior(points: Floats) -> Floats:
    """Points [n, n] with the games that are added to each pair that met."""
    return points + PRIOR_GAMES * (points + points.T > 0.0)


def _refuse_unbounded(points: Floats) -> None:
    """Ford's condition: from each player to each other leads a chain of players who scored against the next."""
    players = points.shape[-1]
    reached = (points > 0.0) | np.eye(players, dtype=np.bool_)
    for _ in range(players.bit_length()):
        reached = (reached.astype(np.int64) @ reached.astype(np.int64)) > 0
    if not reached.all():
        raise SuiteError(
            "the games give no finite ratings: some players are not connected by games, or won or lost every one of them. "
            "Add games by `with_prior`."
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
