"""What CARLA's own client does and sees, in a process of its own: bytes of a stream that it cannot read end the process.

`python client_child.py PORT NAME [ARGUMENTS as JSON]` runs one of the functions below and prints what it returns as JSON.
"""

from __future__ import annotations

import hashlib
import json
import queue
import sys
import time

import carla

CAR = "vehicle.tesla.model3"


def client_of(port):
    client = carla.Client("127.0.0.1", port, worker_threads=1)
    client.set_timeout(30.0)
    return client


def synchronous(world):
    settings = world.get_settings()
    settings.synchronous_mode, settings.fixed_delta_seconds = True, 0.05
    world.apply_settings(settings)
    return world


def pose(actor):
    transform = actor.get_transform()
    place, turn = transform.location, transform.rotation
    return [place.x, place.y, place.z, turn.pitch, turn.yaw, turn.roll]


def connect(port):
    client = client_of(port)
    world = client.get_world()
    carla_map = world.get_map()
    off = []
    for point in carla_map.get_spawn_points():
        lane = carla_map.get_waypoint(point.location).transform
        turn = (point.rotation.yaw - lane.rotation.yaw + 180.0) % 360.0 - 180.0
        off.append(
            [point.location.distance_squared_2d(lane.location) ** 0.5, abs(turn), point.location.z - lane.location.z]
        )
    return {
        "version": client.get_server_version(),
        "maps": client.get_available_maps(),
        "name": carla_map.name,
        "sha256": hashlib.sha256(carla_map.to_opendrive().encode()).hexdigest(),
        "worst": [max(column) for column in zip(*off, strict=True)],
        "points": len(off),
        "blueprints": len(world.get_blueprint_library().filter("vehicle.*")),
        "kinds": sorted({type(actor).__name__ for actor in world.get_actors()}),
        "spectator": type(world.get_spectator()).__name__,
    }


def drive(port, controls):
    """The poses and speeds of a car by controls [throttle, steer, brake], from the first spawn point, in a new episode."""
    client = client_of(port)
    client.load_world("crossing_lights")
    world = synchronous(client.get_world())
    point = world.get_map().get_spawn_points()[0]
    car = world.spawn_actor(world.get_blueprint_library().find(CAR), point)
    found = []
    for throttle, steer, brake in controls:
        car.apply_control(carla.VehicleControl(throttle, steer, brake))
        world.tick()
        velocity = car.get_velocity()
        found.append([*pose(car), velocity.x, velocity.y])
    taken = world.try_spawn_actor(world.get_blueprint_library().find(CAR), car.get_transform())
    box = car.bounding_box
    shown = car.get_control()
    car.set_light_state(carla.VehicleLightState.Brake)
    world.tick()
    lamps = str(car.get_light_state())
    return {
        "start": [point.location.x, point.location.y, point.rotation.yaw],
        "poses": found,
        "taken": taken is None,
        "extent": [box.extent.x, box.extent.y, box.extent.z],
        "lamps": lamps,
        "control": [shown.throttle, shown.steer, shown.brake, shown.gear],
        "gone": [car.destroy(), car.is_alive],
    }


def caught_up(world, frame):
    """Wait until a client that did not step has heard of a frame, which it is sent but not waited for."""
    for _ in range(6000):
        if world.get_snapshot().frame >= frame:
            return
        time.sleep(0.01)


def two_clients(port):
    """A second client sees what the first does, and both may step."""
    world = synchronous(client_of(port).get_world())
    other = client_of(port).get_world()
    car = world.spawn_actor(world.get_blueprint_library().find(CAR), world.get_map().get_spawn_points()[4])
    frames = [world.tick(), other.tick(), world.tick()]
    seen = other.get_actor(car.id)
    caught_up(other, frames[-1])
    same = pose(seen) == pose(car)
    other.get_actor(car.id).destroy()
    last = world.tick()
    caught_up(other, last)
    return {
        "frames": frames,
        "same": same,
        "frame": [other.get_snapshot().frame, last],
        "left": len(world.get_actors().filter("vehicle.*")),
        "number": [seen.id, car.id],
    }


def sensors(port):
    """A car is driven into another on a lane; what its sensors say of it."""
    client = client_of(port)
    client.load_world("crossing_lights")
    world = synchronous(client.get_world())
    library = world.get_blueprint_library()
    start = world.get_map().get_spawn_points()[0]
    ahead = world.get_map().get_waypoint(start.location).next(20.0)[0].transform
    ahead.location.z += 0.5
    car, other = world.spawn_actor(library.find(CAR), start), world.spawn_actor(library.find("vehicle.audi.tt"), ahead)
    heard = {name: queue.Queue() for name in ("collision", "gnss", "imu", "lane_invasion")}
    mounted = []
    for name, events in heard.items():
        sensor = world.spawn_actor(library.find(f"sensor.other.{name}"), carla.Transform(), attach_to=car)
        sensor.listen(events.put)
        mounted.append(sensor)
    found = {"gnss": [], "imu": []}
    for step in range(120):
        car.apply_control(carla.VehicleControl(throttle=0.6 if step < 80 else 0.0, steer=0.3 if step > 90 else 0.0))
        frame = world.tick()
        for name in ("gnss", "imu"):
            reading = heard[name].get(timeout=10.0)
            assert reading.frame == frame
            found[name].append(reading)
    hits = [heard["collision"].get() for _ in range(heard["collision"].qsize())]
    last, imu = found["gnss"][-1], found["imu"][-1]
    place, yaw = car.get_location(), car.get_transform().rotation.yaw
    for sensor in mounted:
        sensor.stop()
        sensor.destroy()
    world.tick()
    return {
        "collisions": [[hit.actor.id, hit.other_actor.id, hit.normal_impulse.length()] for hit in hits],
        "ids": [car.id, other.id],
        "gnss": [last.latitude, last.longitude, last.altitude, place.x, place.y],
        "imu": [imu.accelerometer.z, imu.compass],
        "yaw": yaw,
        "left": len(world.get_actors().filter("sensor.*")),
    }


def views(port, tree):
    """What cameras, lidars, radar and obstacle detector of a car say of a car ahead over ten frames, then of a tree, at [x, y]."""
    client = client_of(port)
    synchronous(client.get_world())
    world = client.load_world("crossing_lights", reset_settings=False)  # else the clock would step it until it is told
    world.set_weather(carla.WeatherParameters.HardRainSunset)
    library, start = world.get_blueprint_library(), world.get_map().get_spawn_points()[0]
    ahead = world.get_map().get_waypoint(start.location).next(20.0)[0].transform
    car = world.spawn_actor(library.find(CAR), start)
    other = world.spawn_actor(library.find("vehicle.audi.tt"), _lifted(ahead))
    heard, mounted = {}, []

    def mount(type_id, place, rotation=None, **attributes):
        blueprint = library.find(type_id)
        for name, value in attributes.items():
            blueprint.set_attribute(name, value)
        kind = carla.AttachmentType.SpringArm if type_id.endswith("rgb") else carla.AttachmentType.Rigid
        sensor = world.spawn_actor(
            blueprint, carla.Transform(place, rotation or carla.Rotation()), attach_to=car, attachment_type=kind
        )
        heard[type_id] = queue.Queue()
        sensor.listen(heard[type_id].put)
        mounted.append(sensor)

    front, roof = carla.Location(x=2.4, z=0.6), carla.Location(x=0.1, z=2.4)
    mount("sensor.camera.rgb", roof, carla.Rotation(pitch=-5.0), gamma="2.2")
    for name in ("depth", "semantic_segmentation", "instance_segmentation"):
        mount(f"sensor.camera.{name}", front, image_size_x="84", image_size_y="84", fov="60")
    for name in ("ray_cast", "ray_cast_semantic"):
        mount(f"sensor.lidar.{name}", roof, range="50", rotation_frequency="20", points_per_second="100000")
    mount("sensor.other.radar", front, carla.Rotation(pitch=2.0))
    mount("sensor.other.obstacle", front, distance="40")
    found, digest = {"frames": []}, hashlib.sha256()
    for _ in range(10):
        car.apply_control(carla.VehicleControl(throttle=0.5))
        frame = world.tick()
        readings = {name: events.get(timeout=20.0) for name, events in heard.items()}
        found["frames"].append([reading.frame - frame for reading in readings.values()])
        for name, reading in readings.items():
            if not name.endswith("obstacle"):
                digest.update(bytes(reading.raw_data))
    found["sha256"] = digest.hexdigest()
    colour, depth = readings["sensor.camera.rgb"], readings["sensor.camera.depth"]
    classes, who = (readings[f"sensor.camera.{name}_segmentation"] for name in ("semantic", "instance"))
    points, named = readings["sensor.lidar.ray_cast"], readings["sensor.lidar.ray_cast_semantic"]
    radar, obstacle = readings["sensor.other.radar"], readings["sensor.other.obstacle"]
    middle = 4 * (42 * 84 + 42)
    blue, green, red, _ = bytes(depth.raw_data)[middle : middle + 4]
    gap = car.get_location().distance(other.get_location())
    found |= {
        "sizes": [
            [image.width, image.height, image.fov, len(image.raw_data)] for image in (colour, depth, classes, who)
        ],
        "gap": gap - other.bounding_box.extent.x - 2.4,
        "depth": 1000.0 * (red + 256 * green + 65536 * blue) / (256**3 - 1),
        "class": list(bytes(classes.raw_data)[middle : middle + 4]),
        "who": list(bytes(who.raw_data)[middle : middle + 4]),
        "points": [len(points), sum(points.get_point_count(n) for n in range(points.channels)), points.channels],
        "behind": [points.horizontal_angle, min(point.point.z for point in points)],
        "named": sorted({point.object_idx for point in named}),
        "tags": sorted({point.object_tag for point in named if point.object_idx == other.id}),
        "radar": [[one.velocity, one.azimuth, one.altitude, one.depth] for one in radar],
        "speed": car.get_velocity().length(),
        "obstacle": [obstacle.actor.id, obstacle.other_actor.id, obstacle.distance],
        "ids": [car.id, other.id],
        "turned": colour.transform.rotation.pitch,
    }
    classes.convert(carla.ColorConverter.CityScapesPalette)
    found["palette"] = list(bytes(classes.raw_data)[middle : middle + 3])
    car.set_target_velocity(carla.Vector3D())
    car.set_transform(carla.Transform(carla.Location(tree[0] - 10.0, tree[1], 0.0)))
    world.tick()
    obstacle = heard["sensor.other.obstacle"].get(timeout=20.0)
    found["tree"] = [obstacle.other_actor.id, obstacle.other_actor.type_id]
    for sensor in mounted:
        sensor.stop()
        sensor.destroy()
    return found


def lights(port):
    """States, times and landmarks through the client's own objects."""
    client = client_of(port)
    client.load_world("crossing_lights")
    world = synchronous(client.get_world())
    carla_map = world.get_map()
    found = sorted(world.get_actors().filter("traffic.traffic_light"), key=lambda one: one.id)
    landmarks = {mark.id for mark in carla_map.get_all_landmarks_of_type("1000001")}
    matched = [world.get_traffic_light_from_opendrive_id(mark).id for mark in sorted(landmarks)]
    one = next(light for light in found if light.state == carla.TrafficLightState.Red)
    one.set_state(carla.TrafficLightState.Green)
    world.tick()
    told = str(one.state)
    one.set_green_time(4.0)
    one.freeze(True)
    world.tick()
    lanes = one.get_affected_lane_waypoints()
    car = world.spawn_actor(world.get_blueprint_library().find(CAR), _lifted(lanes[0].previous(8.0)[0].transform))
    world.tick()
    return {
        "numbers": [light.id for light in found],
        "matched": sorted(matched),
        "told": told,
        "times": [one.get_green_time(), one.is_frozen()],
        "group": sorted(light.id for light in one.get_group_traffic_lights()),
        "at": [car.is_at_traffic_light(), str(car.get_traffic_light_state()), car.get_traffic_light().id == one.id],
        "limit": car.get_speed_limit(),
        "stops": [[[place.road_id, place.lane_id, place.s] for place in found_at] for found_at in _stops(found)],
        "junction": sorted(light.id for light in world.get_traffic_lights_in_junction(_junction(carla_map).id)),
    }


def _stops(found):
    """Where lights hold traffic: by their trigger volumes, and by the map."""
    for light in found:
        yield light.get_stop_waypoints()
        yield light.get_affected_lane_waypoints()


def _junction(carla_map):
    return next(lane.get_junction() for pair in carla_map.get_topology() for lane in pair if lane.is_junction)


def _lifted(transform):
    transform.location.z += 0.5
    return transform


def worlds(port):
    """Loading, reloading, a map as text; and errors in words."""
    client = client_of(port)
    found = {"maps": [], "errors": []}
    text = client.load_world("crossing_lights").get_map().to_opendrive()
    world = client.generate_opendrive_world(text)
    found["maps"].append([world.get_map().name, world.get_map().to_opendrive() == text])
    for name in ("/Game/Carla/Maps/crossing_bare", "crossing_stop"):
        found["maps"].append([client.load_world(name).get_map().name, True])
    found["maps"].append([client.reload_world().get_map().name, True])
    world = client.get_world()
    library = world.get_blueprint_library()
    settings = world.get_settings()
    settings.fixed_delta_seconds = 0.033
    for act in (
        lambda: client.load_world("Town03"),
        lambda: world.spawn_actor(library.find("sensor.camera.dvs"), carla.Transform()),
        lambda: world.apply_settings(settings),
        lambda: client.start_recorder("drive.log"),
    ):
        try:
            act()
            found["errors"].append("")
        except RuntimeError as error:
            found["errors"].append(str(error))
    return found


def batches(port):
    """Spawns with what follows, walkers, and destruction, in batches."""
    client = client_of(port)
    client.load_world("crossing_lights")
    world = synchronous(client.get_world())
    library, points = world.get_blueprint_library(), world.get_map().get_spawn_points()
    spawn, control = carla.command.SpawnActor, carla.command.ApplyVehicleControl
    future = carla.command.FutureActor
    commands = [
        spawn(library.find(CAR), point).then(control(future, carla.VehicleControl(throttle=0.5)))
        for point in points[:6:2]
    ]
    commands.append(spawn(library.find(CAR), points[0]))
    results = client.apply_batch_sync(commands, True)
    cars = world.get_actors([result.actor_id for result in results if not result.error])
    walker = world.spawn_actor(library.find("walker.pedestrian.0007"), carla.Transform(carla.Location(30.0, 9.0, 1.0)))
    walker.apply_control(carla.WalkerControl(carla.Vector3D(1.0, 0.0, 0.0), 1.4))
    for _ in range(40):
        world.tick()
    speeds = [car.get_velocity().length() for car in cars]
    walking = [walker.get_velocity().x, walker.get_control().speed]
    client.apply_batch_sync([carla.command.DestroyActor(actor) for actor in [*cars, walker]], True)
    return {
        "errors": [result.error for result in results],
        "speeds": speeds,
        "walking": walking,
        "left": len(world.get_actors().filter("*.*.*")) - len(world.get_actors().filter("traffic.*.*")),
    }


def left_in_synchronous_mode(port):
    """A script that ends without giving the world back."""
    world = synchronous(client_of(port).get_world())
    return {"synchronous": world.get_settings().synchronous_mode}


def asynchronous(port):
    """Time runs by itself."""
    client = client_of(port)
    world = client.get_world()
    frames = [world.wait_for_tick(10.0).frame for _ in range(3)]
    return {
        "synchronous": world.get_settings().synchronous_mode,
        "frames": frames,
        "calls": client.get_server_version(),
    }


def traffic(port, manager):
    """CARLA's own traffic manager drives eight cars over a crossing with lights for 40 s."""
    client = client_of(port)
    synchronous(client.get_world())
    world = client.load_world("crossing_lights", reset_settings=False)  # else the clock would step it until it is told
    manager = client.get_trafficmanager(manager)
    manager.set_synchronous_mode(True)
    manager.set_random_device_seed(3)
    blueprint = world.get_blueprint_library().find("vehicle.audi.tt")
    cars = [world.spawn_actor(blueprint, point) for point in world.get_map().get_spawn_points()[:32:4]]
    for car in cars:
        car.set_autopilot(True, manager.get_port())
    metres, waited, ran, last, was = 0.0, 0, 0, {}, {}
    for _ in range(800):
        world.tick()
        for car in cars:
            place, speed = car.get_location(), car.get_velocity().length()
            metres += place.distance(last.get(car.id, place))
            last[car.id] = place
            red = car.is_at_traffic_light() and car.get_traffic_light_state() == carla.TrafficLightState.Red
            waited += red and speed < 0.1
            ran += was.get(car.id, False) and not car.is_at_traffic_light() and speed > 1.0
            was[car.id] = red
    found = {"metres": metres, "waited": waited, "ran": ran, "poses": [pose(car) for car in cars]}
    for car in cars:
        car.set_autopilot(False, manager.get_port())
    manager.set_synchronous_mode(False)
    manager.shut_down()
    return found


if __name__ == "__main__":
    function = globals()[sys.argv[2]]
    print(json.dumps(function(int(sys.argv[1]), *json.loads(sys.argv[3] if len(sys.argv) > 3 else "[]"))))
