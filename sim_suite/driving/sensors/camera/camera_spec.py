"""What a camera sees, from where and how large: saved with each dataset and checkpoint that uses it. Source: the pinhole camera
(Hartley and Zisserman 2004, chapter 6).

A picture's rows run down, its columns to the right; pixel (row, col) is the ray through its centre, (row + 0.5, col + 0.5). The
optical axis meets the picture's centre, pixels are square, and the focal length is W' / (2 tan(fov / 2)) of them.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim_suite.driving.roads.baking.bake import COARSEST_M, FINEST_M
from sim_suite.driving.roads.baking.layout import METRES_PER_TEXEL
from sim_suite.errors import SuiteError, UnknownNameError

OUTPUTS: Final = ("rgb", "semantic", "instance", "depth")
SKY_DEPTH_M: Final = 1000.0
"""Depth of the sky and of all beyond it: the far plane of CARLA's depth camera."""
SIDE_MIN, SIDE_MAX = 8, 4096
"""Pixels."""


def _require(holds: bool, what: str, value: object, range_: str) -> None:  # before its use in defaults
    if not holds:
        raise SuiteError(f"{what} is {value}; give {range_}.")


@dataclass(frozen=True)
class Mount:
    """Where a camera sits on its vehicle. Frame of the vehicle: x ahead, y left, z up, from the ground below the box's centre.

    Turned about z (yaw, left positive), then y (pitch, down positive), then x (roll, clockwise positive as the camera sees ahead):
    ISO 8855.
    """

    x_m: float = 0.5
    y_m: float = 0.0
    z_m: float = 1.6
    """Above the ground, at least 0.1."""
    roll_deg: float = 0.0
    pitch_deg: float = 0.0
    yaw_deg: float = 0.0

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            _require(math.isfinite(value), f"{name} of a mount", value, "a finite number")
        _require(0.1 <= self.z_m <= 1000.0, "z_m of a mount", self.z_m, "0.1 to 1000, metres above the ground")

    def rotation(self) -> NDArray[np.float64]:
        """[3, 3] whose columns are the camera's axes ahead, left and up in the vehicle's frame."""
        roll, pitch, yaw = (math.radians(angle) for angle in (self.roll_deg, self.pitch_deg, self.yaw_deg))
        about_z = [[math.cos(yaw), -math.sin(yaw), 0.0], [math.sin(yaw), math.cos(yaw), 0.0], [0.0, 0.0, 1.0]]
        about_y = [[math.cos(pitch), 0.0, math.sin(pitch)], [0.0, 1.0, 0.0], [-math.sin(pitch), 0.0, math.cos(pitch)]]
        about_x = [[1.0, 0.0, 0.0], [0.0, math.cos(roll), -math.sin(roll)], [0.0, math.sin(roll), math.cos(roll)]]
        turned: NDArray[np.float64] = np.array(about_z) @ np.array(about_y) @ np.array(about_x)
        return turned


@dataclass(frozen=True)
class CameraSpec:
    """One or more cameras of one kind on a vehicle. Raises SuiteError for a value that is out of range."""

    size: tuple[int, int] = (128, 128)
    """H and W', pixels."""
    fov_deg: float = 90.0
    """Angle between the left and the right edge, as CARLA has it."""
    mounts: tuple[Mount, ...] = (Mount(),)
    outputs: tuple[str, ...] = ("rgb",)
    """Of `OUTPUTS`."""
    metres_per_texel: float = METRES_PER_TEXEL
    """Of the ground. 0.2 m suits pictures of some hundred pixels; for larger ones 0.05 m, baked once a map and kept, has crisp lines."""
    own_vehicle: bool = False
    """Whether the vehicle that carries the camera is seen by it."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "size", tuple(self.size))
        object.__setattr__(self, "outputs", tuple(self.outputs))
        object.__setattr__(self, "mounts", tuple(self.mounts))
        _require(len(self.size) == 2, "size", self.size, "(rows, columns)")
        for side in self.size:
            _require(SIDE_MIN <= side <= SIDE_MAX, "a side of size", side, f"{SIDE_MIN} to {SIDE_MAX} pixels")
        _require(1.0 <= self.fov_deg <= 170.0, "fov_deg", self.fov_deg, "1 to 170")
        _require(len(self.mounts) > 0, "mounts", self.mounts, "at least one Mount")
        _require(len(self.outputs) > 0, "outputs", self.outputs, f"at least one of {', '.join(OUTPUTS)}")
        for name in self.outputs:
            if name not in OUTPUTS:
                raise UnknownNameError("output of a camera", name, OUTPUTS)
        fine = FINEST_M <= self.metres_per_texel <= COARSEST_M
        _require(fine, "metres_per_texel", self.metres_per_texel, f"{FINEST_M:g} to {COARSEST_M:g}")

    @property
    def focal_pixels(self) -> float:
        """Focal length in pixels."""
        return 0.5 * self.size[1] / math.tan(0.5 * math.radians(self.fov_deg))

    def intrinsic(self) -> NDArray[np.float64]:
        """[3, 3] K of Hartley and Zisserman, for axes right, down, ahead."""
        rows, cols = self.size
        return np.array([[self.focal_pixels, 0.0, 0.5 * cols], [0.0, self.focal_pixels, 0.5 * rows], [0.0, 0.0, 1.0]])

    def to_dict(self) -> dict[str, Any]:
        """Fields for JSON and TOML; `from_dict` reads them."""
        fields = {name: list(value) if isinstance(value, tuple) else value for name, value in vars(self).items()}
        return fields | {"mounts": [dataclasses.asdict(mount) for mount in self.mounts]}

    @classmethod
    def from_dict(cls, fields: Mapping[str, Any]) -> CameraSpec:
        """The spec that `to_dict` wrote. Raises UnknownNameError for a key that there is not."""
        _refuse_unknown("key of a camera", fields, cls)
        mounts = fields.get("mounts", [dataclasses.asdict(Mount())])
        for mount in mounts:
            _refuse_unknown("key of a mount", mount, Mount)
        return cls(**{**fields, "mounts": tuple(Mount(**mount) for mount in mounts)})


PRESETS: Final[dict[str, CameraSpec]] = {
    "front": CameraSpec(),
    "wide": CameraSpec(size=(160, 384), fov_deg=120.0),
    "pilotnet": CameraSpec(size=(66, 200), fov_deg=70.0, mounts=(Mount(pitch_deg=6.0),)),
}
"""Colours, from behind the windscreen. The last has the size of PilotNet's pictures (Bojarski et al. 2016, arXiv:1604.07316)."""


def camera_preset(name: str) -> CameraSpec:
    """One of `PRESETS`. Raises UnknownNameError."""
    if name not in PRESETS:
        raise UnknownNameError("camera preset", name, PRESETS)
    return PRESETS[name]


class CameraPlan(NamedTuple):
    """A spec packed for kernels."""

    rows: int
    cols: int
    focal: np.float32
    own_vehicle: int
    mount: NDArray[np.float32]
    """[M, 12] x, y, z, then the rotation [3, 3], row by row."""


def plan_camera(spec: CameraSpec) -> CameraPlan:
    """The spec, packed."""
    mounts = [[mount.x_m, mount.y_m, mount.z_m, *mount.rotation().ravel().tolist()] for mount in spec.mounts]
    return CameraPlan(
        spec.size[0], spec.size[1], np.float32(spec.focal_pixels), int(spec.own_vehicle), np.array(mounts, np.float32)
    )


def _refuse_unknown(what: str, fields: Mapping[str, Any], cls: Any) -> None:  # Any: a dataclass, whichever
    known = [field.name for field in dataclasses.fields(cls)]
    for key in fields:
        if key not in known:
            raise UnknownNameError(what, key, known)
