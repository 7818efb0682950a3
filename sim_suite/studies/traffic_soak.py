"""Lets traffic run by itself for half an hour on every map at several densities, and says whether it flows. Source: ours.

    python -m sim_suite.studies.traffic_soak [MAP ...] [--minutes 30] [--densities 10 20 30] [--out runs/traffic_soak.json]

Densities are vehicles a kilometre of road (both ways together; 30 is a busy town).
For each run: the longest that a vehicle stood, metres driven a minute early
(minutes 5 to 15) and late (the last 10), junctions that nobody passed, and collisions a vehicle-hour.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sim_suite.driving.roads.maps import load_map, map_names
from sim_suite.driving.world.kinds import BICYCLE, PARKED, TICKS_A_SECOND, TRAFFIC, EventKind
from sim_suite.driving.world.layout import CONTROL, KIND, LANE, SPEED, WAIT, State
from sim_suite.driving.world.terrain import DRIVEN, JUNCTION, DrivingMap, prepare
from sim_suite.driving.world.world import World, WorldOptions
from sim_suite.errors import SuiteError
from sim_suite.files import write_json

DENSITIES = (10.0, 20.0, 30.0)
PEDESTRIANS_A_KM = 10.0
PARKED_A_KM = 10.0
MOST_VEHICLES = 900
ENOUGH = 300


@dataclass(frozen=True)
class Soak:
    """What came of one run."""

    map: str
    vehicles_a_km: float
    worlds: int
    vehicles: int
    """In all worlds together, and so on."""
    pedestrians: int
    parked: int
    longest_stand_s: float
    early_m_a_minute: float
    late_m_a_minute: float
    junctions: int
    junctions_unused: int
    collisions: int
    collisions_a_vehicle_hour: float
    events: dict[str, int]
    minutes: int
    seconds: float

    @property
    def flows(self) -> bool:
        """Whether all four bars hold."""
        return (
            self.longest_stand_s <= 180.0
            and self.late_m_a_minute >= 0.9 * self.early_m_a_minute
            and self.junctions_unused == 0
            and self.collisions_a_vehicle_hour < 0.1
        )


def soak(driving_map: DrivingMap, vehicles_a_km: float, minutes: int, seed: int = 0) -> Soak:
    """Run one map at one density, in as many worlds side by side as make ENOUGH vehicles: few say little about flow."""
    graph, terrain = driving_map.graph, driving_map.ground.terrain
    km = float(graph.lanes.length_m[terrain.lane[:-1, DRIVEN] == 1].sum()) / 2000.0
    options = WorldOptions(
        agents=0,
        vehicles=min(max(round(km * vehicles_a_km), 1), MOST_VEHICLES),
        pedestrians=round(km * PEDESTRIANS_A_KM),
        parked=round(km * PARKED_A_KM),
        judge_all=True,
    )
    worlds = math.ceil(ENOUGH / options.vehicles)
    world = World(driving_map, worlds, options)
    world.reset(range(seed * worlds, (seed + 1) * worlds))
    state = world.state
    junction_of = np.append(terrain.lane[:-1, JUNCTION], -1)
    used: NDArray[np.bool_] = np.zeros(len(graph.junction_ids) + 1, np.bool_)
    metres, longest = np.zeros(minutes), 0
    counts = {kind.name.lower(): 0 for kind in EventKind}
    started = time.perf_counter()
    for minute in range(minutes):
        for _ in range(120):
            world.step(TICKS_A_SECOND // 2)
            for w in range(worlds):
                for event in world.events(w):
                    if (
                        event.kind is not EventKind.COLLISION
                        or event.actor < event.partner
                        or _alone(state.mind[w], event.partner)
                    ):
                        counts[event.kind.name.lower()] += 1
            moving = _moving(state)
            metres[minute] += float(state.body[moving][:, SPEED].sum()) * 0.5
            longest = max(longest, int(state.mind[moving][:, WAIT].max(initial=0)))
            used[junction_of[state.mind[moving][:, LANE]]] = True
    moving = _moving(state)
    hours = float(moving.sum()) * minutes / 60.0
    driven = {int(j) for j in terrain.lane[:-1, JUNCTION][terrain.lane[:-1, DRIVEN] == 1] if j >= 0}
    early, late = metres[5:15] if minutes >= 25 else metres[: minutes // 2], metres[-10:]
    return Soak(
        driving_map.road_map.name, vehicles_a_km, worlds, int(moving.sum()), options.pedestrians * worlds,
        int((state.mind[:, :, KIND] == PARKED).sum()), longest / TICKS_A_SECOND, float(early.mean()), float(late.mean()),
        len(driven), sum(1 for j in driven if not used[j]), counts["collision"], counts["collision"] / max(hours, 1e-9),
        counts, minutes, time.perf_counter() - started,
    )  # fmt: skip


def _moving(state: State) -> NDArray[np.bool_]:
    """[W, A] The vehicles of the traffic model."""
    return np.asarray((state.mind[:, :, CONTROL] == TRAFFIC) & (state.mind[:, :, KIND] <= BICYCLE))


def _alone(mind: NDArray[np.int32], slot: int) -> bool:
    """Whether the partner notes no event itself, so that each collision counts once."""
    return bool(mind[slot, CONTROL] != TRAFFIC)


def main(arguments: list[str]) -> int:
    """Run the study; 1 where traffic does not flow."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("maps", nargs="*")
    parser.add_argument("--minutes", type=int, default=30)
    parser.add_argument("--densities", type=float, nargs="+", default=list(DENSITIES))
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=Path("runs/traffic_soak.json"))
    chosen = parser.parse_args(arguments)
    try:
        maps = [load_map(name) for name in chosen.maps or map_names()]
    except SuiteError as error:
        parser.error(str(error))
    results = []
    for road_map in maps:
        driving_map = prepare(road_map)
        for density in chosen.densities:
            result = soak(driving_map, density, chosen.minutes, chosen.seed)
            results.append(result)
            print(json.dumps({**asdict(result), "flows": result.flows}), flush=True)
    chosen.out.parent.mkdir(parents=True, exist_ok=True)
    write_json(chosen.out, [{**asdict(result), "flows": result.flows} for result in results])
    return 0 if all(result.flows for result in results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
