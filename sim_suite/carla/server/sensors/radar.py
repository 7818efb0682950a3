"""The radar: range rate, azimuth, altitude and depth of what rays in a cone meet, the road too. Source: CARLA's documentation of
sensor.other.radar, and its release's scheme of rays: a share of the cone's half width and an angle about its axis, each drawn evenly.

A range rate is positive where the distance grows, and is that of the place that was met, turning included.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim_suite.carla import frames
from sim_suite.carla.server.actors import NO_SLOT
from sim_suite.carla.server.blueprints.kinds import Setting
from sim_suite.carla.server.sensors.kinds import Moment, SensorKind
from sim_suite.carla.server.sensors.mounting import place_of
from sim_suite.carla.wire.layout import AttributeType, StreamType
from sim_suite.carla.wire.streams import radar_payload
from sim_suite.driving.sensors.ranging.lidar_depth import NOTHING
from sim_suite.driving.sensors.ranging.ray_casting import Hits, new_hits
from sim_suite.driving.sensors.solids.solids import FIRST_THING
from sim_suite.driving.world.layout import SLIP, SPEED, YAW, YAW_RATE, X, Y
from sim_suite.errors import SuiteError

MOST_PER_SECOND: Final = 1 << 24


class Radar:
    """One radar. Its rays are drawn from its own seed."""

    def __init__(self, attributes: Mapping[str, str]) -> None:
        """attributes: values by name. Raises SuiteError or ValueError for one that no radar has."""
        names = ("horizontal_fov", "vertical_fov", "range")
        across, up, self._range_m = (float(attributes[name]) for name in names)
        self._per_second = int(attributes["points_per_second"])
        for name, value, low, high in (
            ("horizontal_fov", across, 0.0, 179.0), ("vertical_fov", up, 0.0, 179.0), ("range", self._range_m, 0.1, 1000.0),
            ("points_per_second", self._per_second, 0, MOST_PER_SECOND),
        ):  # fmt: skip
            if not low <= value <= high:
                raise SuiteError(f"{name} is {value:g}; give {low:g} to {high:g}.")
        self._half = math.tan(math.radians(across / 2)), math.tan(math.radians(up / 2))
        self._random = np.random.default_rng(int(attributes["noise_seed"]))

    def read(self, moment: Moment) -> list[bytes]:
        """The detections of this step."""
        count = int(self._per_second * moment.step_s + 1e-9)  # 0.15 / 0.05 is not quite 3
        share, angle = self._random.random(count), math.tau * self._random.random(count)
        right, up = self._half[0] * share * np.cos(angle), self._half[1] * share * np.sin(angle)
        rays = np.column_stack([np.ones(count), right, up])
        rays = (rays / np.linalg.norm(rays, axis=1, keepdims=True)).astype(np.float32)
        directions, hits = frames.world_directions(moment.pose, rays), new_hits(count)
        place, episode = place_of(moment), moment.episode
        episode.served.surroundings.rays.cast(episode.world.state, place, directions, self._range_m, hits)
        met = hits.owner != NOTHING
        rates = self._rates(moment, place, directions, hits)[met]
        azimuth, altitude = np.arctan2(rays[met, 1], rays[met, 0]), np.arcsin(rays[met, 2])
        found = np.column_stack([rates, azimuth, altitude, hits.depth[met]])
        return [radar_payload(moment.header(StreamType.RADAR), found.astype("<f4"))]

    def _rates(
        self, moment: Moment, place: NDArray[np.float32], directions: NDArray[np.float32], hits: Hits
    ) -> NDArray[np.float64]:
        """[R] m/s"""
        bodies = moment.episode.world.state.body[0].astype(np.float64)
        where = place[:2] + hits.depth[:, None] * directions[:, :2]
        moves = (hits.instance > 0) & (hits.instance < FIRST_THING)
        met = bodies[np.where(moves, hits.instance - 1, 0)]
        rate = np.where(moves, _towards(met, where, directions), 0.0)
        carrier = _carrier(moment)
        if carrier != NO_SLOT:
            rate -= _towards(bodies[carrier : carrier + 1], place[None, :2], directions)
        return rate


def _towards(
    body: NDArray[np.float64], where: NDArray[np.float32], directions: NDArray[np.float32]
) -> NDArray[np.float64]:
    """[R] Speed along directions of places of bodies [R or 1, BODY], which turn about their centres, m/s."""
    heading, turn = body[:, YAW] + body[:, SLIP], body[:, YAW_RATE]
    vx = body[:, SPEED] * np.cos(heading) - turn * (where[:, 1] - body[:, Y])
    vy = body[:, SPEED] * np.sin(heading) + turn * (where[:, 0] - body[:, X])
    along: NDArray[np.float64] = vx * directions[:, 0] + vy * directions[:, 1]
    return along


def _carrier(moment: Moment) -> int:
    """The slot of the body that carries the sensor, perhaps by way of other things."""
    actors, actor = moment.episode.actors, moment.actor
    while actor.slot == NO_SLOT and actor.parent in actors:
        actor = actors[actor.parent]
    return actor.slot


RADAR: Final = SensorKind(
    "sensor.other.radar",
    StreamType.RADAR,
    (
        Setting("horizontal_fov", AttributeType.FLOAT, "30.0"),
        Setting("vertical_fov", AttributeType.FLOAT, "30.0"),
        Setting("range", AttributeType.FLOAT, "100.0"),
        Setting("points_per_second", AttributeType.INT, "1500"),
        Setting("noise_seed", AttributeType.INT, "0"),
    ),
    Radar,
)
