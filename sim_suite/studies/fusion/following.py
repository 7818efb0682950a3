"""Others around the ego as a detector finds them, tracked over frames and judged. Source: ours; the detector's errors are those of
`perception.sources.SceneOptions`.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from perception.fusion.mot_metrics import Frame, MotScore, judge_tracks
from perception.fusion.tracking import TrackerOptions, no_tracks, track
from perception.sources import SceneOptions
from sim_suite.driving.world.kinds import TICK_S
from sim_suite.studies.fusion.drives import DECISION_TICKS, Drives, Others

Floats = NDArray[np.float64]
_STREAM: Final = 6
"""Of the dice of detections, beside other uses of the seed."""


def follow(
    drives: Drives, run: int, seed: int, errors: SceneOptions, options: TrackerOptions, range_m: float
) -> MotScore:
    """Of one run. seed: of the detector's errors."""
    dice, tracks, frames = np.random.default_rng([seed, run, _STREAM]), no_tracks(options), []
    for number, others in enumerate(drives.others[run], 1):
        ego = drives.centre[number * DECISION_TICKS, run]
        found = detections(others, ego, errors, options.heading_noise, range_m, dice)[:, : options.measured]
        tracks, _ = track(tracks, found, DECISION_TICKS * TICK_S, options)
        shown = tracks.told(options)
        frames.append(
            Frame(others.identity, others.pose[:, :2], tracks.number[shown], tracks.belief.mean[shown][:, :2])
        )
    return judge_tracks(frames)


def detections(
    others: Others, ego: Floats, errors: SceneOptions, heading_noise: float, range_m: float, dice: np.random.Generator
) -> Floats:
    """[d, 3] x, y and heading of what is found: some are missed, all are off, half of them show their rear for their front, some are
    not there, anywhere within range.
    """
    count = len(others.identity)
    found = others.pose + dice.normal(0.0, 1.0, (count, 3)) * (errors.jitter_m, errors.jitter_m, heading_noise)
    found[:, 2] += np.pi * dice.integers(0, 2, count)
    found = found[dice.random(count) >= errors.missed]
    false = int(dice.poisson(errors.false))
    away, around = range_m * np.sqrt(dice.random(false)), dice.uniform(-np.pi, np.pi, (false, 2))
    wrong = np.stack([ego[0] + away * np.cos(around[:, 0]), ego[1] + away * np.sin(around[:, 0]), around[:, 1]], axis=1)
    return np.concatenate([found, wrong])
