"""Drives agents through situations in the small world. In: names of situations; out: name -> what was recorded.

Rows of a trace: [time s, x, y, yaw degrees, speed m/s, brake], CARLA's frame.
"""

from __future__ import annotations

import json
import math
import sys

import carla

from agents.navigation.basic_agent import BasicAgent
from agents.navigation.behavior_agent import BehaviorAgent
from agents.navigation.constant_velocity_agent import ConstantVelocityAgent
from agents.navigation.global_route_planner import GlobalRoutePlanner
from agents.navigation.lanes import beside
from sim_suite.errors import SuiteError
from tests.agents.navigation import fake_world
from tests.agents.navigation.fake_world import World

RED, YELLOW, GREEN = (getattr(carla.TrafficLightState, name) for name in ("Red", "Yellow", "Green"))
SITUATIONS = {}


def situation(function):
    SITUATIONS[function.__name__] = function
    return function


def drive(world, agent, ego, steps, watch=None):
    """The trace until the agent is done, or for so many steps; watch: what else is recorded at each."""
    rows, seen = [], []
    for _ in range(steps):
        if agent.done():
            break
        ego.apply_control(agent.run_step())
        world.tick()
        rows.append([world.time_s, ego.x, ego.y, ego.yaw, ego.speed, ego.control.brake])
        if watch is not None:
            seen.append(watch())
    return {"trace": rows, "seen": seen, "done": agent.done()}


def gap_m(one, other):
    """Between the middles of two bodies."""
    return math.hypot(one.x - other.x, one.y - other.y)


def places(agent):
    return [[w.transform.location.x, w.transform.location.y] for w, _ in agent.get_local_planner().get_plan()]


def town(max_wheel_deg, kind, limit=50.0):
    """A drive over a kilometre of junctions; the wheels of CARLA's cars turn up to 70 degrees."""
    fake_world.MAX_WHEEL_RAD = math.radians(max_wheel_deg)
    world = World("town_1km")
    world.add_lights(lambda name: lambda time_s: GREEN)
    lanes = [one for one in world.map.generate_waypoints(10.0) if not one.is_junction]
    ego = world.add(lanes[7], limit=limit)
    agent = BasicAgent(ego, 50) if kind == "basic" else BehaviorAgent(ego, kind)
    agent.ignore_stop_signs()
    agent.set_destination(lanes[len(lanes) // 2].transform.location)
    route = places(agent)
    found = drive(world, agent, ego, 4000)
    fake_world.MAX_WHEEL_RAD = math.radians(35.0)
    return found | {"route": route}


@situation
def town_basic():
    return town(35.0, "basic")


@situation
def town_wide_wheels():
    return town(70.0, "basic")


@situation
def town_normal():
    return town(35.0, "normal")


def light(script, agent_of, steps=1000):
    world = World("crossing_lights")
    world.add_lights(lambda name: script)
    ego = world.add(world.map.get_waypoint(carla.Location(150.0, -1.75, 0.0)))
    agent = agent_of(ego)
    agent.set_destination(carla.Location(-60.0, -1.75, 0.0))
    lines = [line.transform.location.x for one in world.actors.filter("*light*") for line in one.lines]
    asked = []
    found = drive(world, agent, ego, steps, lambda: asked.append(agent._last_traffic_light is not None))
    return found | {"line_x": max(lines), "asked": asked}


@situation
def red_light():
    return light(lambda time_s: RED if time_s < 30.0 else GREEN, lambda ego: BasicAgent(ego, 50))


@situation
def red_light_ignored():
    return light(
        lambda time_s: RED if time_s < 30.0 else GREEN, lambda ego: BasicAgent(ego, 50, {"ignore_traffic_lights": True})
    )


@situation
def red_light_behavior():
    return light(lambda time_s: RED if time_s < 30.0 else GREEN, lambda ego: BehaviorAgent(ego, "normal"))


@situation
def yellow_far():
    """At 6 s, 50 m before the line, at 13.9 m/s: 2 m/s^2 is enough."""
    return light(
        lambda time_s: GREEN if time_s < 7.0 else YELLOW if time_s < 10.0 else RED, lambda ego: BasicAgent(ego, 50), 500
    )


@situation
def yellow_near():
    """When 20 m are left at 13.9 m/s, stopping would need 5 m/s^2."""
    return light(lambda time_s: GREEN if time_s < 10.45 else YELLOW, lambda ego: BasicAgent(ego, 50), 500)


@situation
def constant_velocity_red_light():
    return light(lambda time_s: RED if time_s < 30.0 else GREEN, lambda ego: ConstantVelocityAgent(ego, 36))


@situation
def light_by_its_box():
    """Lights that know neither where vehicles stop nor which lanes they hold: the lane under their box is held, if it is ours."""
    world = World("crossing_lights")
    lights = world.add_lights(lambda name: lambda time_s: RED)
    lines = [light.lines[0] for light in lights]
    for light, line in zip(lights, lines, strict=True):
        light.lines, light.trigger_volume = [], carla.BoundingBox(carla.Location(x=1.0), carla.Vector3D(1.0, 1.0, 1.0))
        at, yaw = line.transform.location, math.radians(line.transform.rotation.yaw)
        pose = carla.Transform(at - carla.Location(x=math.cos(yaw), y=math.sin(yaw)), line.transform.rotation)
        light.get_transform = lambda pose=pose: pose
    ego = world.add(world.map.get_waypoint(carla.Location(80.0, -1.75, 0.0)))
    agent = BasicAgent(ego, 30)
    agent.set_destination(carla.Location(-60.0, -1.75, 0.0))
    return drive(world, agent, ego, 400) | {"line_x": max(line.transform.location.x for line in lines)}


def sign(options):
    world = World("crossing_stop")
    ego = world.add(world.map.get_waypoint(carla.Location(-1.75, -150.0, 0.0)))
    agent = BasicAgent(ego, 50, options)
    agent.set_destination(carla.Location(-1.75, 100.0, 0.0))
    (line,) = (line for lines in agent._stop_lines.signs.values() for line in lines if line.x < 0.0)
    return drive(world, agent, ego, 900) | {"line_y": line.y}


@situation
def stop_sign():
    return sign({})


@situation
def stop_sign_ignored():
    return sign({"ignore_stop_signs": True})


def follow(agent_of):
    """Behind somebody who drives 8 m/s, stops at 25 s at 3 m/s^2, and drives on at 40 s."""
    world = World("straight_street")
    ego = world.add(world.map.get_waypoint_xodr(1, -1, 20.0))
    lane = world.map.get_waypoint_xodr(1, -1, 80.0)
    lead = world.add(lane, lane=lane, script=lambda t: 8.0 if t < 25 or t > 40 else max(8.0 - 3.0 * (t - 25), 0.0))
    return drive(world, agent_of(ego), ego, 1100, lambda: gap_m(lead, ego) - 2.0 * ego.half[0])


@situation
def follow_basic():
    return follow(lambda ego: BasicAgent(ego, 50))


@situation
def follow_cautious():
    return follow(lambda ego: BehaviorAgent(ego, "cautious"))


@situation
def follow_aggressive():
    return follow(lambda ego: BehaviorAgent(ego, "aggressive"))


@situation
def follow_ignored():
    return follow(lambda ego: BasicAgent(ego, 50, {"ignore_vehicles": True}))


@situation
def cut_in():
    """Somebody stands in the lane 20 m ahead of 13.9 m/s from 8 s on: comfort is not enough."""
    world = World("straight_street")
    ego = world.add(world.map.get_waypoint_xodr(1, -1, 20.0))
    agent = BasicAgent(ego, 50, {"max_brake": 0.9})
    begun = drive(world, agent, ego, 160)
    lane = world.map.get_waypoint(ego.get_location()).next(22.0)[0]
    other = world.add(lane, script=lambda t: 0.0)
    return begun | drive(world, agent, ego, 200, lambda: gap_m(other, ego) - 2.0 * ego.half[0])


@situation
def walker():
    """Somebody crosses from the kerb at 1.2 m/s, and stands on the lane for 5 s."""
    world = World("straight_street")
    ego = world.add(world.map.get_waypoint_xodr(1, -1, 20.0))
    person = world.add(
        world.map.get_waypoint_xodr(1, -1, 90.0), type_id="walker.pedestrian.0001", half=(0.2, 0.2),
        script=lambda t: 1.2 if t < 5.0 or t > 15.0 else 0.0,
    )  # fmt: skip
    person.y, person.yaw = person.y + 6.0, -90.0
    return drive(world, BasicAgent(ego, 40), ego, 700, lambda: gap_m(person, ego))


def motorway(kind, other_mps, other_behind_m, limit):
    """Somebody before or behind us on the right lane of a motorway, whose lanes are numbered 3 from the right to 1."""
    world = World("motorway")
    start = world.map.get_waypoint_xodr(3, -3, 300.0)
    lane = world.map.get_waypoint_xodr(3, -3, 300.0 - other_behind_m)
    ego = world.add(start, limit=limit, speed=10.0)
    other = world.add(lane, lane=lane, script=lambda t: other_mps)
    agent = BehaviorAgent(ego, kind)
    agent.set_destination(start.next(450.0)[0].transform.location)

    def watch():
        return [-world.map.get_waypoint(ego.get_location()).lane_id, gap_m(other, ego)]

    return drive(world, agent, ego, 1000, watch)


@situation
def overtake_normal():
    return motorway("normal", 6.0, -45.0, 70.0)


@situation
def overtake_cautious():
    return motorway("cautious", 6.0, -45.0, 70.0)


@situation
def make_room_normal():
    return motorway("normal", 14.5, 20.0, 50.0)


@situation
def make_room_aggressive():
    return motorway("aggressive", 14.5, 20.0, 50.0)


@situation
def overtake_blocked():
    """Beside us, others drive as fast as we do, for the first 20 s."""
    world = World("motorway")
    start = world.map.get_waypoint_xodr(3, -3, 300.0)
    ego = world.add(start, limit=70.0, speed=10.0)
    ahead = start.next(45.0)[0]
    world.add(ahead, lane=ahead, script=lambda t: 6.0)
    left = beside(start, "left")
    other = world.add(left, lane=left)
    other.script = lambda t: ego.speed if t < 20.0 else 20.0
    agent = BehaviorAgent(ego, "normal")
    agent.set_destination(start.next(450.0)[0].transform.location)

    def watch():
        return [-world.map.get_waypoint(ego.get_location()).lane_id, min(gap_m(one, ego) for one in world.actors[1:])]

    return drive(world, agent, ego, 1000, watch)


@situation
def lane_change():
    world = World("motorway")
    ego = world.add(world.map.get_waypoint_xodr(3, -3, 100.0), speed=13.0)
    agent = BasicAgent(ego, 50)
    agent.lane_change("left", same_lane_time=1, other_lane_time=4, lane_change_time=2)
    plan = [[w.lane_id, o.name, w.s] for w, o in agent.get_local_planner().get_plan()]
    found = drive(world, agent, ego, 400, lambda: -world.map.get_waypoint(ego.get_location()).lane_id)
    middle = world.map.get_waypoint(ego.get_location()).transform.location.distance(ego.get_location())
    return found | {"plan": plan, "off_m": middle}


def roam(seed):
    world = World("town_1km")
    world.add_lights(lambda name: lambda time_s: GREEN)
    ego = world.add([one for one in world.map.generate_waypoints(10.0) if not one.is_junction][7])
    agent = BasicAgent(ego, 40, {"seed": seed, "ignore_stop_signs": True})
    return drive(world, agent, ego, 800, lambda: len(agent.get_local_planner().get_plan()))


@situation
def roam_0():
    return roam(0)


@situation
def roam_0_again():
    return roam(0)


@situation
def roam_1():
    return roam(1)


@situation
def put_elsewhere():
    """An agent that was made where its vehicle is not any more."""
    world = World("straight_street")
    ego = world.add(world.map.get_waypoint_xodr(1, -1, 20.0))
    agent = BasicAgent(ego, 40)
    ego.x += 200.0
    return drive(world, agent, ego, 200)


@situation
def limits():
    """The limit is followed once asked for: 30 km/h, and 20 km/h to the end."""
    world = World("straight_street")
    ego = world.add(world.map.get_waypoint_xodr(1, -1, 20.0), limit=30.0)
    agent = BasicAgent(ego, 50)
    agent.follow_speed_limits()
    first = drive(world, agent, ego, 300)
    ego.limit = 20.0
    second = drive(world, agent, ego, 200)
    return {"first": first["trace"], "second": second["trace"]}


@situation
def offset():
    """A metre to the right of the middle."""
    world = World("straight_street")
    ego = world.add(world.map.get_waypoint_xodr(1, -1, 20.0))
    agent = BasicAgent(ego, 40, {"offset": 0.8})
    return drive(
        world, agent, ego, 400, lambda: ego.y - world.map.get_waypoint(ego.get_location()).transform.location.y
    )


@situation
def collision():
    """A collision ends the velocity; it is taken up again after 2 s."""
    world = World("straight_street")
    ego = world.add(world.map.get_waypoint_xodr(1, -1, 20.0))
    agent = ConstantVelocityAgent(ego, 36, {"restart_time": 2.0})
    states = []

    def watch():
        states.append([agent.is_constant_velocity_active, None if ego.constant is None else ego.constant.x])

    drive(world, agent, ego, 20, watch)
    (sensor,) = world.actors.filter("sensor.other.collision")
    sensor.tell(None)
    drive(world, agent, ego, 60, watch)
    agent.destroy_sensor()
    return {"states": states, "sensor_is_alive": sensor.is_alive}


@situation
def answers_of_the_parts():
    """What single calls give, beside a vehicle on the left and one behind."""
    world = World("motorway")
    start = world.map.get_waypoint_xodr(3, -3, 300.0)
    ego = world.add(start, speed=10.0)
    ahead = world.add(start.next(30.0)[0])
    behind = world.add(start.previous(25.0)[0])
    left = world.add(beside(start, "left").next(8.0)[0])
    agent = BehaviorAgent(ego, "normal")
    agent._look()
    look = agent._vehicle_obstacle_detected
    queries = {
        "ahead": look(max_distance=50.0),
        "too far": look(max_distance=20.0),
        "behind": look(max_distance=40.0, up_angle_th=180, low_angle_th=160),
        "left": look(max_distance=30.0, up_angle_th=180, lane_offset=-1),
        "right": look(max_distance=30.0, up_angle_th=180, lane_offset=1),
    }
    names = {one.id: name for name, one in (("ahead", ahead), ("behind", behind), ("left", left))}
    stop = agent.emergency_stop()
    no_lane = agent._generate_lane_change_path(start, "right")
    return {
        "seen": {
            q: [r.obstacle_was_found, r.obstacle and names[r.obstacle.id], r.distance] for q, r in queries.items()
        },
        "stop": [stop.throttle, stop.brake, stop.steer, stop.hand_brake],
        "no_lane": no_lane,
        "left": [[w.lane_id, o.name] for w, o in agent._generate_lane_change_path(start, "left")],
    }


ONE_ROAD = """<OpenDRIVE><header revMajor="1" revMinor="4" name=""><geoReference>+proj=tmerc +lat_0=0 +lon_0=0</geoReference></header>
<road name="" length="200" id="1" junction="-1"><planView><geometry s="0" x="0" y="0" hdg="0" length="200"><line/></geometry></planView>
<lanes><laneSection s="0">
<left><lane id="1" type="driving" level="false"><width sOffset="0" a="3.5" b="0" c="0" d="0"/></lane></left>
<center><lane id="0" type="none" level="false"/></center>
<right><lane id="-1" type="driving" level="false"><width sOffset="0" a="3.5" b="0" c="0" d="0"/></lane></right>
</laneSection></lanes></road></OpenDRIVE>"""


def refusal(call):
    try:
        call()
    except SuiteError as error:
        return str(error)
    return None


@situation
def one_road():
    """A road that leads nowhere: CARLA's topology does not know it."""
    wmap = carla.Map("one_road", ONE_ROAD)
    planner = GlobalRoutePlanner(wmap, 2.0)
    lane, oncoming = carla.Location(50.0, 1.75, 0.0), carla.Location(150.0, -1.75, 0.0)
    route = planner.trace_route(lane, carla.Location(150.0, 1.75, 0.0))
    world = World("straight_street")
    ego = world.add(world.map.get_waypoint_xodr(1, -1, 20.0))
    agent = BasicAgent(ego, 40)
    return {
        "stations": [waypoint.s for waypoint, _ in route],
        "refused": [
            refusal(lambda: planner.trace_route(lane, oncoming)),
            refusal(lambda: GlobalRoutePlanner(wmap, 0.0)),
            refusal(lambda: BehaviorAgent(ego, "normall")),
            refusal(lambda: agent._generate_lane_change_path(route[0][0], "up")),
        ],
    }


@situation
def destinations():
    """Two of them one after the other; then one from a start that is told."""
    world = World("straight_street")
    ego = world.add(world.map.get_waypoint_xodr(1, -1, 20.0))
    agent = BasicAgent(ego, 40)
    at = [world.map.get_waypoint_xodr(1, -1, s).transform.location for s in (100.0, 180.0, 300.0)]
    agent.set_destination(at[0])
    agent.set_destination(at[1], clean_queue=False)
    both = places(agent)
    agent.set_destination(at[2], start_location=at[1])
    return {"both": both, "told": places(agent)}


@situation
def done_control():
    """What is given when everything is driven."""
    world = World("straight_street")
    ego = world.add(world.map.get_waypoint_xodr(1, -1, 20.0))
    agent = BasicAgent(ego, 40)
    agent.set_global_plan([])
    control = agent.run_step()
    return {"done": agent.done(), "control": [control.throttle, control.brake]}


@situation
def debug():
    """The waypoint that is steered at is drawn."""
    world = World("straight_street")
    agent = BehaviorAgent(world.add(world.map.get_waypoint_xodr(1, -1, 20.0)), "normal")
    agent.run_step(debug=True)
    return {"drawn": len(world.drawn)}


if __name__ == "__main__":
    print(json.dumps({name: SITUATIONS[name]() for name in json.load(sys.stdin)}))
