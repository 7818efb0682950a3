"""Spawns, drives and destroys on the embedded CARLA server, episode by episode, and says how much its memory grew. Source: ours.

    python -m sim_suite.studies.carla_soak [--episodes 200] [--steps 50] [--loads 30] [--out runs/carla_soak.json]

Each episode has a car with a camera, a lidar and a collision detector, all listened to; then worlds are loaded, two maps in turn.
Growth is that of the server's resident memory between the end of the first tenth, when all is allocated, and the end. It fails above
MOST_GROWTH.
"""

from __future__ import annotations

import argparse
import json
import os
import queue
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from sim_suite.carla.server.hosting import hosted
from sim_suite.errors import SuiteError
from sim_suite.files import write_json

MAPS: Final = ("crossing_lights", "crossroads")
MOST_GROWTH: Final = 0.02
SENSORS: Final[tuple[tuple[str, dict[str, str]], ...]] = (
    ("sensor.camera.semantic_segmentation", {"image_size_x": "84", "image_size_y": "84"}),
    ("sensor.lidar.ray_cast", {"range": "50", "points_per_second": "56000"}),
    ("sensor.other.collision", {}),
)


def server_bytes() -> int:
    """Resident memory of the only child of this process, as Linux counts it. Raises SuiteError elsewhere."""
    try:
        children = Path(f"/proc/self/task/{os.getpid()}/children").read_text(encoding="ascii").split()
        pages = int(Path(f"/proc/{children[0]}/statm").read_text(encoding="ascii").split()[1])
    except (OSError, IndexError) as error:
        raise SuiteError(f"a child's memory is read from /proc, which this system does not have: {error}.") from None
    return pages * os.sysconf("SC_PAGE_SIZE")


def soak(episodes: int, steps: int, loads: int) -> dict[str, Any]:
    """Any: what JSON holds, and a client that has no types."""
    import carla

    with hosted(MAPS[0]) as port:
        client: Any = carla.Client("127.0.0.1", port, worker_threads=1)
        client.set_timeout(120.0)
        started, readings, grown = time.perf_counter(), 0, []
        acts: dict[str, tuple[int, Callable[[int], int]]] = {
            "episodes": (episodes, lambda turn: _episode(carla, client, steps)),
            "loads": (loads, lambda turn: _load(client, turn)),
        }
        found: dict[str, Any] = {"episodes": episodes, "steps": steps, "loads": loads}
        for what, (count, act) in acts.items():
            early = 0
            for turn in range(count):
                readings += act(turn)
                if turn == max(count // 10, 2) - 1:
                    early = server_bytes()
            late = server_bytes()
            grown.append(late / max(early, 1) - 1.0)
            found |= {f"early_mb_{what}": round(early / 1e6, 1), f"late_mb_{what}": round(late / 1e6, 1)}
        return found | {
            "readings": readings,
            "seconds": round(time.perf_counter() - started, 1),
            "growth": round(max(grown), 4),
        }


def _episode(carla: Any, client: Any, steps: int) -> int:
    """A car with sensors, driven and destroyed; how many readings came."""
    world = client.get_world()
    world.apply_settings(carla.WorldSettings(synchronous_mode=True, fixed_delta_seconds=0.05))
    library = world.get_blueprint_library()
    car = world.spawn_actor(library.find("vehicle.tesla.model3"), world.get_map().get_spawn_points()[0])
    heard: queue.Queue[Any] = queue.Queue()
    sensors = []
    for type_id, attributes in SENSORS:
        blueprint = library.find(type_id)
        for name, value in attributes.items():
            blueprint.set_attribute(name, value)
        sensors.append(world.spawn_actor(blueprint, carla.Transform(carla.Location(z=2.0)), attach_to=car))
        sensors[-1].listen(heard.put)
    for _ in range(steps):
        car.apply_control(carla.VehicleControl(throttle=0.4))
        world.tick()
    for sensor in sensors:
        sensor.stop()
        sensor.destroy()
    car.destroy()
    world.tick()
    return heard.qsize()


def _load(client: Any, turn: int) -> int:
    client.load_world(MAPS[turn % len(MAPS)])
    return 0


def main(words: list[str] | None = None) -> int:
    """Run, print and write; 1 where memory grew too much."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--episodes", type=int, default=200)
    parser.add_argument("--steps", type=int, default=50)
    parser.add_argument("--loads", type=int, default=30)
    parser.add_argument("--out", type=Path, default=Path("runs/carla_soak.json"))
    given = parser.parse_args(words)
    found = soak(given.episodes, given.steps, given.loads)
    given.out.parent.mkdir(parents=True, exist_ok=True)
    write_json(given.out, found)
    print(json.dumps(found))
    return 0 if found["growth"] <= MOST_GROWTH else 1


if __name__ == "__main__":
    sys.exit(main())
