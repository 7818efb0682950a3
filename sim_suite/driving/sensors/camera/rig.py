"""The cameras that a car has: groups of one kind each, by name. Source: ours; a ring and a long lens ahead, as cars with driving
assistance carry them.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from sim_suite.driving.sensors.camera.camera_spec import CameraSpec, Mount
from sim_suite.errors import UnknownNameError

Rig = Mapping[str, CameraSpec]
"""Camera groups by name."""
RIGS: Final[Mapping[str, Rig]] = MappingProxyType({
    "car": MappingProxyType({
        "around": CameraSpec(fov_deg=60.0, mounts=(Mount(), Mount(yaw_deg=60.0), Mount(yaw_deg=-60.0))),
        "far": CameraSpec(size=(256, 256), fov_deg=28.0),
    }),
})  # fmt: skip
"""`car`: 90 degrees to either side in three pictures of 128 x 128, and a long lens ahead with 4.6 times their pixels a radian: a light of a
metre 60 m away is 9 pixels high in it."""


def rig(name: str) -> Rig:
    """One of `RIGS`. Raises UnknownNameError."""
    if name not in RIGS:
        raise UnknownNameError("rig", name, RIGS)
    return RIGS[name]
