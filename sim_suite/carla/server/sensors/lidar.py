"""Spinning lidars: points with intensity, or with classes and who it is. Source: CARLA's documentation of sensor.lidar.ray_cast and
ray_cast_semantic, and its release's scheme of rays: each step turns the sensor by its share of a rotation, clockwise from behind, and all
rays of a step are cast at one moment.

Points are in the sensor's own frame: x ahead, y to the right, z up, m.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim_suite.carla import frames
from sim_suite.carla.server.blueprints.kinds import Setting
from sim_suite.carla.server.sensors.kinds import Moment, SensorKind
from sim_suite.carla.server.sensors.mounting import place_of
from sim_suite.carla.wire.layout import DETECTION, AttributeType, StreamType
from sim_suite.carla.wire.streams import lidar_payload
from sim_suite.driving.sensors.ranging.lidar_depth import NOTHING
from sim_suite.driving.sensors.ranging.lidar_spec import LidarSpec, rays_of
from sim_suite.driving.sensors.ranging.ray_casting import Hits, new_hits
from sim_suite.driving.sensors.solids.solids import FIRST_THING
from sim_suite.errors import SuiteError

Floats = NDArray[np.float32]
MOST_PER_SECOND: Final = 1 << 24
_FULL_DEG: Final = 360.0
_TINY: Final = 1e-9
_WHOLE: Final = 1e-6
"""So near to a whole number a count of columns is one."""
_LEVEL_DEG: Final = 1e-4
"""A sensor that is tilted by less stands upright."""
_MOST_CHANNELS, _MOST_COLUMNS, _STEEPEST_DEG = 256, 16_384, 89.0
"""What `LidarSpec` allows."""


class Lidar:
    """One lidar. What is lost and how distances err is drawn from its own seed."""

    def __init__(self, semantic: bool, attributes: Mapping[str, str]) -> None:
        """attributes: values by name. Raises SuiteError or ValueError for one that no lidar has."""
        self._semantic = semantic
        self._channels, self._per_second = int(attributes["channels"]), int(attributes["points_per_second"])
        names = ("range", "rotation_frequency", "upper_fov", "lower_fov", "horizontal_fov")
        self._range_m, self._turns_hz, upper, lower, self._fov = (float(attributes[name]) for name in names)
        for name, value, low, high in (
            ("channels", self._channels, 1, 1024), ("range", self._range_m, 0.1, 1000.0),
            ("points_per_second", self._per_second, 0, MOST_PER_SECOND), ("rotation_frequency", self._turns_hz, 0.0, 1000.0),
            ("upper_fov", upper, -90.0, 90.0), ("lower_fov", lower, -90.0, 90.0), ("horizontal_fov", self._fov, 0.1, _FULL_DEG),
        ):  # fmt: skip
            if not low <= value <= high:
                raise SuiteError(f"{name} is {value:g}; give {low:g} to {high:g}.")
        self._elevations = np.linspace(upper, lower, self._channels)
        errors = (
            "atmosphere_attenuation_rate", "dropoff_general_rate", "dropoff_intensity_limit", "dropoff_zero_intensity", "noise_stddev",
        )  # fmt: skip
        self._attenuation, self._lost, self._limit, self._lost_at_zero, self._noise_m = (
            (0.0,) * 5 if semantic else (float(attributes[name]) for name in errors)
        )
        self._random = np.random.default_rng(0 if semantic else int(attributes["noise_seed"]))
        self._angle_deg = 0.0
        self._room: Hits | None = None

    def read(self, moment: Moment) -> list[bytes]:
        """The points of this step; none where not one ray falls to a channel."""
        columns = math.floor(self._per_second * moment.step_s / self._channels + 0.5)
        if columns == 0:
            return []
        turn_deg = self._turns_hz * self._fov * moment.step_s
        azimuths = np.fmod(self._angle_deg + turn_deg / columns * np.arange(columns), self._fov) - self._fov / 2
        rays = self._directions(azimuths)
        hits = self._by_turn(moment, columns, turn_deg) or self._one_by_one(moment, rays)
        self._angle_deg = math.fmod(self._angle_deg + turn_deg, self._fov)
        header = moment.header(StreamType.SEMANTIC_LIDAR if self._semantic else StreamType.LIDAR)
        angle = math.radians(self._angle_deg)
        met = hits.owner != NOTHING
        points: NDArray[np.float32] | NDArray[np.void]
        if self._semantic:
            points, kept = self._described(moment, rays, hits, met), met
        else:
            points, kept = self._measured(rays, hits, met)
        counts = kept.reshape(self._channels, columns).sum(axis=1)
        return [lidar_payload(header, angle, counts.astype("<u4"), points)]

    def _directions(self, azimuths_deg: NDArray[np.float64]) -> Floats:
        """[channels * columns, 3] In the sensor's frame, channel by channel."""
        up, around = np.radians(self._elevations)[:, None], np.radians(azimuths_deg)[None]
        level = np.cos(up)
        parts = level * np.cos(around), level * np.sin(around), np.sin(up) + 0.0 * around
        return np.stack(parts, axis=-1).reshape(-1, 3).astype(np.float32)

    def _one_by_one(self, moment: Moment, rays: Floats) -> Hits:
        hits, episode = self._space(len(rays)), moment.episode
        directions = frames.world_directions(moment.pose, rays)
        episode.served.surroundings.rays.cast(episode.world.state, place_of(moment), directions, self._range_m, hits)
        return hits

    def _by_turn(self, moment: Moment, columns: int, turn_deg: float) -> Hits | None:
        """As `_one_by_one`, many times as fast: from a whole turn whose columns are those of this step and more.

        None where there is no such turn: a sensor is tilted, does not see all around, or comes round in no whole number of columns.
        """
        around = columns * _FULL_DEG / turn_deg if turn_deg > 0.0 else 0.0
        whole = round(around)
        tilt = max(abs(math.remainder(angle, _FULL_DEG)) for angle in (moment.pose.pitch, moment.pose.roll))
        if (
            self._fov < _FULL_DEG or tilt > _LEVEL_DEG or not columns <= whole <= _MOST_COLUMNS or abs(around - whole) > _WHOLE * whole
            or self._channels > _MOST_CHANNELS or abs(self._elevations).max() > _STEEPEST_DEG or self._range_m < 1.0
            or self._elevations[0] < self._elevations[-1]
        ):  # fmt: skip
            return None
        highest, lowest = float(self._elevations[0]), float(self._elevations[-1])
        spec = LidarSpec(self._channels, whole, highest, lowest, self._range_m, 0.0, 0.0, 0.0)
        all_around, episode = self._space(spec.capacity), moment.episode
        begins = frames.world_yaw(moment.pose.yaw + self._angle_deg - self._fov / 2)
        episode.served.surroundings.rays.cast_turn(
            episode.world.state, place_of(moment), begins, rays_of(spec), self._range_m, all_around
        )
        # A turn counts its columns counter-clockwise, from where this step begins.
        column = -np.arange(columns) % whole
        chosen = (column[None] * self._channels + np.arange(self._channels)[:, None]).ravel()
        return Hits(*(array[chosen] for array in all_around))

    def _space(self, rays: int) -> Hits:
        if self._room is None or len(self._room.depth) != rays:
            self._room = new_hits(rays)
        return self._room

    def _measured(
        self, rays: Floats, hits: Hits, met: NDArray[np.bool_]
    ) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
        """([n, 4] x, y, z, intensity; which rays) after what is lost."""
        kept = met if self._lost <= 0.0 else met & (self._random.random(len(met)) >= self._lost)
        depth = hits.depth[kept]
        intensity = np.exp(-self._attenuation * depth)
        if self._lost_at_zero > 0.0:
            chance = self._lost_at_zero * intensity / max(self._limit, _TINY) + 1.0 - self._lost_at_zero
            stays = (intensity > self._limit) | (self._random.random(len(depth)) < chance)
            kept = kept.copy()
            kept[kept] = stays
            depth, intensity = depth[stays], intensity[stays]
        if self._noise_m > 0.0:
            depth = depth + self._random.normal(0.0, self._noise_m, len(depth)).astype(np.float32)
        return np.column_stack([rays[kept] * depth[:, None], intensity]).astype("<f4"), kept

    def _described(self, moment: Moment, rays: Floats, hits: Hits, met: NDArray[np.bool_]) -> NDArray[np.void]:
        """[n] layout.DETECTION"""
        found = np.empty(int(met.sum()), DETECTION)
        points = rays[met] * hits.depth[met, None]
        found["x"], found["y"], found["z"] = points.T
        found["cosine"], found["tag"] = hits.cosine[met], hits.tag[met]
        instance, numbers = hits.instance[met], moment.episode.numbers_by_slot()
        found["actor"] = np.where(instance < FIRST_THING, numbers[np.minimum(instance, len(numbers) - 1)], 0)
        return found


def _float(name: str, value: str) -> Setting:
    return Setting(name, AttributeType.FLOAT, value)


RAYS: Final = (
    Setting("channels", AttributeType.INT, "32"),
    Setting("points_per_second", AttributeType.INT, "56000"),
    _float("range", "10.0"),
    _float("rotation_frequency", "10.0"),
    _float("upper_fov", "10.0"),
    _float("lower_fov", "-30.0"),
    _float("horizontal_fov", "360.0"),
)
ERRORS: Final = (
    _float("atmosphere_attenuation_rate", "0.004"),
    _float("dropoff_general_rate", "0.45"),
    _float("dropoff_intensity_limit", "0.8"),
    _float("dropoff_zero_intensity", "0.4"),
    _float("noise_stddev", "0.0"),
    Setting("noise_seed", AttributeType.INT, "0"),
)
"""The defaults of CARLA's documentation."""
LIDARS: Final = (
    SensorKind("sensor.lidar.ray_cast", StreamType.LIDAR, (*RAYS, *ERRORS), partial(Lidar, False)),
    SensorKind("sensor.lidar.ray_cast_semantic", StreamType.SEMANTIC_LIDAR, RAYS, partial(Lidar, True)),
)
