"""What vehicles of each kind measure and can do: one row of float32 a kind. Sources stand beside the rows.

The box's centre is taken for the centre of gravity: where the two differ by a hand's breadth, boxes matter more here. A
vehicle whose WHEELBASE in `State.body` is not its kind's has both axles moved in proportion.

[Althoff] M. Althoff and G. Würsching, "CommonRoad: Vehicle Models", 2020, vehicle 2 (BMW 320i) and its tyre.
[Fancher] P. Fancher et al., "A factbook of the mechanical properties of the components for single-unit and articulated heavy
trucks", UMTRI-86-12, 1986: heavy tyres give 0.1 to 0.17 of their load a degree of slip; centres of gravity 1.1 to 2 m high.
[Wilson] D. G. Wilson and T. Schmidt, "Bicycling Science", 4th ed., MIT Press 2020: air drag and rolling resistance of a
commuter's bicycle, and the half g of braking at which its rider would go over the front wheel.
[R13] UN Regulation 13: at least 5 m/s^2 from service brakes of trucks and buses; good ones reach 7.
[96/53] Directive 96/53/EC: widths of at most 2.55 m. [92/6] Directive 92/6/EEC: speed limiters at 90 and 100 km/h.
[FMVSS 126] 49 CFR 571.126: steering at 0.7 Hz with up to 270 degrees at the hand wheel turns it by up to 1190 degrees a second.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim_suite.driving.world.kinds import BICYCLE, BUS, CAR, NUM_KINDS, OBSTACLE, PARKED, PEDESTRIAN, TRUCK

LENGTH_M: Final = 0
WIDTH_M: Final = 1
WHEELBASE_M: Final = 2
FRONT_M: Final = 3
"""From the centre to the front axle."""
REAR_M: Final = 4
"""From the centre to the rear axle."""
MASS_KG: Final = 5
INERTIA_KGM2: Final = 6
"""Yaw inertia about the centre."""
FRONT_STIFFNESS: Final = 7
"""Cornering stiffness: side force a radian of slip, as a multiple of friction times load, 1/rad (C_S,f of [Althoff])."""
REAR_STIFFNESS: Final = 8
CG_HEIGHT_M: Final = 9
MAX_WHEEL_RAD: Final = 10
"""Largest angle of the front wheels."""
WHEEL_RATE: Final = 11
"""Largest rate of the front wheels' angle, rad/s."""
POWER_W: Final = 12
"""At the wheels."""
MAX_DRIVE: Final = 13
"""Largest acceleration of the drive, m/s^2, below the speed at which its power binds."""
MAX_BRAKE: Final = 14
"""Deceleration of the whole brake, m/s^2, where friction allows it."""
DRAG_KG_PER_M: Final = 15
"""Air drag a squared speed: half the air's density times drag area."""
ROLLING: Final = 16
"""Rolling resistance as a share of the weight."""
TOP_SPEED: Final = 17
"""m/s; beyond it the drive gives nothing."""
REVERSE_TOP_SPEED: Final = 18
NUM_PARAMETERS: Final = 19


def _parameters() -> NDArray[np.float32]:
    """[NUM_KINDS, NUM_PARAMETERS]"""
    table = np.zeros((NUM_KINDS, NUM_PARAMETERS), np.float32)
    # [Althoff] but for: width (1.61 m there, less than the real body); the wheel's angle (0.61 gives the real car's turning
    # circle of 10.5 m, 1.066 one of 7.4 m); its rate (0.4 there; [FMVSS 126] reaches 1.3 at a ratio of 16:1). Power is a_max *
    # v_S * mass, what their engine gives above its switching speed; the drive's limit is what two driven wheels hold. Drag
    # coefficient 0.29 on 2.1 m^2.
    table[CAR] = (
        4.508, 1.8, 2.5789128, 1.1561957, 1.4227171, 1093.2952, 1791.5995, 20.898, 20.898, 0.61373,
        0.61, 0.8, 92_000.0, 5.0, 10.0, 0.365, 0.012, 50.8, 13.9,
    )  # fmt: skip
    # A town's delivery truck of 7.5 tonnes (box body, wheelbase as an Atego 818's): what streets with kerbs of 7 m radius are built
    # for. [Fancher] for tyres and height, [R13], [92/6]; inertia m * front * rear, as of two masses at the axles.
    table[TRUCK] = (
        6.9, 2.4, 3.62, 1.97, 1.65, 7_000.0, 22_800.0, 8.0, 8.0, 1.4,
        0.75, 0.5, 130_000.0, 2.0, 7.0, 2.7, 0.007, 25.0, 4.0,
    )  # fmt: skip
    # A midibus with half its passengers [96/53], as narrow streets have them; standing passengers allow little acceleration.
    table[BUS] = (
        8.6, 2.4, 4.3, 2.4, 1.9, 9_500.0, 43_300.0, 8.0, 8.0, 1.1,
        0.8, 0.5, 170_000.0, 1.5, 7.0, 2.6, 0.007, 27.8, 4.0,
    )  # fmt: skip
    # A rider on a bicycle [Wilson]; a sprint of 400 W; the rider's inertia about the upright axis is that of a rod of 0.9 m.
    table[BICYCLE] = (
        1.75, 0.6, 1.05, 0.5, 0.55, 90.0, 6.1, 15.0, 15.0, 1.1,
        0.8, 1.5, 400.0, 1.5, 4.5, 0.3, 0.006, 12.0, 1.0,
    )  # fmt: skip
    # People walk by walking.py; wheels are theirs only so that no row divides by zero.
    table[PEDESTRIAN] = (
        0.5, 0.5, 0.3, 0.15, 0.15, 75.0, 1.5, 15.0, 15.0, 0.2,
        0.8, 3.0, 400.0, 2.0, 4.0, 0.3, 0.0, 3.0, 1.0,
    )  # fmt: skip
    table[PARKED] = table[CAR]
    table[OBSTACLE] = table[CAR]
    table[OBSTACLE, : WIDTH_M + 1] = 1.0
    table[[PARKED, OBSTACLE], MAX_DRIVE] = 0.0
    table.setflags(write=False)
    return table


PARAMETERS: Final = _parameters()
"""[NUM_KINDS, NUM_PARAMETERS] float32, by ActorKind; read-only. Kernels hold a copy of it from when they were compiled."""
