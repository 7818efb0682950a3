"""Where a satellite receiver says that an actor is: white noise and a bias that wanders. Source: Kaplan and Hegarty, "Understanding
GPS/GNSS", 3rd ed. 2017, chapter 10 (errors that change from fix to fix, and those that stay for minutes).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim_suite.compiling import shared
from sim_suite.compiling.sharing import share
from sim_suite.driving.sensors.attaching import Slots, attached
from sim_suite.driving.sensors.navigation.georeference import Georeference, read_georeference
from sim_suite.driving.sensors.sensor_noise import CONSTANT, GNSS, WALK, WHITE, four_normals, four_walks
from sim_suite.driving.world.kinds import NO_CONTROL, TICK_S
from sim_suite.driving.world.layout import BORN, CONTROL, ID, SEED_HIGH, SEED_LOW, TICK, State, X, Y
from sim_suite.driving.world.terrain import DrivingMap
from sim_suite.refusals import refuse_outside

LATITUDE, LONGITUDE, ALTITUDE, EAST, NORTH, UP, GNSS_COLUMNS = range(7)
"""Columns of a fix: degrees, degrees and m on WGS84; the same place in the map's own frame, m."""
_LEAST_WORLDS: Final = 64  # a thread; a reading takes a microsecond


@dataclass(frozen=True)
class GnssSpec:
    """How well a receiver knows. Deviations (1 sigma); checked when built."""

    noise_m: float = 1.5
    """White noise of each fix, east and north, 0 to 100."""
    vertical_noise_m: float = 3.0
    """Likewise up, 0 to 100. GPS SPS Performance Standard 2020, table 3.8-3: errors up are twice those aside."""
    bias_m: float = 0.0
    """Of the bias when the actor comes into the world, each way, 0 to 100."""
    walk: float = 0.02
    """The bias wanders by so many metres a square root of a second, each way, 0 to 10."""

    def __post_init__(self) -> None:
        for name in ("noise_m", "vertical_noise_m", "bias_m"):
            refuse_outside(self, name, 0.0, 100.0)
        refuse_outside(self, "walk", 0.0, 10.0)


class Gnss:
    """Receivers of one kind on one map, at the centres of actors' boxes. They keep no state."""

    def __init__(
        self, driving_map: DrivingMap, spec: GnssSpec | None = None, georeference: Georeference | None = None
    ) -> None:
        """georeference: that of the map's file without it. Raises SuiteError where that is of a kind that is not known."""
        self.spec = GnssSpec() if spec is None else spec
        text = driving_map.road_map.document.header.geo_reference
        self.georeference = read_georeference(text) if georeference is None else georeference
        terrain = driving_map.ground.terrain
        self._origin = terrain.origin_x, terrain.origin_y

    def read(self, state: State, out: NDArray[np.float64], slots: Slots = None) -> None:
        """Fill `out`, [W, M, GNSS_COLUMNS] float64: the fix of each carrier now; NaN for empty slots.

        Raises SuiteError for an array or slots that do not fit.
        """
        carriers, spec = attached(state, slots, out, GNSS_COLUMNS), self.spec
        share(
            lambda _, begin, end: _read(
                state.body, state.mind, state.world, carriers, spec.noise_m, spec.vertical_noise_m, spec.bias_m,
                spec.walk, *self._origin, out, begin, end,
            ),
            state.num_worlds,
            _LEAST_WORLDS,
        )  # fmt: skip
        fixes = self.georeference.to_geodetic(out[..., EAST], out[..., NORTH], out[..., UP])
        for column, values in zip((LATITUDE, LONGITUDE, ALTITUDE), fixes, strict=True):
            out[..., column] = values


@shared
def _read(
    body: np.ndarray, mind: np.ndarray, world: np.ndarray, carriers: np.ndarray, noise: float, vertical: float,
    bias: float, walk: float, origin_x: float, origin_y: float, out: np.ndarray, begin: int, end: int,
) -> None:  # fmt: skip
    step = walk * math.sqrt(TICK_S)
    for w in range(begin, end):
        low, high, tick = world[w, SEED_LOW], world[w, SEED_HIGH], world[w, TICK]
        for m in range(len(carriers)):
            row, a = out[w, m], carriers[m]
            if mind[w, a, CONTROL] == NO_CONTROL:
                row[EAST], row[NORTH], row[UP] = math.nan, math.nan, math.nan
                continue
            actor = mind[w, a, ID]
            white_e, white_n, white_u, _ = four_normals(low, high, GNSS, tick, actor, WHITE)
            first_e, first_n, first_u, _ = four_normals(low, high, GNSS, 0, actor, CONSTANT)
            walk_e, walk_n, walk_u, _ = four_walks(low, high, GNSS, tick - mind[w, a, BORN], actor, WALK)
            row[EAST] = body[w, a, X] + origin_x + noise * white_e + bias * first_e + step * walk_e
            row[NORTH] = body[w, a, Y] + origin_y + noise * white_n + bias * first_n + step * walk_n
            row[UP] = vertical * white_u + bias * first_u + step * walk_u
