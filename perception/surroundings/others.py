"""Other road users over time: tracks in the map's frame, with kinds and pasts. Source: ours, on `perception.fusion.tracking`."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from perception.fusion.motion_models import VX, VY
from perception.fusion.tracking import NO_TRACK, TrackerOptions, Tracks, no_tracks, track

Floats = NDArray[np.float64]
TRACKING: Final = TrackerOptions(model="constant-velocity", noise_m=0.8, confirm=2, coast=4, forget=10)
"""A foot that is half a pixel off is off by 0.8 m at 17 m. At five pictures a second who is missed is told of for 0.8 s, and who has been
found in two is believed."""
MOVING_MPS: Final = 1.5
"""Who is faster heads where it goes; of who is slower a track's direction says nothing. ..."""
SURE: Final = 3.0
"""... So many deviations the speed must be above 0, too: a track of a few pictures moves without moving."""


class Other(NamedTuple):
    """One road user as believed. Frame of the map."""

    kind: int
    """ActorKind."""
    confidence: float
    """Of its last box, 0 to 1."""
    poses: tuple[tuple[float, float, float], ...]
    """x and y of its middle, m, and heading, rad; now, one picture ago, and so on."""


class Others(NamedTuple):
    """All that have a track."""

    tracks: Tracks
    by_number: Mapping[int, Other]

    @property
    def told(self) -> list[Other]:
        """Those that are believed, in the order in which they were first seen."""
        numbers = self.tracks.number[self.tracks.told(TRACKING)].tolist()
        return [self.by_number[number] for number in numbers]


def nobody() -> Others:
    """Before the first picture."""
    return Others(no_tracks(TRACKING), MappingProxyType({}))


def follow(
    others: Others, places: Floats, kinds: NDArray[np.int64], confidences: NDArray[np.float32], headings: Floats,
    dt_s: float, keep: int,
) -> Others:  # fmt: skip
    """Others after the next picture. places: [n, 2] middles that were found, m; headings: [n] of who stands there; keep: poses of each."""
    tracks, owners = track(others.tracks, places, dt_s, TRACKING)
    seen = {int(number): row for row, number in enumerate(owners) if number != NO_TRACK}
    known: dict[int, Other] = {}
    for row, number in enumerate(tracks.number.tolist()):
        x, y, vx, vy = tracks.belief.mean[row][[0, 1, VX, VY]].tolist()
        before, found = others.by_number.get(number), seen.get(number)
        heading = before.poses[0][2] if before is not None else 0.0
        kind, sure = (before.kind, before.confidence) if before is not None else (0, 0.0)
        if found is not None:
            heading, sure = float(headings[found]), float(confidences[found])
            kind = int(kinds[found])
        deviation = float(np.sqrt(np.diag(tracks.belief.covariance[row])[[VX, VY]].max()))
        if np.hypot(vx, vy) > max(MOVING_MPS, SURE * deviation):
            heading = float(np.arctan2(vy, vx))
        past = before.poses if before is not None else ()
        known[number] = Other(kind, sure, ((x, y, heading), *past)[:keep])
    return Others(tracks, MappingProxyType(known))
