"""Calls on a simulator without sockets: actors, motion, lights, batches, and what is refused."""

from __future__ import annotations

import math
import re
from pathlib import Path

import numpy as np
import pytest

from sim_suite.carla.server.coverage import page
from sim_suite.carla.server.drivetrain import difference
from sim_suite.carla.server.rpc.complete import CALLS
from sim_suite.carla.server.rpc.table import Status
from sim_suite.driving.dynamics.vehicles import MASS_KG, PARAMETERS
from sim_suite.driving.world.kinds import ActorKind
from sim_suite.driving.world.layout import SPEED, YAW, X, Y
from tests.carla.asking import Asked, Asking

CAR = "vehicle.tesla.model3"
# Every call that the client's notes name, by topic.
KNOWN = re.findall(
    r"\w+",
    """
    version get_episode_info get_sensor_token get_episode_settings set_episode_settings tick_cue get_map_info
    get_map_data get_required_files request_file get_available_maps get_navigation_mesh load_new_episode
    copy_opendrive_to_file load_map_layer unload_map_layer get_actor_definitions spawn_actor spawn_actor_with_parent
    destroy_actor get_actors_by_id get_spectator get_actor_bounding_box apply_control_to_vehicle
    apply_ackermann_control_to_vehicle get_ackermann_controller_settings apply_ackermann_controller_settings
    apply_control_to_walker get_physics_control apply_physics_control get_telemetry_data set_vehicle_light_state
    get_vehicle_light_state get_vehicle_light_states open_vehicle_door close_vehicle_door set_wheel_steer_direction
    get_wheel_steer_angle set_wheel_pitch_angle get_wheel_pitch_angle show_vehicle_debug_telemetry set_actor_location
    set_actor_transform set_actor_target_velocity set_actor_target_angular_velocity enable_actor_constant_velocity
    disable_actor_constant_velocity add_actor_impulse add_actor_force add_actor_impulse_at_location
    add_actor_force_at_location add_actor_angular_impulse add_actor_torque set_actor_simulate_physics
    set_actor_collisions set_actor_enable_gravity set_actor_dead set_actor_autopilot get_bones_transform
    set_bones_transform blend_pose get_pose_from_animation get_actor_bone_names get_actor_bone_world_transforms
    get_actor_bone_relative_transforms get_actor_socket_names get_actor_socket_world_transforms
    get_actor_socket_relative_transforms get_actor_component_names get_actor_component_world_transform
    get_actor_component_relative_transform get_vehicle_bone_world_transforms enable_carsim use_carsim_road
    enable_chrono_physics restore_physx_physics set_traffic_light_state set_traffic_light_green_time
    set_traffic_light_yellow_time set_traffic_light_red_time freeze_traffic_light reset_traffic_light_group
    reset_all_traffic_lights freeze_all_traffic_lights get_group_traffic_lights get_light_boxes get_weather_parameters
    set_weather_parameters query_lights_state update_lights_state update_day_night_cycle get_all_level_BBs
    get_environment_objects enable_environment_objects get_names_of_all_objects cast_ray project_point
    draw_debug_shape set_annotations_traverse_translucency is_traffic_manager_running get_traffic_manager_running
    add_traffic_manager_running destroy_traffic_manager start_recorder stop_recorder show_recorder_file_info
    show_recorder_collisions show_recorder_actors_blocked replay_file stop_replayer set_replayer_time_factor
    set_replayer_ignore_hero set_replayer_ignore_spectator enable_sensor_for_ros disable_sensor_for_ros
    is_sensor_enabled_for_ros get_gbuffer_token apply_color_texture_to_objects apply_float_color_texture_to_objects
    send get_imui_gravity set_imui_gravity are_gbuffers_enabled apply_batch
    """,
)


@pytest.fixture
def ask():
    return Asking("crossing_lights")


def ahead(ask, actor, seconds=1.0):
    """Metres that an actor goes along its heading, and to its right."""
    before = ask.record(actor).copy()
    ask.tick(round(seconds * 20))
    after, yaw = ask.record(actor), math.radians(float(before["yaw"]))
    dx, dy = float(after["x"] - before["x"]), float(after["y"] - before["y"])
    return dx * math.cos(yaw) + dy * math.sin(yaw), dy * math.cos(yaw) - dx * math.sin(yaw)


def test_every_call_of_the_client_is_in_the_table_and_on_the_page():
    assert set(KNOWN) == set(CALLS)
    written = Path(__file__).parents[3] / "sim_suite" / "carla" / "COVERAGE.md"
    assert written.read_text() == page(), (
        "make it anew: sim-suite carla-server --coverage > sim_suite/carla/COVERAGE.md"
    )


@pytest.mark.parametrize("name", sorted(name for name, call in CALLS.items() if call.status is Status.REFUSED))
def test_refused_calls_say_why(name):
    ask = Asking.shared()
    with pytest.raises(Asked, match=f"^{name} is not served: "):
        ask(name)


def test_the_library_has_the_names_that_scripts_ask_for(ask):
    rows = ask("get_actor_definitions")
    assert [row[0] for row in rows] == list(range(1, len(rows) + 1))
    names = {row[1] for row in rows}
    assert {
        CAR,
        "vehicle.lincoln.mkz_2017",
        "walker.pedestrian.0001",
        "sensor.camera.rgb",
        "controller.ai.walker",
    } <= names
    with pytest.raises(Asked, match=r"unknown blueprint 'vehicle.tesla.model4'. Did you mean 'vehicle.tesla.model3'"):
        ask.spawn("vehicle.tesla.model4")


def test_a_place_that_is_taken_is_refused_and_free_again_afterwards(ask):
    first = ask.spawn(CAR, 60.0, 2.0)
    with pytest.raises(Asked, match="Spawn failed because of collision at spawn position"):
        ask.spawn(CAR, 63.0, 2.0, 90.0)
    assert ask("destroy_actor", first) is True
    assert ask("destroy_actor", first) is False
    ask.spawn(CAR, 63.0, 2.0, 90.0)


def test_a_full_world_says_so():
    ask = Asking("crossing_lights", max_actors=1)
    ask.spawn(CAR)
    with pytest.raises(Asked, match=r"the world is full: 1 bodies.*--max-actors"):
        ask.spawn(CAR, 50.0)


def test_a_box_is_that_of_the_blueprint(ask):
    car = ask.spawn(CAR)
    box = [[0.0, 0.0, 0.7215], [2.347, 0.9245, 0.7215], [0.0, 0.0, 0.0], car]
    assert ask("get_actor_bounding_box", car) == box
    ask("destroy_actor", car)
    assert ask("get_actor_bounding_box", car) == box  # a traffic manager may ask late


def test_throttle_drives_right_steering_turns_right_and_reverse_backs(ask):
    car = ask.spawn(CAR, 60.0, 2.0, 30.0)
    ask.tick()
    ask("apply_control_to_vehicle", car, [0.5, 0.3, 0.0, False, False, False, 0])
    forward, right = ahead(ask, car)
    assert forward > 0.8
    assert right > 0.01
    record = ask.record(car)
    assert (record["throttle"], record["gear"]) == (0.5, 1)
    assert record["steer"] == pytest.approx(0.3)
    assert record["wz"] > 1.0  # clockwise seen from above
    assert ask("get_wheel_steer_angle", car, 0) > 5.0
    ask("apply_control_to_vehicle", car, [0.0, 0.0, 0.0, True, False, False, 0])
    ask.tick(40)
    ask("apply_control_to_vehicle", car, [0.5, 0.0, 0.0, False, True, False, 0])
    assert ahead(ask, car)[0] < -0.5
    assert ask.record(car)["gear"] == -1


def test_acceleration_is_what_the_velocity_changes_by(ask):
    car = ask.spawn(CAR, 60.0, 2.0, -40.0)
    ask("apply_control_to_vehicle", car, [0.8, 0.2, 0.0, False, False, False, 0])
    ask.tick(10)
    before = ask.record(car).copy()
    ask.tick()
    after = ask.record(car)
    for axis in "xy":
        assert float(after[f"a{axis}"]) == pytest.approx(float(after[f"v{axis}"] - before[f"v{axis}"]) / 0.05, abs=1e-4)


def test_velocities_impulses_and_forces_are_those_of_mechanics(ask):
    car = ask.spawn(CAR, 60.0, 2.0)
    mass = float(PARAMETERS[ActorKind.CAR, MASS_KG])
    ask("set_actor_target_velocity", car, [6.0, 0.0, 0.0])
    bodies = ask.simulator.episode.bodies
    assert bodies.velocity(0) == pytest.approx((6.0, 0.0))
    ask("add_actor_impulse", car, [2.0 * mass, mass, 0.0])
    assert bodies.velocity(0) == pytest.approx((8.0, -1.0), abs=1e-5)
    ask("set_actor_target_velocity", car, [-3.0, 0.0, 0.0])
    assert float(bodies.state.body[0, 0, SPEED]) == pytest.approx(-3.0)
    ask("set_actor_target_velocity", car, [0.0, 0.0, 0.0])
    ask("add_actor_force", car, [4.0 * mass / 0.05, 0.0, 0.0])
    assert bodies.velocity(0) == (0.0, 0.0)
    ask.tick(2)
    assert float(ask.record(car)["vx"]) == pytest.approx(4.0, abs=0.05)  # less what rolling takes


def test_an_impulse_beside_the_centre_turns_a_vehicle(ask):
    car = ask.spawn(CAR, 60.0, 2.0)
    ask(
        "add_actor_impulse_at_location", car, [100.0, 0.0, 0.0], [60.0, 3.0, 0.0]
    )  # forward, on its right: turns to the left
    rate = ask.simulator.episode.bodies.state.body[0, 0, 5]
    assert float(rate) == pytest.approx(100.0 / 1791.5995)


def test_without_physics_only_the_client_moves_a_vehicle(ask):
    car = ask.spawn(CAR, 60.0, 2.0)
    ask.tick()
    ask("set_actor_simulate_physics", car, False)
    ask("apply_control_to_vehicle", car, [1.0, 0.0, 0.0, False, False, False, 0])
    assert ahead(ask, car) == (0.0, 0.0)
    ask("set_actor_transform", car, [[70.0, -2.0, 5.0], [0.0, 180.0, 0.0]])
    ask.tick()
    record = ask.record(car)
    assert [float(record[name]) for name in ("x", "y", "z")] == [70.0, -2.0, 0.0]
    assert abs(float(record["yaw"])) == pytest.approx(180.0)
    ask("set_actor_simulate_physics", car, True)
    assert ahead(ask, car)[0] > 1.0


def test_a_constant_velocity_holds_whatever_the_pedals_say(ask):
    car = ask.spawn(CAR, 60.0, 2.0, 90.0)
    ask.tick()
    ask("enable_actor_constant_velocity", car, [4.0, 0.0, 0.0])
    ask("apply_control_to_vehicle", car, [0.0, 0.0, 1.0, False, False, False, 0])
    assert ahead(ask, car) == pytest.approx((4.0, 0.0), abs=1e-4)
    ask("disable_actor_constant_velocity", car)
    ahead(ask, car)
    assert float(np.hypot(ask.record(car)["vx"], ask.record(car)["vy"])) < 0.1


def test_an_ackermann_control_reaches_its_speed_and_keeps_it(ask):
    car = ask.spawn(CAR, -150.0, 2.0)
    ask("apply_ackermann_control_to_vehicle", car, [0.0, 0.0, 7.0, 2.0, 0.0])
    ask.tick(20)
    assert float(ask.record(car)["vx"]) == pytest.approx(2.0, abs=0.1)  # within its acceleration
    ask.tick(80)
    assert float(ask.record(car)["vx"]) == pytest.approx(7.0, abs=0.05)


def test_somebody_on_foot_walks_where_told(ask):
    walker = ask.spawn("walker.pedestrian.0001", 30.0, 8.0)
    ask("apply_control_to_walker", walker, [[0.0, 1.0, 0.0], 1.4, False])
    ask.tick(60)
    before = ask.record(walker).copy()
    ask.tick(20)
    after = ask.record(walker)
    assert float(after["y"] - before["y"]) == pytest.approx(1.4, abs=0.01)
    assert float(after["x"]) == pytest.approx(30.0, abs=1e-3)
    assert float(after["yaw"]) == pytest.approx(90.0, abs=0.1)
    ask("apply_control_to_walker", walker, [[0.0, 0.0, 0.0], 0.0, False])
    ask.tick(60)
    assert float(ask.record(walker)["vy"]) == 0.0


def test_physics_that_a_vehicle_has_is_taken_and_other_is_refused_by_name(ask):
    car = ask.spawn(CAR)
    control = ask("get_physics_control", car)
    assert control[11] == pytest.approx(1093.2952, rel=1e-6)
    assert difference(control, control) == []
    control[16] = True
    ask("apply_physics_control", car, control)
    control[11], control[15][0][2] = 1500.0, 70.0
    with pytest.raises(Asked, match=r"mass to 1500.0, wheels to .* cannot be changed"):
        ask("apply_physics_control", car, control)


def test_a_telemetry_is_that_of_the_vehicle(ask):
    car = ask.spawn(CAR, 60.0, 2.0)
    ask("apply_control_to_vehicle", car, [0.6, 0.0, 0.0, False, False, False, 0])
    ask.tick(30)
    speed, steer, throttle, brake, rpm, gear, drag, wheels = ask("get_telemetry_data", car)
    assert speed == pytest.approx(float(np.hypot(ask.record(car)["vx"], ask.record(car)["vy"])), rel=1e-5)
    assert (steer, throttle, brake, gear) == (0.0, pytest.approx(0.6), 0.0, 1)
    assert rpm == pytest.approx(speed / 0.344 * 60.0 / math.tau)
    assert drag == pytest.approx(0.365 * speed * speed, rel=1e-5)
    mass = float(PARAMETERS[ActorKind.CAR, MASS_KG])
    columns = list(zip(*wheels, strict=True))
    assert columns[3] == pytest.approx([speed / 0.344] * 4, rel=1e-5)
    assert sum(columns[4]) == pytest.approx(mass * 9.81, rel=1e-5)
    assert columns[5][0] < 1.0 < columns[5][2]  # speeding up loads the rear
    assert sum(columns[7]) == pytest.approx(
        mass * float(np.hypot(ask.record(car)["ax"], ask.record(car)["ay"])), rel=1e-3
    )
    assert columns[8] == pytest.approx([0.0] * 4, abs=1e-3)


def test_wheels_of_a_turning_car_push_it_into_the_turn(ask):
    car = ask.spawn(CAR, 60.0, 2.0, -35.0)
    ask(
        "set_actor_target_velocity",
        car,
        [10.0 * math.cos(math.radians(-35.0)), 10.0 * math.sin(math.radians(-35.0)), 0.0],
    )
    ask("apply_control_to_vehicle", car, [0.3, 0.2, 0.0, False, False, False, 0])
    ask.tick(25)
    record = ask.record(car)
    mass = float(PARAMETERS[ActorKind.CAR, MASS_KG])
    yaw = math.radians(float(record["yaw"]))
    right = float(record["ay"]) * math.cos(yaw) - float(record["ax"]) * math.sin(yaw)
    wheels = ask("get_telemetry_data", car)[7]
    assert right > 2.0
    # Front wheels push across themselves; at this small angle that is across the car, too.
    assert sum(wheel[8] for wheel in wheels) == pytest.approx(mass * right, rel=0.05)


def test_lamps_are_kept_and_told_of_all(ask):
    cars = [ask.spawn(CAR, 60.0), ask.spawn(CAR, 80.0)]
    ask("set_vehicle_light_state", cars[1], [5])
    assert ask("apply_batch", [[[18, [cars[0], 3]]]], False) == [[[1, cars[0]]]]
    assert ask("get_vehicle_light_states") == [[cars[0], 3], [cars[1], 5]]
    assert ask("get_vehicle_light_state", cars[1]) == [5]


def test_who_is_no_vehicle_is_not_driven(ask):
    walker = ask.spawn("walker.pedestrian.0002", 30.0, 8.0)
    with pytest.raises(Asked, match=f"actor {walker} is a walker.pedestrian.0002, not a vehicle"):
        ask("apply_control_to_vehicle", walker, [0.0] * 3 + [False] * 3 + [0])
    with pytest.raises(Asked, match="there is no actor 9999"):
        ask("get_physics_control", 9999)
    with pytest.raises(Asked, match="which has no body"):
        ask("add_actor_impulse", ask.simulator.episode.spectator.number, [1.0, 0.0, 0.0])


def test_people_are_taken_out_of_collisions_by_name_alone(ask):
    walker, car = ask.spawn("walker.pedestrian.0002", 30.0, 8.0), ask.spawn(CAR, 60.0, 2.0)
    ask("set_actor_collisions", walker, False)
    ask("set_actor_collisions", car, True)
    with pytest.raises(Asked, match="cannot be kept from colliding"):
        ask("set_actor_collisions", car, False)


def test_lights_and_the_spectator_stay(ask):
    light = next(one.number for one in ask.simulator.episode.actors.values() if one.group >= 0)
    assert ask("destroy_actor", light) is False
    assert ask("destroy_actor", ask.simulator.episode.spectator.number) is False


def test_the_spectator_goes_where_it_is_put(ask):
    eye = ask("get_spectator")[0]
    ask("set_actor_transform", eye, [[1.0, 2.0, 30.0], [-60.0, 45.0, 0.0]])
    ask.tick()
    record = ask.record(eye)
    assert [float(record[name]) for name in ("x", "y", "z", "pitch", "yaw")] == [1.0, 2.0, 30.0, -60.0, 45.0]


def test_what_is_attached_goes_along_and_stays_when_its_parent_goes(ask):
    car = ask.spawn(CAR, 60.0, 2.0, 90.0)
    sensor = ask(
        "spawn_actor_with_parent", [1, "sensor.other.gnss", []], [[2.0, 0.0, 1.5], [0.0, 0.0, 0.0]], car, 0, ""
    )
    assert sensor[1] == car
    ask("apply_control_to_vehicle", car, [1.0, 0.0, 0.0, False, False, False, 0])
    ask.tick(40)
    body, mounted = ask.record(car).copy(), ask.record(sensor[0]).copy()
    assert float(mounted["y"] - body["y"]) == pytest.approx(2.0, abs=1e-4)
    assert float(mounted["z"]) == 1.5
    ask("set_actor_location", sensor[0], [float(body["x"]), float(body["y"]) + 1.0, 2.5])
    ask.tick()
    moved = ask.record(sensor[0])["y"] - ask.record(car)["y"]
    assert float(moved) == pytest.approx(1.0, abs=1e-3)
    ask(
        "set_actor_transform",
        sensor[0],
        [[float(value) for value in (mounted["x"], mounted["y"], mounted["z"])], [0.0, 90.0, 0.0]],
    )
    ask("destroy_actor", car)
    ask.tick()
    assert float(ask.record(sensor[0])["y"]) == pytest.approx(float(mounted["y"]), abs=1e-4)
    with pytest.raises(Asked, match="cannot be attached"):
        ask("spawn_actor_with_parent", [1, CAR, []], [[0.0] * 3, [0.0] * 3], sensor[0], 0, "")


def test_a_command_of_a_batch_that_cannot_be_read_stops_nobody(ask):
    cars = [ask.spawn(CAR, x, 2.0) for x in (60.0, 80.0)]
    odd, good = (
        [2, [car, [throttle, 0.0, 0.0, False, False, False, 0]]]
        for car, throttle in zip(cars, (math.nan, 0.7), strict=True)
    )
    first, second = ask("apply_batch", [[odd], [good]], True)
    assert first[0][1] == ["nan is no finite number."]
    assert second == [[1, cars[1]]]
    assert float(ask.record(cars[1])["throttle"]) == pytest.approx(0.7)
    assert ask.simulator.notes == ["apply_batch: nan is no finite number."]


def test_a_batch_spawns_then_commands_and_one_failure_stops_nobody(ask):
    at = [[60.0, 2.0, 0.5], [0.0, 0.0, 0.0]]
    drive = [[2, [0, [1.0, 0.0, 0.0, False, False, False, 0]]]]
    spawn = [[0, [[1, CAR, []], at, [False], 3435973836, "", [drive]]]]
    results = ask("apply_batch", [spawn, spawn, [[1, [424242]]], [[20, [1]]]], True)
    assert results[0][0][0] == 1
    assert results[1] == [[0, ["Spawn failed because of collision at spawn position"]]]
    assert results[2][0][0] == results[3][0][0] == 0
    car = results[0][0][1]
    assert ask.simulator.frame == 1
    ask.tick(20)
    assert float(ask.record(car)["vx"]) > 1.0
    moved = [
        [[6, [car, [[80.0, 2.0, 0.0], [0.0, 0.0, 0.0]]]]],
        [[8, [car, [0.0, 0.0, 0.0]]]],
        [[2, [car, [0.0, 0.0, 1.0, False, False, False, 0]]]],
    ]
    assert ask("apply_batch", moved, False) == [[[1, car]]] * 3
    ask.tick()
    assert float(ask.record(car)["x"]) == pytest.approx(80.0, abs=1e-3)


@pytest.mark.parametrize("delta", [0.033, 0.01, 1.05, -0.05])
def test_steps_that_the_world_cannot_take_are_refused(ask, delta):
    settings = [True, False, [True, delta], True, 0.01, 10, 0.0, True, 3000.0, 2000.0, True]
    with pytest.raises(Asked, match=r"steps by 0.05 s: give a multiple of it, at most 1"):
        ask("set_episode_settings", settings)
    assert ask("get_episode_settings")[2] == [False]


def test_a_step_of_a_tenth_is_two_ticks(ask):
    car = ask.spawn(CAR, 60.0, 2.0)
    ask("set_episode_settings", [True, False, [True, 0.1], True, 0.01, 10, 0.0, True, 3000.0, 2000.0, True])
    ask("apply_control_to_vehicle", car, [1.0, 0.0, 0.0, False, False, False, 0])
    ask.tick(10)
    other = Asking("crossing_lights")
    twin = other.spawn(CAR, 60.0, 2.0)
    other("apply_control_to_vehicle", twin, [1.0, 0.0, 0.0, False, False, False, 0])
    other.tick(20)
    assert float(ask.record(car)["x"]) == float(other.record(twin)["x"])
    assert ask.simulator.episode.elapsed_s == pytest.approx(1.0)


def test_loading_begins_anew_and_a_bad_name_leaves_the_world_as_it_was(ask):
    car, before = ask.spawn(CAR), ask.simulator.episode
    with pytest.raises(Asked, match="unknown map 'Town03'"):
        ask("load_new_episode", "Town03", True, 65535)
    assert ask.simulator.episode is before
    ask("load_new_episode", "", False, 65535)
    assert ask.simulator.episode.number == before.number + 1
    assert ask.simulator.settings.synchronous
    with pytest.raises(Asked, match=f"there is no actor {car}"):
        ask("get_telemetry_data", car)
    ask("load_new_episode", "/Game/Carla/Maps/crossing_bare", True, 65535)
    assert ask("get_map_info")[0] == "Carla/Maps/crossing_bare"
    assert not ask.simulator.settings.synchronous


def test_a_loaded_episode_is_told_of_with_the_next_step_and_the_one_before_until_then(ask):
    before = ask("get_episode_info")[0]
    ask("load_new_episode", "", False, 65535)
    ask("load_new_episode", "", False, 65535)
    assert ask.simulator.episode.number == before + 2
    assert ask("get_episode_info")[0] == before
    ask.tick()
    assert ask("get_episode_info")[0] == before + 2


def test_a_map_that_is_sent_is_read_and_one_that_is_none_is_refused(ask):
    with pytest.raises(Asked, match="no OpenDRIVE was sent"):
        ask("load_new_episode", "OpenDriveMap", True, 0)
    text = ask("get_map_data")
    with pytest.raises(Asked, match="OpenDRIVE"):
        ask("copy_opendrive_to_file", "<html/>", [])
    ask("copy_opendrive_to_file", text, [])
    ask("load_new_episode", "OpenDriveMap", True, 0)
    assert ask("get_map_info")[0] == "Carla/Maps/OpenDriveMap"
    assert ask("get_map_data") == text


def test_weather_comes_back_and_darkens_the_world(ask):
    night = [10.0, 80.0, 0.0, 5.0, 0.0, -30.0, 100.0, 0.0, 0.0, 50.0, 1.0, 0.0, 0.5, 0.0]
    ask("set_weather_parameters", night)
    assert ask("get_weather_parameters") == night
    assert ask.simulator.episode.world.state.weather[0].tolist() == pytest.approx([1.0, 50.0, 1.0, 0.8])


def test_a_ray_down_meets_the_road(ask):
    assert ask("project_point", [60.0, 2.0, 5.0], [0.0, 0.0, -1.0], 10.0) == [True, [[60.0, 2.0, 0.0], 1]]
    assert ask("project_point", [60.0, 2.0, 5.0], [0.0, 0.0, -1.0], 4.0) == [False]
    assert ask("project_point", [60.0, 2.0, 5.0], [0.0, 0.0, 1.0], 10.0) == [False]


def test_traffic_managers_are_told_of_each_other(ask):
    assert ask("is_traffic_manager_running", 8000) is False
    assert ask("add_traffic_manager_running", ["127.0.0.1", 8000]) is True
    assert ask("add_traffic_manager_running", ["127.0.0.1", 8000]) is False
    assert ask("get_traffic_manager_running", 8000) == ["127.0.0.1", 8000]
    assert ask("destroy_traffic_manager", 8000) is True
    assert ask("is_traffic_manager_running", 8000) is False


def test_slots_are_used_again_and_hold_nothing_of_before(ask):
    car = ask.spawn(CAR, 60.0, 2.0)
    ask("apply_control_to_vehicle", car, [1.0, 0.5, 0.0, False, False, False, 0])
    ask.tick(10)
    ask("destroy_actor", car)
    other = ask.spawn(CAR, 90.0, 2.0)
    ask.tick(5)
    state = ask.simulator.episode.world.state
    assert state.body[0, 0, [X, Y, YAW, SPEED]].tolist() == [90.0, -2.0, 0.0, 0.0]
    assert float(ask.record(other)["throttle"]) == 0.0
