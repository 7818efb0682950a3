"""The pedals that give an acceleration, against the model itself."""

from __future__ import annotations

import numpy as np
import pytest

from sim_suite.driving.dynamics.inverse import pedals_for
from sim_suite.driving.dynamics.move import controls_of
from sim_suite.driving.world.kinds import BICYCLE, BUS, CAR, TRUCK
from sim_suite.driving.world.layout import BODY, KIND, MIND, SPEED


def accel_of(kind, speed, throttle, brake, friction):
    body, mind = np.zeros(BODY, np.float32), np.zeros(MIND, np.int32)
    body[SPEED], mind[KIND] = speed, kind
    _, accel = controls_of(body, mind, np.float32(0), throttle, brake, np.float32(friction))
    return accel


@pytest.mark.parametrize("kind", [CAR, TRUCK, BUS, BICYCLE])
@pytest.mark.parametrize("friction", [1.0, 0.3])
@pytest.mark.parametrize("speed", [0.0, 0.01, 3.0, 9.0, 24.0])
def test_what_the_model_gives_comes_back(kind, friction, speed):
    for throttle, brake in [(0.2, 0.0), (0.9, 0.0), (1.0, 0.0), (0.0, 0.0), (0.0, 0.1), (0.0, 0.25), (0.0, 1.0)]:
        accel = accel_of(kind, speed, np.float32(throttle), np.float32(brake), friction)
        found = pedals_for(kind, np.float32(speed), accel, np.float32(friction))
        assert all(0.0 <= pedal <= 1.0 for pedal in found)
        assert min(found) == 0.0
        assert accel_of(kind, speed, *found, friction) == pytest.approx(accel, abs=1e-4)


def test_what_cannot_be_had_gets_the_whole_pedal():
    assert pedals_for(CAR, np.float32(10), np.float32(9), np.float32(1)) == (1.0, 0.0)
    assert pedals_for(CAR, np.float32(10), np.float32(-30), np.float32(1)) == (0.0, 1.0)
    assert pedals_for(CAR, np.float32(60), np.float32(1), np.float32(1)) == (0.0, 0.0)


def test_what_stands_is_held_by_the_brake():
    throttle, brake = pedals_for(CAR, np.float32(0), np.float32(-2), np.float32(1))
    assert (throttle, brake) == (0.0, pytest.approx(0.2))
    assert pedals_for(CAR, np.float32(-1), np.float32(-2), np.float32(1)) == (0.0, 0.0)
    assert pedals_for(CAR, np.float32(-1), np.float32(3), np.float32(1))[1] > 0.2
