"""People on foot, things that stand about, and helpers without a body, under the names that scripts for CARLA ask for.

People are of one size, that of the embedded world's; their height is the mean of NCD-RisC 2020's for adults, rounded.
"""

from __future__ import annotations

from typing import Final

from sim_suite.carla.server.blueprints.kinds import Blueprint, Setting, Shape
from sim_suite.carla.wire.layout import AttributeType
from sim_suite.driving.dynamics.vehicles import LENGTH_M, PARAMETERS, WIDTH_M
from sim_suite.driving.world.kinds import ActorKind

WALKERS: Final = 50
"""walker.pedestrian.0001 to 0050, as many as CARLA's library names."""
FIRST_GENERATION: Final = 14
"""The first so many are of CARLA's first generation; scripts ask for the second."""
_HEIGHT_M: Final = 1.7
_SPEEDS: Final = ("0", "1.4", "3.0")
"""m/s: standing, walking (Bohannon 1997) and running; scripts take the second for walking and the third for running."""
_PROPS: Final = (
    # name, length, width, height [m]
    ("trafficcone01", 0.4, 0.4, 0.7),  # TL-Leitkegel 99: 0.75 m, base 0.4 m
    ("constructioncone", 0.4, 0.4, 0.7),
    ("streetbarrier", 0.5, 1.2, 1.0),  # RSA 21 barrier of 1.2 m
    ("warningconstruction", 0.5, 0.9, 1.2),
    ("box01", 0.4, 0.4, 0.4),
    ("container", 6.06, 2.44, 2.59),  # ISO 668: 20 feet
    ("bin", 0.6, 0.6, 1.1),  # EN 840-1: 240 l
    ("busstop", 1.5, 4.0, 2.6),
)
FRICTION_TRIGGER: Final = "static.trigger.friction"
"""A box in which tyres grip otherwise (server/friction.py); extents are half sizes in centimetres, Unreal's unit."""
_PROP_TAG: Final = 20
_WALKER_TAG: Final = 12


def walkers() -> tuple[Blueprint, ...]:
    """People."""
    row = PARAMETERS[ActorKind.PEDESTRIAN]
    shape = Shape(ActorKind.PEDESTRIAN, float(row[LENGTH_M]), float(row[WIDTH_M]), _HEIGHT_M)
    return tuple(
        Blueprint(
            f"walker.pedestrian.{number:04d}", _settings(1 if number <= FIRST_GENERATION else 2), shape, (_WALKER_TAG,)
        )
        for number in range(1, WALKERS + 1)
    )


def _settings(generation: int) -> tuple[Setting, ...]:
    return (
        Setting("age", AttributeType.STRING, "adult", modifiable=False),
        Setting("can_use_wheelchair", AttributeType.BOOL, "false", modifiable=False),
        Setting("gender", AttributeType.STRING, "", modifiable=False),
        Setting("generation", AttributeType.INT, str(generation), modifiable=False),
        Setting("is_invincible", AttributeType.BOOL, "true"),
        Setting("role_name", AttributeType.STRING, "pedestrian", ("pedestrian",)),
        Setting("speed", AttributeType.FLOAT, _SPEEDS[1], _SPEEDS),
    )


def props() -> tuple[Blueprint, ...]:
    """Things that stand; who runs into one collides."""
    return tuple(
        Blueprint(
            f"static.prop.{name}", (_role("prop"),), Shape(ActorKind.OBSTACLE, length, width, height), (_PROP_TAG,)
        )
        for name, length, width, height in _PROPS
    )


def _role(name: str) -> Setting:
    return Setting("role_name", AttributeType.STRING, name, (name,))


def bodiless() -> tuple[Blueprint, ...]:
    """What only stands in the list of actors."""
    friction = Setting("friction", AttributeType.FLOAT, "3.5")
    extents = tuple(Setting(f"extent_{axis}", AttributeType.FLOAT, "1.0") for axis in "xyz")
    return (Blueprint("controller.ai.walker"), Blueprint(FRICTION_TRIGGER, (friction, *extents, _role("trigger"))))
