"""Vehicles under the names that scripts for CARLA ask for.

Each drives by the dynamics of its kind (driving/dynamics/vehicles.py), with the wheelbase, length and width of its own.
Source of the measures: the manufacturers' data sheets, width without mirrors. Those without a data sheet have their kind's.
"""

from __future__ import annotations

from typing import Final

from sim_suite.carla.server.blueprints.kinds import Blueprint, Setting, Shape
from sim_suite.carla.wire.layout import AttributeType
from sim_suite.driving.dynamics.vehicles import LENGTH_M, PARAMETERS, WHEELBASE_M, WIDTH_M
from sim_suite.driving.world.kinds import ActorKind

TAGS: Final = {ActorKind.CAR: 14, ActorKind.TRUCK: 15, ActorKind.BUS: 16, ActorKind.BICYCLE: 19}
"""Labels of CARLA's semantic segmentation."""
_HEIGHT_M: Final = {ActorKind.CAR: 1.42, ActorKind.TRUCK: 3.2, ActorKind.BUS: 2.9, ActorKind.BICYCLE: 1.75}
"""The saloon of driving/dynamics/vehicles.py (BMW's data sheet), a box body on an Atego 818, a midibus, and a rider who sits upright."""
_COLORS: Final = ("17,37,103", "0,0,0", "255,255,255", "180,180,180", "130,20,20")
_CARS: Final = (
    # name, length, width, height, wheelbase [m], generation of the name in CARLA's library
    ("audi.a2", 3.826, 1.673, 1.553, 2.405, 1),
    ("audi.etron", 4.901, 1.935, 1.616, 2.928, 1),
    ("audi.tt", 4.177, 1.832, 1.353, 2.505, 1),
    ("bmw.grandtourer", 4.556, 1.800, 1.608, 2.780, 1),
    ("chevrolet.impala", 5.113, 1.854, 1.496, 2.837, 1),
    ("citroen.c3", 3.941, 1.728, 1.524, 2.465, 1),
    ("dodge.charger_2020", 5.040, 1.905, 1.480, 3.052, 2),
    ("dodge.charger_police", 5.040, 1.905, 1.480, 3.052, 1),
    ("ford.mustang", 4.784, 1.916, 1.381, 2.720, 1),
    ("lincoln.mkz_2017", 4.925, 1.864, 1.478, 2.850, 1),
    ("lincoln.mkz_2020", 4.925, 1.864, 1.478, 2.850, 2),
    ("mercedes.coupe", 4.686, 1.810, 1.405, 2.840, 1),
    ("mini.cooper_s", 3.850, 1.727, 1.414, 2.495, 1),
    ("nissan.micra", 3.719, 1.660, 1.540, 2.430, 1),
    ("nissan.patrol", 5.165, 1.995, 1.940, 3.075, 1),
    ("seat.leon", 4.315, 1.768, 1.458, 2.578, 1),
    ("tesla.model3", 4.694, 1.849, 1.443, 2.875, 1),
    ("toyota.prius", 4.480, 1.745, 1.490, 2.700, 1),
    ("volkswagen.t2", 4.505, 1.720, 1.950, 2.400, 1),
)
_OTHERS: Final = (
    # name, kind, base type, wheels, generation
    ("sim_suite.car", ActorKind.CAR, "car", 4, 2),  # of the driving world's own measures, for what compares the two
    ("carlamotors.carlacola", ActorKind.TRUCK, "truck", 4, 1),
    ("mitsubishi.fusorosa", ActorKind.BUS, "bus", 4, 2),
    ("bh.crossbike", ActorKind.BICYCLE, "bicycle", 2, 1),
    ("diamondback.century", ActorKind.BICYCLE, "bicycle", 2, 1),
    ("gazelle.omafiets", ActorKind.BICYCLE, "bicycle", 2, 1),
)


def vehicles() -> tuple[Blueprint, ...]:
    """All of them."""
    cars = (
        _vehicle(name, Shape(ActorKind.CAR, length, width, height, base), "car", 4, generation)
        for name, length, width, height, base, generation in _CARS
    )
    others = (
        _vehicle(name, _shape(kind), base_type, wheels, generation)
        for name, kind, base_type, wheels, generation in _OTHERS
    )
    return (*cars, *others)


def _shape(kind: ActorKind) -> Shape:
    row = PARAMETERS[kind]
    return Shape(kind, float(row[LENGTH_M]), float(row[WIDTH_M]), _HEIGHT_M[kind], float(row[WHEELBASE_M]))


def _vehicle(name: str, shape: Shape, base_type: str, wheels: int, generation: int) -> Blueprint:
    special = "emergency" if name.endswith("police") else ""
    settings = (
        Setting("base_type", AttributeType.STRING, base_type, modifiable=False),
        Setting("color", AttributeType.RGB, _COLORS[0], _COLORS),
        Setting("generation", AttributeType.INT, str(generation), modifiable=False),
        Setting("has_dynamic_doors", AttributeType.BOOL, "false", modifiable=False),
        Setting("has_lights", AttributeType.BOOL, "true" if wheels > 2 else "false", modifiable=False),
        Setting("number_of_wheels", AttributeType.INT, str(wheels), modifiable=False),
        Setting("object_type", AttributeType.STRING, "", modifiable=False),
        Setting("role_name", AttributeType.STRING, "autopilot", ("autopilot", "scenario", "ego_vehicle")),
        Setting("special_type", AttributeType.STRING, special, modifiable=False),
        Setting("sticky_control", AttributeType.BOOL, "true", modifiable=False),
    )
    return Blueprint(f"vehicle.{name}", settings, shape, (TAGS[shape.kind],))
