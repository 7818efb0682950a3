"""Tracks of road users across frames: a Kalman filter each, gates, the best assignment, births and deaths. Source: S. Blackman and
R. Popoli, "Design and Analysis of Modern Tracking Systems", 1999, chapter 6 (gating, assignment, track maintenance); the assignment is
SciPy's (D. F. Crouse, "On implementing 2D rectangular assignment algorithms", IEEE Trans. Aerosp. Electron. Syst. 52(4), 2016).

A step is a function of tracks and detections. World frame, metres, radians, seconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from scipy.optimize import linear_sum_assignment

from perception.fusion.kalman import Belief, predict, predict_to, squared_distance, update_by
from perception.fusion.motion_models import SPEED, TURN, VX, VY, YAW, constant_velocity, turning
from sim_suite.errors import SuiteError
from sim_suite.refusals import refuse_outside

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
NO_TRACK: Final = -1


@dataclass(frozen=True)
class TrackerOptions:
    """How road users are tracked. Deviations (1 sigma); checked when built."""

    model: Literal["constant-velocity", "ctrv"] = "ctrv"
    """How they move; ctrv needs headings of detections."""
    noise_m: float = 0.25
    """Of a detection's place, each way, above 0 to 20."""
    heading_noise: float = 0.1
    """Of its heading, rad, above 0 to 3; a box does not tell front from rear, so half turns do not count."""
    accel_mps2: float = 3.0
    """Of the acceleration in a step, above 0 to 50: hard braking is 6."""
    turn_accel: float = 1.0
    """ctrv: of the turn rate's change, rad/s^2, above 0 to 50."""
    first_speed_mps: float = 10.0
    """Of the speed before a second detection, above 0 to 100: a town's traffic."""
    first_turn: float = 0.3
    """ctrv: of the first turn rate, rad/s, above 0 to 10: a bend of 20 m at 6 m/s."""
    gate: float = 0.9999
    """A detection may be a track's where so large a share of its true ones would lie, 0.5 to 0.999999."""
    confirm: int = 3
    """Detections that make a track certain, 1 to 100; it is forgotten where it misses one before."""
    coast: int = 2
    """Misses in a row for which a certain track is told of as if it were seen, 0 to 1000."""
    forget: int = 20
    """Misses in a row after which it ends, 1 to 1000: who is hidden for so long keeps the number."""

    def __post_init__(self) -> None:
        if self.model not in ("constant-velocity", "ctrv"):
            raise SuiteError(f"model is {self.model!r}; give 'constant-velocity' or 'ctrv'.")
        most = {"noise_m": 20.0, "heading_noise": 3.0, "accel_mps2": 50.0, "turn_accel": 50.0}
        for name, high in {**most, "first_speed_mps": 100.0, "first_turn": 10.0}.items():
            refuse_outside(self, name, 0.0, high, open_below=True)
        refuse_outside(self, "gate", 0.5, 0.999999)
        refuse_outside(self, "confirm", 1, 100)
        refuse_outside(self, "coast", 0, 1000)
        refuse_outside(self, "forget", 1, 1000)

    @property
    def measured(self) -> int:
        """Numbers of a detection: x and y; ctrv: the heading too."""
        return 2 if self.model == "constant-velocity" else 3


class Tracks(NamedTuple):
    """n tracks, in the order of their birth."""

    belief: Belief
    """mean [n, s]: x, y, vx, vy of constant velocity; x, y, yaw, speed, turn rate of ctrv."""
    number: Ints
    """[n] Never used again."""
    hits: Ints
    """[n] Detections so far."""
    misses: Ints
    """[n] Frames since the last detection."""
    next_number: int

    def told(self, options: TrackerOptions) -> NDArray[np.bool_]:
        """[n] Which have enough detections to be believed, the last not long ago."""
        return np.asarray((self.hits >= options.confirm) & (self.misses <= options.coast))


def no_tracks(options: TrackerOptions) -> Tracks:
    """Before the first frame."""
    size = 4 if options.model == "constant-velocity" else 5
    none = np.zeros(0, np.int64)
    return Tracks(Belief(np.zeros((0, size)), np.zeros((0, size, size))), none, none, none, 0)


def track(tracks: Tracks, detections: Floats, dt_s: float, options: TrackerOptions) -> tuple[Tracks, Ints]:
    """(tracks, track [d] of each detection) of the next frame. detections: [d, 2] x, y, or [d, 3] with heading for ctrv; dt_s: since
    the last frame. A detection that is no track's begins one. Raises SuiteError for detections of another shape.
    """
    if detections.ndim != 2 or detections.shape[1] != options.measured:
        raise SuiteError(f"detections are {detections.shape}; {options.model} takes [d, {options.measured}].")
    belief = _moved(tracks.belief, dt_s, options)
    rows, columns = assign(
        _distances(belief, detections, options), float(stats.chi2.ppf(options.gate, options.measured))
    )
    mean, covariance = belief.mean.copy(), belief.covariance.copy()
    if len(rows):
        chosen = Belief(mean[rows], covariance[rows])
        after, _ = update_by(chosen, _residual(chosen, detections[columns], options), _seen(options), _noise(options))
        mean[rows], covariance[rows] = after.mean, after.covariance
    hit = np.zeros(len(mean), bool)
    hit[rows] = True
    hits, misses = tracks.hits + hit, np.where(hit, 0, tracks.misses + 1)
    kept = hit | ((hits >= options.confirm) & (misses <= options.forget))
    new = np.setdiff1d(np.arange(len(detections)), columns)
    born = _born(detections[new], options)
    numbers = np.append(tracks.number[kept], tracks.next_number + np.arange(len(new)))
    of_detection = np.full(len(detections), NO_TRACK, np.int64)
    of_detection[columns], of_detection[new] = tracks.number[rows], tracks.next_number + np.arange(len(new))
    joined = Belief(np.append(mean[kept], born.mean, axis=0), np.append(covariance[kept], born.covariance, axis=0))
    return Tracks(
        joined, numbers, np.append(hits[kept], np.ones(len(new), np.int64)),
        np.append(misses[kept], np.zeros(len(new), np.int64)), tracks.next_number + len(new),
    ), of_detection  # fmt: skip


def assign(cost: Floats, most: float) -> tuple[Ints, Ints]:
    """(rows, columns) of the pairs that make as many as can be below `most`, and of these the cheapest in sum. cost: [n, m] >= 0."""
    allowed = cost <= most
    # A pair that is not allowed costs more than all that are together: as few of them as can be are then chosen, and dropped.
    barred = (most + 1.0) * (1.0 + min(cost.shape))
    rows, columns = linear_sum_assignment(np.where(allowed, cost, barred))
    kept = allowed[rows, columns]
    return rows[kept], columns[kept]


def _moved(belief: Belief, dt_s: float, options: TrackerOptions) -> Belief:
    if options.model == "constant-velocity":
        return predict(belief, *constant_velocity(dt_s, options.accel_mps2))
    return predict_to(belief, *turning(belief.mean, dt_s, options.accel_mps2, options.turn_accel))


def _distances(belief: Belief, detections: Floats, options: TrackerOptions) -> Floats:
    """[n, d] Squared Mahalanobis distances of detections from where tracks are expected."""
    seen = _seen(options)
    expected = seen @ belief.covariance @ seen.T + _noise(options)
    every = Belief(belief.mean[:, None], belief.covariance[:, None])
    return squared_distance(_residual(every, detections[None], options), expected[:, None])


def _residual(belief: Belief, detections: Floats, options: TrackerOptions) -> Floats:
    off: Floats = detections - belief.mean[..., : options.measured]
    if options.model == "ctrv":
        off[..., YAW] -= np.pi * np.floor(off[..., YAW] / np.pi + 0.5)
    return off


def _seen(options: TrackerOptions) -> Floats:
    """H: the first numbers of a state are measured."""
    return np.eye(options.measured, 4 if options.model == "constant-velocity" else 5)


def _noise(options: TrackerOptions) -> Floats:
    deviations = [options.noise_m, options.noise_m, options.heading_noise][: options.measured]
    return np.diag(np.square(deviations))


def _born(detections: Floats, options: TrackerOptions) -> Belief:
    """Tracks of one detection each; their speed is not known yet, nor which end is the front."""
    size = _seen(options).shape[1]
    mean, covariance = np.zeros((len(detections), size)), np.zeros((len(detections), size, size))
    mean[:, : options.measured] = detections
    covariance[:, : options.measured, : options.measured] = _noise(options)
    if options.model == "constant-velocity":
        covariance[:, [VX, VY], [VX, VY]] = options.first_speed_mps**2
    else:
        covariance[:, [SPEED, TURN], [SPEED, TURN]] = options.first_speed_mps**2, options.first_turn**2
    return Belief(mean, covariance)
