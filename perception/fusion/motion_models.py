"""How road users move from one moment to the next: constant velocity, and constant turn rate and velocity (CTRV); with Jacobians.

Source: R. Schubert, E. Richter and G. Wanielik, "Comparison and evaluation of advanced motion models for vehicle tracking", FUSION 2008,
sections II-B and II-C; noise of constant velocity as white acceleration held over a step: Y. Bar-Shalom et al. 2001, section 6.3.2.
World frame, metres, radians, seconds; B stands for any axes in front.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
X, Y, VX, VY = range(4)
"""State of constant velocity."""
CX, CY, YAW, SPEED, TURN = range(5)
"""State of CTRV; TURN: rad/s."""
_STRAIGHT: Final = 1e-4
"""rad in a step, below which a turn is taken for its series: the error of the third order is then below 1e-12 of the way."""


def constant_velocity(dt_s: float, accel_mps2: float) -> tuple[Floats, Floats]:
    """(F, Q), both [4, 4]. accel_mps2: deviation of the acceleration, drawn anew each step."""
    transition = np.eye(4)
    transition[X, VX] = transition[Y, VY] = dt_s
    held = np.zeros((4, 2))
    held[X, 0] = held[Y, 1] = 0.5 * dt_s * dt_s
    held[VX, 0] = held[VY, 1] = dt_s
    return transition, accel_mps2**2 * held @ held.T


def turning(state: Floats, dt_s: float, accel_mps2: float, turn_accel: float) -> tuple[Floats, Floats, Floats]:
    """(f(x) [B, 5], its Jacobian [B, 5, 5], Q [B, 5, 5]) of CTRV.

    accel_mps2, turn_accel: deviations of the acceleration (m/s^2) and of the turn rate's change (rad/s^2), drawn anew each step.
    """
    yaw, speed, turn = state[..., YAW], state[..., SPEED], state[..., TURN]
    angle = turn * dt_s
    chord, chord_slope, sag, sag_slope = _arc(angle)
    cos, sin = np.cos(yaw), np.sin(yaw)
    # The way along the heading and to the left of it, over speed and time.
    ahead, left = cos * chord - sin * sag, sin * chord + cos * sag
    after = state.copy()
    after[..., CX] += speed * dt_s * ahead
    after[..., CY] += speed * dt_s * left
    after[..., YAW] += angle
    jacobian = np.zeros((*state.shape, 5)) + np.eye(5)
    jacobian[..., CX, YAW], jacobian[..., CY, YAW] = -speed * dt_s * left, speed * dt_s * ahead
    jacobian[..., CX, SPEED], jacobian[..., CY, SPEED] = dt_s * ahead, dt_s * left
    jacobian[..., CX, TURN] = speed * dt_s**2 * (cos * chord_slope - sin * sag_slope)
    jacobian[..., CY, TURN] = speed * dt_s**2 * (sin * chord_slope + cos * sag_slope)
    jacobian[..., YAW, TURN] = dt_s
    held = np.zeros((*state.shape, 2))
    held[..., CX, 0], held[..., CY, 0] = 0.5 * dt_s**2 * cos, 0.5 * dt_s**2 * sin
    held[..., SPEED, 0], held[..., YAW, 1], held[..., TURN, 1] = dt_s, 0.5 * dt_s**2, dt_s
    noise = (held * np.array([accel_mps2**2, turn_accel**2])) @ np.swapaxes(held, -1, -2)
    return after, jacobian, noise


def _arc(angle: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """(sin a / a, its slope, (1 - cos a) / a, its slope), by their series where a is small."""
    small = np.abs(angle) < _STRAIGHT
    a = np.where(small, 1.0, angle)
    chord, sag = np.sin(a) / a, (1.0 - np.cos(a)) / a
    chord_slope, sag_slope = (np.cos(a) - chord) / a, (np.sin(a) - sag) / a
    return (
        np.where(small, 1.0 - angle**2 / 6.0, chord),
        np.where(small, -angle / 3.0, chord_slope),
        np.where(small, angle / 2.0, sag),
        np.where(small, 0.5 - angle**2 / 8.0, sag_slope),
    )
