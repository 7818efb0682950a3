"""What a car really has: pictures by its cameras, readings of its navigation sensors, and the route as a navigator names it. Source: ours.

Nothing of it is the truth but the route and the map's name: places have a receiver's errors, pictures have to be understood.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from sim_suite.driving.sensors.camera.camera import Camera, Pictures
from sim_suite.driving.sensors.camera.rig import rig
from sim_suite.driving.sensors.camera.styles import style
from sim_suite.driving.sensors.navigation.gnss import EAST, GNSS_COLUMNS, NORTH, Gnss
from sim_suite.driving.sensors.navigation.imu import ACCEL_X, COMPASS, GYRO_Z, IMU_COLUMNS, Imu
from sim_suite.driving.sensors.navigation.motion import motion_of
from sim_suite.driving.sensors.navigation.odometry import ODOMETRY_COLUMNS, WHEEL_SPEED, Odometry
from sim_suite.driving.sensors.navigation.positioning import positioning
from sim_suite.driving.world.layout import TICK, State
from sim_suite.driving.world.terrain import DrivingMap
from sim_suite.envs.driving.judging import EGO
from sim_suite.envs.driving.options import DrivingOptions
from sim_suite.envs.driving.population import most_legs
from sim_suite.errors import SuiteError

CAR, TIME, FIX_EAST, FIX_NORTH, FIX_NOISE, HEADING, HEADING_NOISE, WHEELS, ACCEL, TURN, NAVIGATION = range(11)
"""Columns of `navigation`: the car's number among those that drive side by side; ticks since the reset; the receiver's fix, m in the map's
frame, and the deviation that it states, m; the compass, rad counter-clockwise from east, and its deviation; the wheels' speed, m/s;
acceleration ahead, m/s^2, and turn rate, rad/s, felt since the last step."""
LANE, FROM, TO, ROUTE = range(4)
"""Columns of `route`, a row for each of its lanes, -1 after the last: the lane's number on the map, and from where to where, m along it."""
PICTURE_TICKS: Final = 4
"""Cameras take five pictures a second; between two a step is shown the last."""
_LONGEST_NAME: Final = 4096
"""Characters of a map's name or path: Linux's PATH_MAX."""
_PRINTED: Final = "".join(map(chr, range(32, 127)))


def sensor_space(options: DrivingOptions) -> spaces.Dict:
    """Of one vehicle: `around` and whatever else the rig holds [M, H, W', 3], `navigation` [NAVIGATION], `route` [R, ROUTE], `map`."""
    pictures: dict[str, spaces.Space[Any]] = {
        name: spaces.Box(0, 255, (len(one.mounts), *one.size, 3), np.uint8) for name, one in rig(options.rig).items()
    }
    return spaces.Dict({
        **pictures,
        "navigation": spaces.Box(-np.inf, np.inf, (NAVIGATION,), np.float64),
        "route": spaces.Box(-1.0, np.inf, (most_legs(options), ROUTE), np.float32),
        "map": spaces.Text(_LONGEST_NAME, charset=_PRINTED),
    })  # fmt: skip


class Sensing:
    """The sensors of the agents of W worlds on one map."""

    def __init__(self, name: str, driving_map: DrivingMap, worlds: int, options: DrivingOptions) -> None:
        """name: of the map, as agents find it. Raises SuiteError where steps pass over the moments at which pictures are taken."""
        if PICTURE_TICKS % options.ticks_per_step:
            raise SuiteError(
                f"cameras take a picture every {PICTURE_TICKS} ticks, which steps of {options.ticks_per_step} pass over. "
                f"Give ticks_per_step=1, 2 or 4."
            )
        self._name, known = name, positioning(options.positioning)
        self._cameras: dict[str, Camera] = {}
        self._pictures: dict[str, Pictures] = {}
        first: Camera | None = None
        for group, spec in rig(options.rig).items():
            shared = {} if first is None else {"scenery": first.scenery, "ground": first.ground}
            camera = Camera(driving_map, spec, styles=[style(options.style)], **shared)  # type: ignore[arg-type]  # as they are
            first = first or camera
            self._cameras[group], self._pictures[group] = camera, camera.new_pictures(worlds)
        self._taken = np.full(worlds, -1, np.int64)
        self._gnss, self._imu, self._wheels = Gnss(driving_map, known.gnss), Imu(known.imu), Odometry()
        self._navigation = np.zeros((worlds, NAVIGATION))
        self._navigation[:, CAR] = np.arange(worlds)

    def begin(self, state: State) -> None:
        """Look at worlds that have been reset: all of them."""
        self._taken[:] = -1
        self.before_step(state)
        self.after_step(state)

    def before_step(self, state: State) -> None:
        """To be called before the world moves: an inertial unit feels what changes."""
        self._before = motion_of(state)

    def after_step(self, state: State) -> None:
        """Read the navigation sensors."""
        worlds, read = len(self._navigation), self._navigation
        fix, felt, told = (np.empty((worlds, 1, n)) for n in (GNSS_COLUMNS, IMU_COLUMNS, ODOMETRY_COLUMNS))
        self._gnss.read(state, fix, [EGO])
        self._imu.read(self._before, state, felt, [EGO])
        self._wheels.read(state, told, [EGO])
        read[:, TIME] = state.world[:, TICK]
        read[:, FIX_NOISE], read[:, HEADING_NOISE] = self._gnss.spec.noise_m, self._imu.spec.compass_noise
        read[:, FIX_EAST], read[:, FIX_NORTH] = fix[:, 0, EAST], fix[:, 0, NORTH]
        read[:, HEADING] = 0.5 * np.pi - felt[:, 0, COMPASS]
        read[:, ACCEL], read[:, TURN], read[:, WHEELS] = (
            felt[:, 0, ACCEL_X],
            felt[:, 0, GYRO_Z],
            told[:, 0, WHEEL_SPEED],
        )

    def observation(self, state: State, w: int) -> dict[str, Any]:
        """A copy of what the agent of world w observes. Pictures are taken when they are asked for: ask after each step."""
        tick = int(state.world[w, TICK])
        if self._taken[w] < 0 or tick // PICTURE_TICKS != self._taken[w] // PICTURE_TICKS:
            self._photograph(state, w)
            self._taken[w] = tick
        seen = {group: pictures.rgb[w].copy() for group, pictures in self._pictures.items()}
        return {**seen, "navigation": self._navigation[w].copy(), "route": route_of(state, w), "map": self._name}

    def _photograph(self, state: State, w: int) -> None:
        for group, camera in self._cameras.items():
            row = Pictures._make(part[w : w + 1] for part in self._pictures[group])
            camera.draw(state, row, which=np.array([w], np.int32))


def route_of(state: State, w: int) -> NDArray[np.float32]:
    """[R, ROUTE] of the agent of world w."""
    lanes = state.legs[w, EGO]
    told = np.concatenate([lanes[:, None].astype(np.float32), state.leg_span[w, EGO]], axis=1)
    told[lanes < 0] = -1.0
    return told
