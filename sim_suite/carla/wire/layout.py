"""Every byte layout of one release of CARLA, 0.9.16, in one table: another release is another table.

Source: measured with the `carla` 0.9.16 wheel as the reader. Little-endian, packed. Locations in CARLA's frame: metres, x east, y
south, z up; rotations in degrees.
"""

from __future__ import annotations

import struct
from enum import IntEnum
from typing import Final

import numpy as np

VERSION: Final = "0.9.16"


class StreamType(IntEnum):
    """What a stream carries: the first number of its header. A wrong one ends the client's process."""

    COLLISION = 0
    DEPTH_CAMERA = 1
    NORMALS_CAMERA = 2
    DVS_CAMERA = 3
    GNSS = 4
    IMU = 5
    LANE_INVASION = 6
    OBSTACLE = 7
    OPTICAL_FLOW_CAMERA = 8
    RADAR = 9
    SEMANTIC_LIDAR = 10
    LIDAR = 11
    RSS = 12
    RGB_CAMERA = 13
    SEMANTIC_CAMERA = 14
    INSTANCE_CAMERA = 15
    COSMOS_CAMERA = 16
    EPISODE_STATE = 17


class LightState(IntEnum):
    """What a traffic light shows."""

    RED = 0
    YELLOW = 1
    GREEN = 2
    OFF = 3
    UNKNOWN = 4


RED, YELLOW, GREEN, OFF, UNKNOWN = range(5)
"""The numbers of `LightState`, for kernels."""


class AttributeType(IntEnum):
    """Of an attribute of a blueprint; counted from 1 in this release."""

    BOOL = 1
    INT = 2
    FLOAT = 3
    STRING = 4
    RGB = 5


MESSAGE_SIZE: Final = struct.Struct("<I")
"""Before each message of a stream: bytes that follow, at least 1."""
STREAM_ID: Final = struct.Struct("<I")
"""What a client sends once on a new stream connection."""
HEADER: Final = struct.Struct("<QQd6f")
"""Before each payload: StreamType, frame, seconds of the episode, then x, y, z, pitch, yaw, roll of the sensor."""
EPISODE: Final = struct.Struct("<Qdf3iI")
"""After the header of an episode state: episode id, the platform's seconds, seconds of the last step, origin of the map's tile, flags."""
TOKEN: Final = struct.Struct("<IHBB16s")
"""Where a stream is: id, port, protocol, kind of address, address (IPv4 in the first four bytes)."""
PROTOCOL_TCP: Final = 1
ADDRESS_UNSET: Final = 0
"""The client then takes the address at which it reaches calls."""
ADDRESS_IPV4: Final = 1

IMAGE: Final = struct.Struct("<IIf")
"""After the header of a picture: width, height, horizontal field of view in degrees; then rows of BGRA bytes."""
LIDAR_SCAN: Final = struct.Struct("<fI")
"""After the header of a lidar's scan: its angle in rad, channels; then so many uint32, the points of each channel; then the points:
four float32 x, y, z, intensity, or DETECTION."""
DETECTION: Final = np.dtype(
    [("x", "<f4"), ("y", "<f4"), ("z", "<f4"), ("cosine", "<f4"), ("actor", "<u4"), ("tag", "<u4")]
)
"""A point of a semantic lidar."""

STATE_STREAM: Final = 1
"""Id of the stream of episode states."""
ACTIVE: Final = 1
"""The state of an actor that is there (0 invalid, 2 dormant)."""
SIGN_ID_BYTES: Final = 32
"""Room for an OpenDRIVE signal's id, padded by zeros."""

_BYTES: Final = 119
"""Of one actor in an episode state."""
_EXTRA: Final = 65
"""Where what only some kinds of actors have begins."""
_F4, _U4, _I4, _U1, _B1 = np.dtype("<f4"), np.dtype("<u4"), np.dtype("<i4"), np.dtype("u1"), np.dtype("?")
_COMMON: Final = (
    ("id", _U4, 0),
    ("state", _U1, 4),
    *((name, _F4, 5 + 4 * k) for k, name in enumerate(("x", "y", "z", "pitch", "yaw", "roll"))),
    *((name, _F4, 29 + 4 * k) for k, name in enumerate(("vx", "vy", "vz"))),
    *((name, _F4, 41 + 4 * k) for k, name in enumerate(("wx", "wy", "wz"))),
    *((name, _F4, 53 + 4 * k) for k, name in enumerate(("ax", "ay", "az"))),
)
"""v: velocity, m/s; w: angular velocity, degrees/s; a: acceleration, m/s^2; all in the world's frame."""


def _record(*extra: tuple[str, np.dtype, int]) -> np.dtype:
    fields = [*_COMMON, *((name, kind, _EXTRA + offset) for name, kind, offset in extra)]
    names, formats, offsets = zip(*fields, strict=True)
    return np.dtype({"names": names, "formats": formats, "offsets": offsets, "itemsize": _BYTES})


ACTOR: Final = _record()
"""Any actor."""
VEHICLE: Final = _record(
    ("throttle", _F4, 0), ("steer", _F4, 4), ("brake", _F4, 8),
    ("hand_brake", _B1, 12), ("reverse", _B1, 13), ("manual_gear_shift", _B1, 14), ("gear", _I4, 15),
    ("speed_limit", _F4, 19), ("light", _U1, 23), ("at_light", _B1, 24), ("light_actor", _U4, 25), ("failure", _U1, 29),
)  # fmt: skip
"""speed_limit: km/h; light: LightState of the light that it is at, if at_light."""
WALKER: Final = _record(
    ("direction_x", _F4, 0), ("direction_y", _F4, 4), ("direction_z", _F4, 8), ("speed", _F4, 12), ("jump", _B1, 16)
)
LIGHT: Final = _record(
    ("sign_id", np.dtype("S32"), 0), ("green_s", _F4, 32), ("yellow_s", _F4, 36), ("red_s", _F4, 40), ("elapsed_s", _F4, 44),
    ("pole", _U4, 48), ("frozen", _B1, 52), ("light", _U1, 53),
)  # fmt: skip
"""elapsed_s: since it shows what it shows."""
SIGN: Final = _record(("sign_id", np.dtype("S32"), 0))
