"""CARLA's own traffic manager drives cars on the embedded server: is one lost, and does it repeat itself? Source: ours.

    python -m sim_suite.studies.carla_traffic [--map MAP] [--cars 60] [--minutes 10] [--seed 1] [--runs 2] [--out runs/carla_traffic.json]

Each run has a server and a client of its own; the poses of all cars, each simulated second, make a hash. It fails where a car is lost
or the hashes differ. The traffic manager listens on every address of the machine while it runs.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Final

from sim_suite.carla.server.hosting import hosted
from sim_suite.errors import SuiteError
from sim_suite.files import write_json

STEPS_A_SECOND: Final = 20
STANDS_M: Final = 0.1
"""Who moves less in a second stands. The traffic manager takes away who stands too long: 90 s, at a red light 180 s."""


def drive(port: int, cars: int, minutes: int, seed: int) -> dict[str, Any]:
    """In a process of its own: CARLA's client may end it. Any: what JSON holds, and a client that has no types."""
    import carla

    client: Any = carla.Client("127.0.0.1", port, worker_threads=1)
    client.set_timeout(120.0)
    settings = carla.WorldSettings(synchronous_mode=True, fixed_delta_seconds=1.0 / STEPS_A_SECOND)
    client.get_world().apply_settings(settings)
    # The clock has stepped the world until it was told, more or less often: lights would stand elsewhere in each run.
    world = client.reload_world(reset_settings=False)
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        manager_port = int(trial.getsockname()[1])
    manager = client.get_trafficmanager(manager_port)
    manager.set_synchronous_mode(True)
    manager.set_random_device_seed(seed)
    blueprint, points = world.get_blueprint_library().find("vehicle.tesla.model3"), world.get_map().get_spawn_points()
    every = max(len(points) // cars, 1)
    driven = [world.spawn_actor(blueprint, point) for point in points[::every][:cars]]
    world.tick()  # before it the client knows no places
    for car in driven:
        car.set_autopilot(True, manager.get_port())
    digest, metres, began, processor = hashlib.sha256(), [0.0] * minutes, time.perf_counter(), time.process_time()
    places, stood, lost = [car.get_location() for car in driven], [0] * len(driven), []
    for second in range(60 * minutes):
        for _ in range(STEPS_A_SECOND):
            world.tick()
        for n, car in enumerate(driven):
            if not car.is_alive:
                if stood[n] >= 0:
                    lost.append({"second": second, "x": places[n].x, "y": places[n].y, "stood_s": stood[n]})
                    stood[n] = -1
                continue
            pose = car.get_transform()
            stood[n] = stood[n] + 1 if places[n].distance(pose.location) < STANDS_M else 0
            metres[second // 60] += places[n].distance(pose.location)
            places[n] = pose.location
            digest.update(repr((pose.location.x, pose.location.y, pose.rotation.yaw)).encode())
        if second % 60 == 59 and sys.stderr.isatty():
            print(f"minute {second // 60 + 1}: {metres[second // 60]:.0f} m", file=sys.stderr, flush=True)
    found = {
        "cars": len(driven), "lost": lost, "minutes": minutes, "metres_a_minute": [round(one) for one in metres],
        "sha256": digest.hexdigest(), "seconds": round(time.perf_counter() - began, 1),
        "client_processor_s": round(time.process_time() - processor, 1),
    }  # fmt: skip
    for car in driven:
        if car.is_alive:
            car.set_autopilot(False, manager.get_port())
    manager.set_synchronous_mode(False)
    manager.shut_down()
    return found


def traffic(name: str, cars: int, minutes: int, seed: int) -> dict[str, Any]:
    """One run on a server of its own. Raises SuiteError where the client ends."""
    with hosted(name) as port:
        words = ["--port", str(port), "--cars", str(cars), "--minutes", str(minutes), "--seed", str(seed)]
        done = subprocess.run(
            [sys.executable, "-m", "sim_suite.studies.carla_traffic", *words], stdout=subprocess.PIPE, text=True
        )
    if done.returncode:
        raise SuiteError(f"the client ended with status {done.returncode}; what it said stands above.")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return {"map": name, "seed": seed, **found}


def main(words: list[str] | None = None) -> int:
    """Run, print and write; 1 where a car was lost or two runs differ."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--map", default="town_1km")
    parser.add_argument("--cars", type=int, default=60)
    parser.add_argument("--minutes", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1, help="of the traffic manager")
    parser.add_argument("--runs", type=int, default=2)
    parser.add_argument("--out", type=Path, default=Path("runs/carla_traffic.json"))
    parser.add_argument("--port", type=int, default=0, help="of a server: drive on it, once, and print JSON")
    given = parser.parse_args(words)
    if given.port:
        print(json.dumps(drive(given.port, given.cars, given.minutes, given.seed)))
        return 0
    runs = []
    for _ in range(given.runs):
        runs.append(traffic(given.map, given.cars, given.minutes, given.seed))
        print(json.dumps(runs[-1]), flush=True)
    given.out.parent.mkdir(parents=True, exist_ok=True)
    write_json(given.out, runs)
    lost = sum(len(one["lost"]) for one in runs)
    same = len({one["sha256"] for one in runs}) == 1
    compared = f"; the runs are {'equal' if same else 'not equal'}" if len(runs) > 1 else ""
    print(f"{lost} cars lost{compared}.")
    return 0 if same and not lost else 1


if __name__ == "__main__":
    sys.exit(main())
