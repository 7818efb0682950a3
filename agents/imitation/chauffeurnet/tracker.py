"""From waypoints to wheel and pedals: what the paper leaves to a controls optimiser (Bansal et al. 2018, section 3). Source: ours.

The wheel follows by pure pursuit of the rear axle (Coulter 1992, CMU-RI-TR-92-01). The pedals give the constant acceleration that
meets distances and speeds of the next second best, by the inverse of the longitudinal model. Both know the vehicle's own speed.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from agents.imitation.chauffeurnet.spec import SPACING_S, ChauffeurSpec
from sim_suite.compiling import called
from sim_suite.driving.dynamics.inverse import pedals_for
from sim_suite.driving.dynamics.vehicles import MAX_WHEEL_RAD, PARAMETERS, REAR_M, WHEELBASE_M
from sim_suite.driving.world.kinds import CAR
from sim_suite.errors import SuiteError

FIT_S: Final = 1.0
"""Of the waypoints that the pedals look at: single ones of a network are off by decimetres, which over 0.2 s is 10 m/s^2."""
AHEAD_S: Final = 1.0
"""Pure pursuit aims so far ahead: a clone's first waypoints go on as it was going, and hide that the later ones lead back. On 72 drives on
winding roads of the lessons a trained network was 0.36, 0.32 and 0.34 m off its lane's middle at 0.8, 1.0 and 1.2 s ..."""
AHEAD_M: Final = 4.0
"""... and at least so many metres from the rear axle: a car's length."""
STANDING_MPS: Final = 0.2
"""Who is slower, and is not to be faster within the waypoints' reach, stands."""
ROLLING_MPS: Final = 1.0
"""Nobody rolls on at less than this. Before a stop line a raster does not tell whether a car has stopped or all but stopped (a pixel every
0.2 s is 2.5 m/s), so a network says something between stopping and going on; then the car stops. It says so if by the last waypoint ..."""
GOING_MPS: Final = 0.5
"""... that the pedals look at the car is not to be so much faster, ..."""
STOPPING: Final = 0.5
"""... nor slower than this share of its speed."""
SETTING_OFF: Final = -1.0
"""In place of the time until one sets off: it is now."""
_FIT: Final = round(FIT_S / SPACING_S)
_ZERO, _ONE = np.float32(0.0), np.float32(1.0)


def in_vehicle_frame(spec: ChauffeurSpec, waypoints: NDArray[np.float32]) -> NDArray[np.float32]:
    """Places [..., 2] on a raster (row, column) as (x ahead, y to the left) of the centre of the ego's box, m."""
    row, column = spec.raster.ego_row_col
    metres = np.float32(spec.raster.metres_per_pixel)
    ahead_left = np.array([row, column], np.float32) - np.asarray(waypoints, np.float32)
    scaled: NDArray[np.float32] = ahead_left * metres
    return scaled


def on_raster(spec: ChauffeurSpec, places: NDArray[np.float32]) -> NDArray[np.float32]:
    """The inverse of `in_vehicle_frame`."""
    waypoints: NDArray[np.float32] = np.array(spec.raster.ego_row_col, np.float32) - places / np.float32(
        spec.raster.metres_per_pixel
    )
    return waypoints


def drive_through(
    places: NDArray[np.float32],
    headings: NDArray[np.float32],
    speeds: NDArray[np.float32],
    speed_mps: NDArray[np.float32],
    until_s: NDArray[np.float32] | None = None,
) -> NDArray[np.float32]:
    """Actions [B, 2] float32, steer and drive in [-1, 1], that lead B cars through their waypoints, SPACING_S apart.

    places: [B, N, 2] m, vehicle's frame; headings: [B, N] rad, counter-clockwise from the vehicle's; speeds: [B, N] m/s; speed_mps: [B]
    now. Cars stand where the waypoints stand or lead back: there is no reverse. until_s: [B] float32, 0 at first, which is changed: when
    those that stand set off, s, asked every SPACING_S. A network that sees no clock says of a car that waits, again and again, that it
    will set off in a second; who has said so does it then, unless it says by then that it will not. Raises SuiteError for shapes that do
    not fit and for numbers that are not finite.
    """
    given = [np.ascontiguousarray(part, np.float32) for part in (places, headings, speeds, speed_mps)]
    shape = given[2].shape
    if len(shape) != 2 or [part.shape for part in given] != [(*shape, 2), shape, shape, shape[:1]] or shape[1] < 1:
        shapes = ", ".join(str(part.shape) for part in given)
        raise SuiteError(f"waypoints are [B, N, 2], [B, N], [B, N] and speeds [B], not {shapes}.")
    if not all(np.isfinite(part).all() for part in given):
        raise SuiteError(
            "the waypoints hold numbers that are not finite: the network has diverged. Train it anew, with a lower rate."
        )
    actions = np.empty((shape[0], 2), np.float32)
    until = np.zeros(shape[0], np.float32) if until_s is None else until_s
    _drive_all(given[0], given[1], given[2], given[3], until, actions)
    return actions


def slowed(action: NDArray[np.float32], speed_mps: float, most_mps2: float) -> NDArray[np.float32]:
    """An action [2] with no more acceleration than this, m/s^2. Who all but stands, and is not to be faster, stops."""
    throttle, brake = pedals_for(CAR, np.float32(max(speed_mps, 0.0)), np.float32(most_mps2), _ONE)
    most = -_ONE if speed_mps < STANDING_MPS and most_mps2 <= 0.0 else throttle - brake
    return np.array([action[0], min(action[1], most)], np.float32)


@called
def _drive_all(
    places: np.ndarray, headings: np.ndarray, speeds: np.ndarray, speed_mps: np.ndarray, until: np.ndarray,
    actions: np.ndarray,
) -> None:  # fmt: skip
    for b in range(len(actions)):
        until[b], begin = _set_off(speeds[b], speed_mps[b], until[b])
        _drive(places[b], headings[b], speeds[b], speed_mps[b], begin, actions[b])


@called
def _set_off(speeds: np.ndarray, speed: np.float32, until: np.float32) -> tuple[np.float32, int]:
    """(s until it sets off, 0 where nothing is said of that, SETTING_OFF where it does; the waypoint to begin with then, else 0)."""
    begin = 0
    while begin < len(speeds) and speeds[begin] < np.float32(ROLLING_MPS):
        begin += 1
    if speed >= np.float32(ROLLING_MPS) or begin == len(speeds):
        return _ZERO, 0
    if until < _ZERO:
        return until, begin
    if speed >= np.float32(STANDING_MPS):
        return _ZERO, 0
    said = np.float32(begin * SPACING_S)
    until = min(until - np.float32(SPACING_S), said) if until > _ZERO else said
    # Sums of 0.2 in float32 end near 0, not at it.
    if until < np.float32(0.5 * SPACING_S):
        return np.float32(SETTING_OFF), begin
    return until, 0


@called
def _drive(
    places: np.ndarray, headings: np.ndarray, speeds: np.ndarray, speed: np.float32, begin: int, action: np.ndarray
) -> None:
    accel, fastest = _acceleration(places[begin:], speeds[begin:], speed)
    action[0] = _steer(places, headings, speed)
    stands = speed < np.float32(STANDING_MPS) and fastest < np.float32(STANDING_MPS)
    soon = speeds[min(begin + _FIT, len(speeds)) - 1]
    rolls = np.float32(STOPPING) * speed < soon < speed + np.float32(GOING_MPS)
    if stands or (speed < np.float32(ROLLING_MPS) and rolls):
        action[1] = -_ONE
        return
    throttle, brake = pedals_for(CAR, max(speed, _ZERO), accel, _ONE)
    action[1] = throttle - brake


@called
def _acceleration(places: np.ndarray, speeds: np.ndarray, speed: np.float32) -> tuple[np.float32, np.float32]:
    """(m/s^2, the greatest speed that the waypoints ask for).

    Least squares of speed + a t against the speeds, and of speed t + a t^2 / 2 against the way, whose residuals are divided by t / 2:
    so both are speeds, and count alike.
    """
    way, last_x, last_y = _ZERO, _ZERO, _ZERO
    above, below, fastest = _ZERO, _ZERO, _ZERO
    for k in range(len(speeds)):
        x, y = places[k, 0], places[k, 1]
        step = np.float32(math.hypot(x - last_x, y - last_y))
        # Against the heading is backwards: a place that trembles about a standstill adds nothing.
        way += step if x >= last_x else -step
        last_x, last_y = x, y
        t = np.float32((k + 1) * SPACING_S)
        fastest = max(fastest, min(speeds[k], np.float32(2.0) * way / t))
        if k < _FIT:
            above += t * (max(speeds[k], _ZERO) - speed) + t * np.float32(2.0) * (max(way, _ZERO) / t - speed)
            below += t * t + t * t
    return above / below, fastest


@called
def _steer(places: np.ndarray, headings: np.ndarray, speed: np.float32) -> np.float32:
    """Of the arc on which the rear axle meets its way, ahead by AHEAD_S or AHEAD_M; beyond the last waypoint the way runs on straight."""
    rear, wheelbase = PARAMETERS[CAR, REAR_M], PARAMETERS[CAR, WHEELBASE_M]
    ahead = max(np.float32(AHEAD_S) * speed, np.float32(AHEAD_M))
    last_x, last_y, passed, heading = -rear, _ZERO, _ZERO, _ZERO
    for k in range(len(headings)):
        heading = headings[k]
        x = places[k, 0] - rear * np.float32(math.cos(heading))
        y = places[k, 1] - rear * np.float32(math.sin(heading))
        step = np.float32(math.hypot(x - last_x, y - last_y))
        if step > _ZERO and passed + step >= ahead:
            share = (ahead - passed) / step
            return _arc(last_x + share * (x - last_x) + rear, last_y + share * (y - last_y), wheelbase)
        passed += step
        last_x, last_y = x, y
    rest = ahead - passed
    aim_x, aim_y = last_x + rest * np.float32(math.cos(heading)), last_y + rest * np.float32(math.sin(heading))
    return _arc(aim_x + rear, aim_y, wheelbase)


@called
def _arc(x: np.float32, y: np.float32, wheelbase: np.float32) -> np.float32:
    """Steering in [-1, 1] of the arc from the rear axle through a place in its frame."""
    wheel = np.float32(math.atan(np.float32(2.0) * wheelbase * y / max(x * x + y * y, _ONE)))
    return min(max(wheel / PARAMETERS[CAR, MAX_WHEEL_RAD], -_ONE), _ONE)
