"""Where a car is by the ground that its cameras see: labels on flat ground, held against the map about where it believes to be.

Source: correlative matching, Olson 2009, "Real-Time Correlative Scan Matching", ICRA: how likely what is seen is at each of a grid of
offsets; lanes in place of a scan, after Levinson, Montemerlo and Thrun 2007, "Map-Based Precision Vehicle Localization in Urban
Environments", RSS. How sure it is comes from a parabola about the likeliest (ours): moments over a grid would learn from its edges.

Frames: of the vehicle, x ahead, y left, from the box's centre.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from perception.segmentation.driving.classes import SceneClass
from perception.surroundings.pinhole import in_picture
from sim_suite.compiling import called
from sim_suite.driving.dynamics.vehicles import LENGTH_M, PARAMETERS, WIDTH_M
from sim_suite.driving.sensors.camera.camera_spec import CameraSpec
from sim_suite.driving.sensors.raster.intensity import FULL
from sim_suite.driving.sensors.raster.raster import Rasteriser
from sim_suite.driving.sensors.raster.raster_spec import RasterSpec
from sim_suite.driving.world import layout as col
from sim_suite.driving.world.kinds import AGENT, CAR
from sim_suite.driving.world.layout import new_state
from sim_suite.driving.world.terrain import DrivingMap

Floats = NDArray[np.float64]
RANGE_M: Final = 18.0
"""Ground farther away is passed over: a pixel of a camera 1.6 m above it shows more than a metre of it."""
SPACING_M: Final = 0.4
"""Between the places of the ground that are looked at."""
PIXEL_M: Final = 0.25
"""Of the map that they are held against."""
TURN_RAD: Final = float(np.radians(0.5))
"""Between two headings that are tried."""
DEVIATIONS: Final = 3.0
"""As far is looked, of what is believed, ..."""
MOST_STEPS: Final = (12, 12, 6)
"""... and so many steps at most, ahead, aside and turning: 3 m, twice the deviation of a plain receiver's first fix
(`navigation.gnss.GnssSpec`), and 3 degrees."""
BLUR_M: Final = 0.3
"""Deviation by which a label lies beside its place: between what a pixel shows of the ground at 5 m and at 15 m."""
_GROUND: Final = (SceneClass.ROAD, SceneClass.LINE, SceneClass.PAVEMENT, SceneClass.NATURE)
"""What ground can look like, in the order of rows and columns of SEEN_AS."""
SEEN_AS: Final = np.array([
    [0.97, 0.02, 0.01, 0.002],
    [0.29, 0.49, 0.19, 0.03],
    [0.21, 0.04, 0.73, 0.02],
    [0.07, 0.01, 0.02, 0.90],
])  # fmt: skip
"""How often ground of each row is labelled as each column: counted on 90 looks, of 30 s on town_1km, country_road and highway, seed 3."""
ABOUT: Final = 2
"""Steps to either side of the likeliest offset: half a metre and a degree."""
DEPENDENT: Final = 160.0
"""So many labels beside each other, and one look after another, err together: a likelihood of n labels counts as one of n / DEPENDENT."""
_STEP: Final = np.array([PIXEL_M, PIXEL_M, TURN_RAD])
_NONE: Final = -1


class Match(NamedTuple):
    """Where a car is, beside where it believed to be."""

    off: Floats
    """[3] Ahead m, left m, turned counter-clockwise rad; the mean."""
    covariance: Floats
    """[3, 3] Of them, what was believed before included."""


class MapMatcher:
    """One map, seen by the cameras of one spec. It keeps scratch memory: use one for each thread."""

    def __init__(self, driving_map: DrivingMap, camera: CameraSpec) -> None:
        """camera: whose mounts see ground."""
        self._places, self._mount, self._pixel = _ground_seen(camera)
        side = round((RANGE_M + 1.0) / PIXEL_M) + max(MOST_STEPS)
        spec = RasterSpec(("road", "marks", "crosswalks_stops"), (2 * side, 2 * side), PIXEL_M, (side, side))
        self._rasteriser = Rasteriser(driving_map, spec)
        terrain = driving_map.ground.terrain
        self._origin = np.array([terrain.origin_x, terrain.origin_y])
        self._state = new_state(1, 1, 1, len(terrain.programme), max_legs=1, trail=1)
        self._picture = np.zeros((1, 1, *spec.shape), np.uint8)

    def match(self, labels: NDArray[np.uint8], pose: Floats, covariance: Floats) -> Match:
        """labels: [M, H, W'] `SceneClass` of the mounts' pictures; pose: [3] x, y of the map and yaw, as believed; covariance: [3, 3] of it
        in the vehicle's frame.

        Of what cannot be told, as how far along a straight road one is, as much is known as before.
        """
        seen = _CODE[labels[self._mount, self._pixel[:, 0], self._pixel[:, 1]]]
        told = seen != _NONE
        planes = self._likelihoods(pose)
        reach = np.ceil(DEVIATIONS * np.sqrt(np.diag(covariance)) / _STEP).astype(np.int64) + ABOUT
        ahead, aside, turning = np.minimum(reach, MOST_STEPS).tolist()
        scores = np.zeros((2 * turning + 1, 2 * ahead + 1, 2 * aside + 1), np.float32)
        correlate(planes, self._places[told], seen[told], scores)
        return _combined(scores.astype(np.float64) / DEPENDENT, covariance)

    def _likelihoods(self, pose: Floats) -> NDArray[np.float32]:
        """[4, 2 side, 2 side] Logarithm of how likely each label of _GROUND is at each place about the pose, heading up."""
        state = self._state
        body = state.body[0, 0]
        body[[col.X, col.Y]], body[col.YAW] = pose[:2] - self._origin, pose[2]
        body[[col.LENGTH, col.WIDTH]] = PARAMETERS[CAR, LENGTH_M], PARAMETERS[CAR, WIDTH_M]
        state.mind[0, 0, [col.KIND, col.CONTROL]] = CAR, AGENT
        state.world[0, col.NUM_ACTORS] = 1
        state.legs[:] = -1
        self._rasteriser.draw(state, self._picture)
        road, marks, crossings = self._picture[0, 0]
        line = (marks == FULL) | (crossings > 0)
        lane = (road == FULL) & ~line
        paved = (road > 0) & ~lane & ~line
        ground = np.stack([lane, line, paved, ~(lane | line | paved)]).astype(np.float32)
        blurred = np.stack([cv2.GaussianBlur(one, (0, 0), BLUR_M / PIXEL_M) for one in ground])
        likely: NDArray[np.float32] = np.log(np.einsum("gl,ghw->lhw", SEEN_AS.astype(np.float32), blurred))
        return np.ascontiguousarray(likely)


def _ground_seen(camera: CameraSpec) -> tuple[NDArray[np.float32], NDArray[np.int64], NDArray[np.int64]]:
    """(places [n, 2] of the ground, the mount [n] and the pixel [n, 2] that show each), SPACING_M apart; of two mounts the first."""
    axis = np.arange(-RANGE_M, RANGE_M + SPACING_M, SPACING_M)
    places = np.stack(np.meshgrid(axis, axis, indexing="ij"), axis=-1).reshape(-1, 2)
    places = places[np.hypot(*places.T) <= RANGE_M]
    mount, pixel = np.full(len(places), _NONE), np.zeros((len(places), 2), np.int64)
    on_ground = np.column_stack([places, np.zeros(len(places))])
    for number in range(len(camera.mounts)):
        at, depth = in_picture(camera, number, on_ground)
        inside = (depth > 0.0) & (at >= 0.0).all(axis=1) & (at < camera.size).all(axis=1) & (mount == _NONE)
        mount[inside], pixel[inside] = number, at[inside].astype(np.int64)
    shown = mount != _NONE
    return places[shown].astype(np.float32), mount[shown], pixel[shown]


def _codes() -> NDArray[np.int8]:
    codes = np.full(len(SceneClass), _NONE, np.int8)
    codes[list(_GROUND)] = np.arange(len(_GROUND))
    return codes


_CODE: Final = _codes()
"""By SceneClass; _NONE for what stands on the ground and hides it."""


@called
def correlate(planes: np.ndarray, places: np.ndarray, labels: np.ndarray, scores: np.ndarray) -> None:
    """Add up how likely labels [n] at places [n, 2] are by planes [L, 2 half, 2 half], for each turn and offset. scores: [2 T + 1, 2 A + 1,
    2 B + 1] of steps of TURN_RAD from the farthest clockwise on, and of pixels as planes have them: the farthest ahead and left first;
    0 before."""
    half, turning, ahead, aside = planes.shape[1] // 2, scores.shape[0] // 2, scores.shape[1] // 2, scores.shape[2] // 2
    for turn in range(scores.shape[0]):
        angle = TURN_RAD * (turn - turning)
        cos, sin = np.float32(np.cos(angle)), np.float32(np.sin(angle))
        for i in range(len(places)):
            # Pixel (half - 1, half - 1) lies ahead of the centre and to its left.
            onward = cos * places[i, 0] - sin * places[i, 1]
            left = sin * places[i, 0] + cos * places[i, 1]
            row = half - 1 - int(np.floor(onward / np.float32(PIXEL_M))) - ahead
            column = half - 1 - int(np.floor(left / np.float32(PIXEL_M))) - aside
            label = labels[i]
            for a in range(scores.shape[1]):
                for b in range(scores.shape[2]):
                    scores[turn, a, b] += planes[label, row + a, column + b]


def _combined(scores: Floats, prior: Floats) -> Match:
    """What logarithms of likelihoods (`correlate`) and the covariance [3, 3] of what was believed come to.

    About the likeliest offset the logarithm is taken as a parabola: where it is flat, nothing is learned.
    """
    turn, ahead, left = np.meshgrid(*(_steps(count) for count in scores.shape), indexing="ij")
    off, known = np.stack([-ahead, -left, turn], axis=-1) * _STEP, np.linalg.inv(prior)
    posterior = scores - 0.5 * np.einsum("...i,ij,...j->...", off, known, off)
    inner = (slice(ABOUT, -ABOUT),) * 3
    peak = np.unravel_index(posterior[inner].argmax(), posterior[inner].shape)
    window = tuple(slice(at, at + 2 * ABOUT + 1) for at in peak)
    centre = off[inner][peak]
    slope, curved = _parabola((off[window] - centre).reshape(-1, 3), scores[window].reshape(-1))
    covariance = np.linalg.inv(known + curved)
    mean: Floats = covariance @ (slope + curved @ centre)
    return Match(mean, covariance.astype(np.float64))


def _steps(count: int) -> NDArray[np.int64]:
    return np.arange(count) - count // 2


def _parabola(off: Floats, scores: Floats) -> tuple[Floats, Floats]:
    """(g [3], C [3, 3] without negative eigenvalues) of g d - d C d / 2, the least squares through scores [n] at offsets [n, 3]."""
    unit = np.abs(off).max(axis=0)
    d = off / unit
    pairs = [(i, j) for i in range(3) for j in range(i, 3)]
    columns = np.column_stack([np.ones(len(d)), d, *(d[:, i] * d[:, j] for i, j in pairs)])
    found, *_ = np.linalg.lstsq(columns, scores, rcond=None)
    curved = np.zeros((3, 3))
    for (i, j), value in zip(pairs, found[4:], strict=True):
        curved[i, j] -= value
        curved[j, i] -= value
    values, axes = np.linalg.eigh(curved)
    curved = axes * np.maximum(values, 0.0) @ axes.T
    return found[1:4] / unit, curved / np.outer(unit, unit)
