"""What a top-down raster shows, how large and how fine: saved with each dataset and checkpoint that uses it.

Source: the channels are those of ChauffeurNet (Bansal et al. 2018, arXiv:1812.03079, table 1 and figure 1). The paper gives
no number of planes: with five frames of lights and of other road users there are 17. intensity.py says what values mean.
"""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sim_suite.driving.roads.baking.bake import COARSEST_M, FINEST_M
from sim_suite.driving.world.layout import TRAIL_TICKS
from sim_suite.errors import SuiteError, UnknownNameError

STILL_CHANNELS: Final = ("road", "marks", "crosswalks_stops", "speed_limit", "route", "ego", "past_poses")
"""Channels of which there is one."""
TIMED_CHANNELS: Final = ("lights", "actors")
"""Channels with a frame number: `lights_0` is now, `lights_3` is 3 * history_ticks ago."""
MAX_FRAME: Final = 50
"""10 s at the usual spacing; nobody has asked for more."""
MAX_PAST_POINTS: Final = 400
SIDE_MIN, SIDE_MAX = 8, 1024
"""Pixels."""


@dataclass(frozen=True)
class RasterSpec:
    """A raster: uint8 [C, H, W], heading up, the ego vehicle always at the same place.

    Raises SuiteError for a value that is out of range, UnknownNameError for a channel that there is not.
    """

    channels: tuple[str, ...]
    """Names of the planes, in their order; `STILL_CHANNELS`, and `lights_K` and `actors_K` with K the frame, 0 newest."""
    size: tuple[int, int]
    """H and W, pixels."""
    metres_per_pixel: float
    """0.05 to 2 m. Maps are baked with texels of the same size, so that lines have no holes."""
    ego_row_col: tuple[int, int]
    """Where the centre of the ego's box lies: at the corner between pixels (row - 1, col - 1) and (row, col)."""
    history_ticks: int = TRAIL_TICKS
    """Between neighbouring frames and between past poses: ticks of 0.05 s, a multiple of 4."""
    past_points: int = 40
    """Poses in the channel `past_poses`, the present one among them: 8 s at the usual spacing."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "channels", tuple(self.channels))
        object.__setattr__(self, "size", tuple(self.size))
        object.__setattr__(self, "ego_row_col", tuple(self.ego_row_col))
        if not self.channels:
            raise SuiteError("channels is empty: a raster needs at least one.")
        for name in self.channels:
            split_channel(name)
        if len(set(self.channels)) < len(self.channels):
            twice = next(name for name in self.channels if self.channels.count(name) > 1)
            raise SuiteError(f"channel {twice!r} is listed more than once; list each once.")
        for side in self.size:
            _require(SIDE_MIN <= side <= SIDE_MAX, "a side of size", side, f"{SIDE_MIN} to {SIDE_MAX} pixels")
        _require(len(self.size) == 2, "size", self.size, "(rows, columns)")
        _require(len(self.ego_row_col) == 2, "ego_row_col", self.ego_row_col, "(row, column)")
        for at, side in zip(self.ego_row_col, self.size, strict=True):
            _require(0 <= at <= side, "a place of ego_row_col", at, f"0 to {side}, within the raster")
        fine = FINEST_M <= self.metres_per_pixel <= COARSEST_M
        _require(fine, "metres_per_pixel", self.metres_per_pixel, f"{FINEST_M:g} to {COARSEST_M:g}")
        whole = self.history_ticks > 0 and self.history_ticks % TRAIL_TICKS == 0
        _require(whole, "history_ticks", self.history_ticks, f"a multiple of {TRAIL_TICKS}: poses are kept so often")
        _require(1 <= self.past_points <= MAX_PAST_POINTS, "past_points", self.past_points, f"1 to {MAX_PAST_POINTS}")

    @property
    def shape(self) -> tuple[int, int, int]:
        """(C, H, W)."""
        return len(self.channels), *self.size

    @property
    def reach_m(self) -> float:
        """From the ego to the farthest corner."""
        (rows, cols), (row, col) = self.size, self.ego_row_col
        return self.metres_per_pixel * math.hypot(max(row, rows - row), max(col, cols - col))

    def to_dict(self) -> dict[str, Any]:
        """Fields for JSON and TOML; `from_dict` reads them."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in vars(self).items()}

    @classmethod
    def from_dict(cls, fields: Mapping[str, Any]) -> RasterSpec:
        """The spec that `to_dict` wrote. Raises UnknownNameError for a key that there is not, SuiteError for a missing one."""
        known = dataclasses.fields(cls)
        for key in fields:
            if key not in {field.name for field in known}:
                raise UnknownNameError("key of a raster", key, [field.name for field in known])
        for field in known:
            if field.default is dataclasses.MISSING and field.name not in fields:
                raise SuiteError(f"the raster lacks {field.name!r}; its keys are {', '.join(f.name for f in known)}.")
        return cls(**fields)


def split_channel(name: str) -> tuple[str, int]:
    """("lights", 3) of "lights_3"; ("road", 0) of "road". Raises UnknownNameError."""
    if name in STILL_CHANNELS:
        return name, 0
    timed = re.fullmatch(rf"({'|'.join(TIMED_CHANNELS)})_(0|[1-9]\d?)", name)
    if timed is None or int(timed[2]) > MAX_FRAME:
        known = [*STILL_CHANNELS, *(f"{kind}_{frame}" for kind in TIMED_CHANNELS for frame in range(MAX_FRAME + 1))]
        raise UnknownNameError("channel", name, known)
    return timed[1], int(timed[2])


def trail_length(spec: RasterSpec) -> int:
    """How many past poses of each actor a world must keep (H of `State.trail`) for a raster; 0 if it shows the present only."""
    frames = [frame for kind, frame in map(split_channel, spec.channels) if kind == "actors"]
    oldest = max([0, *frames, *([spec.past_points - 1] if "past_poses" in spec.channels else [])])
    return oldest * spec.history_ticks // TRAIL_TICKS + 1 if oldest else 0


def _require(holds: bool, what: str, value: object, range_: str) -> None:
    if not holds:
        raise SuiteError(f"{what} is {value}; give {range_}.")


def _channels(lights: int, actors: int) -> tuple[str, ...]:
    return (
        "road", "marks", "crosswalks_stops", *(f"lights_{frame}" for frame in range(lights)),
        "speed_limit", "route", "ego", *(f"actors_{frame}" for frame in range(actors)), "past_poses",
    )  # fmt: skip


PRESETS: Final[dict[str, RasterSpec]] = {
    "chauffeurnet": RasterSpec(_channels(5, 5), (400, 400), 0.2, (320, 200)),
    "small": RasterSpec(_channels(1, 4), (128, 128), 0.5, (96, 64)),
    "bench": RasterSpec(_channels(5, 5), (192, 192), 0.2, (144, 96)),
    "car_racing": RasterSpec(("road", "route", "ego", "past_poses"), (96, 96), 1.25, (80, 48), past_points=5),
}
"""64 m ahead, 16 m behind and 40 m aside; 48, 16, 32; 28.8, 9.6, 19.2; 100, 20, 60, for cars that drive 100 m/s. The first is the paper's
table 1."""


def preset(name: str) -> RasterSpec:
    """One of `PRESETS`. Raises UnknownNameError."""
    if name not in PRESETS:
        raise UnknownNameError("raster preset", name, PRESETS)
    return PRESETS[name]
