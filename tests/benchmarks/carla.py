"""CARLA's client against the embedded server, over loopback: a cycle is a control, a step of 0.05 s in synchronous mode, and the pose
and velocity after it. The server is a process of its own; the client is the `carla` wheel in this one.
"""

from __future__ import annotations

import queue
import socket
import statistics
import time
from collections.abc import Iterator
from typing import Any, Final

from sim_suite.benchmarking import ROUNDS, SECONDS, Measurement, Row
from sim_suite.carla.server.hosting import hosted
from sim_suite.errors import SuiteError

SUMMARY = "CARLA's client on the embedded server: cycles a second, cameras, loading worlds"
FEW_BAR: Final = 10_000.0
MANY_BAR: Final = 5_000.0
TRAFFIC_BAR: Final = 800.0
CAMERAS: Final = (
    # sensor, width, height, frames/s asked
    ("semantic_segmentation", 84, 84, 1000.0),
    ("rgb", 800, 600, 30.0),
)
LOAD_BAR_MS: Final = 200.0
MANY: Final = 51
MAP: Final = "motorway"
TRAFFIC: Final = 20
TRAFFIC_MAP: Final = "town_1km"


def rows() -> Iterator[Row]:
    """Rates and times."""
    try:
        import carla
    except ImportError as error:
        raise SuiteError("this benchmark needs CARLA's client: pip install carla==0.9.16.") from error
    with hosted(MAP) as port:
        client = carla.Client("127.0.0.1", port, worker_threads=1)
        client.set_timeout(30.0)
        world = _synchronous(carla, client.get_world())
        rate = _median(lambda: _rate(client.get_server_version))
        yield Row("bare calls", rate, "calls/s")
        cars = _spawn(world, 1)
        rate = _median(lambda: _cycles(carla, world, cars[0]))
        yield Row("control + tick + pose, 1 vehicle", rate, "cycles/s", bar=FEW_BAR, holds=rate >= FEW_BAR)
        for name, width, height, bar in CAMERAS:
            rate = camera_rate(carla, world, cars[0], name, width, height)
            yield Row(f"tick + picture, {name} {width} x {height}", rate, "frames/s", bar=bar, holds=rate >= bar)
        cars += _spawn(world, MANY)[: MANY - 1]
        for car in cars[1:]:
            car.apply_control(carla.VehicleControl(throttle=0.2))
        rate = _median(lambda: _cycles(carla, world, cars[0]))
        name = f"control + tick + pose, {len(cars)} vehicles"
        yield Row(name, rate, "cycles/s", bar=MANY_BAR, holds=rate >= MANY_BAR and len(cars) == MANY)
        first = _load_ms(client, "town_1km")
        yield Row("load_world town_1km, the first time", first, "ms")
        for place in ("crossroads", "town_1km"):
            _load_ms(client, place)
            times = []
            for _ in range(ROUNDS):
                _load_ms(client, MAP)
                times.append(_load_ms(client, place))
            took = statistics.median(times)
            yield Row(f"load_world {place}, again (at most)", took, "ms", bar=LOAD_BAR_MS, holds=took <= LOAD_BAR_MS)
        yield traffic_row(carla, client)


def camera_rate(carla: Any, world: Any, car: Any, name: str, width: int, height: int) -> float:
    """Steps a second of which each one's picture is waited for."""
    blueprint = world.get_blueprint_library().find(f"sensor.camera.{name}")
    blueprint.set_attribute("image_size_x", str(width))
    blueprint.set_attribute("image_size_y", str(height))
    camera = world.spawn_actor(blueprint, carla.Transform(carla.Location(x=1.5, z=1.8)), attach_to=car)
    heard: queue.Queue[Any] = queue.Queue()
    camera.listen(heard.put)

    def step() -> None:
        frame = world.tick()
        while heard.get(timeout=30.0).frame != frame:
            pass

    rate = _median(lambda: _rate(step))
    camera.stop()
    camera.destroy()
    return rate


def traffic_row(carla: Any, client: Any) -> Row:
    """CARLA's own traffic manager, which runs in the client, drives cars; a step reads each one's pose."""
    world = _synchronous(carla, client.load_world(TRAFFIC_MAP))
    manager = client.get_trafficmanager(free_port())
    manager.set_synchronous_mode(True)
    cars = _spawn(world, TRAFFIC)
    for car in cars:
        car.set_autopilot(True, manager.get_port())

    def steps() -> float:
        count, started = 0, time.perf_counter()
        while time.perf_counter() - started < SECONDS:
            world.tick()
            for car in cars:
                car.get_transform()
            count += 1
        return count / (time.perf_counter() - started)

    rate = _median(steps)
    for car in cars:
        car.set_autopilot(False, manager.get_port())
    manager.set_synchronous_mode(False)
    manager.shut_down()  # the client ends with a fault where a world is loaded while it runs
    holds = rate >= TRAFFIC_BAR and len(cars) == TRAFFIC
    return Row(f"CARLA's traffic manager, {len(cars)} cars", rate, "steps/s", bar=TRAFFIC_BAR, holds=holds)


def free_port() -> int:
    """One that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _synchronous(carla: Any, world: Any) -> Any:
    world.apply_settings(carla.WorldSettings(synchronous_mode=True, fixed_delta_seconds=0.05))
    return world


def _spawn(world: Any, most: int) -> list[Any]:
    blueprint = world.get_blueprint_library().find("vehicle.tesla.model3")
    found = []
    for point in world.get_map().get_spawn_points():
        car = world.try_spawn_actor(blueprint, point)
        if car is not None:
            found.append(car)
        if len(found) == most:
            break
    world.tick()
    return found


def _median(measure: Measurement) -> float:
    measure()
    return statistics.median(measure() for _ in range(ROUNDS))


def _rate(call: Any) -> float:
    count, started = 0, time.perf_counter()
    while time.perf_counter() - started < SECONDS:
        call()
        count += 1
    return count / (time.perf_counter() - started)


def _cycles(carla: Any, world: Any, car: Any) -> float:
    pedals = [carla.VehicleControl(throttle=0.6), carla.VehicleControl(brake=1.0)]
    count, started = 0, time.perf_counter()
    while time.perf_counter() - started < SECONDS:
        car.apply_control(pedals[count // 100 % 2])  # it goes and stops, and stays on its road
        world.tick()
        car.get_transform()
        car.get_velocity()
        count += 1
    return count / (time.perf_counter() - started)


def _load_ms(client: Any, name: str) -> float:
    started = time.perf_counter()
    client.load_world(name)
    return 1000 * (time.perf_counter() - started)
