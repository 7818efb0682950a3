"""What a car perceives, held against the worlds that it looks at: places, lights, signs, where it is; with the shipped networks."""

from __future__ import annotations

import math

import numpy as np
import pytest

from perception.detection.detector import Predictor
from perception.surroundings import signals
from perception.surroundings.believed_world import BelievedWorld
from perception.surroundings.navigation import begin, move
from perception.surroundings.options import SurroundingsOptions
from perception.surroundings.others import TRACKING, follow, nobody
from perception.surroundings.perceiver import Perceiver
from perception.surroundings.road_users import Lookout, middles
from perception.surroundings.signals import NOTHING, Reading, believe, faces_of
from sim_suite.driving.dynamics.vehicles import LENGTH_M, PARAMETERS, WHEELBASE_M, WIDTH_M
from sim_suite.driving.roads.graph.kinds import SignalKind
from sim_suite.driving.sensors.camera.camera import Camera
from sim_suite.driving.sensors.camera.camera_spec import CameraSpec
from sim_suite.driving.sensors.camera.rig import rig
from sim_suite.driving.sensors.raster.intensity import RED_VALUE, STOP_SIGN_VALUE, VEHICLE_VALUE
from sim_suite.driving.sensors.raster.raster import Rasteriser
from sim_suite.driving.sensors.raster.raster_spec import preset
from sim_suite.driving.sensors.solids.semantics import Tag
from sim_suite.driving.storyboard.finding import load_scenario
from sim_suite.driving.storyboard.variations import draw
from sim_suite.driving.world import layout as col
from sim_suite.driving.world.kinds import CAR, GREEN, PEDESTRIAN, RED
from sim_suite.envs.driving.sensing import LANE, NAVIGATION, Sensing, route_of
from sim_suite.envs.scenarios.stage import Stage, columns, stage_options
from sim_suite.errors import SuiteError, UnknownNameError

SPEC = preset("small")
RIG = rig("car")


def plane(raster, name):
    return raster[SPEC.channels.index(name)]


@pytest.fixture(scope="module")
def perceiver():
    return Perceiver(SurroundingsOptions(), SPEC)


def stage_of(name):
    scenario = load_scenario(name)
    stage = Stage(scenario, 1, stage_options(scenario, observation="sensors"))
    stage.begin(columns([draw(scenario, 0, [0])[0].values]), traced=False)
    return stage


def put_before(stage, kind, away_m):
    """The ego so far before the signal of a kind that faces it."""
    state, faces = stage.fleet.state, faces_of(stage.fleet.map)
    body = state.body[0, 0]
    here = np.array([math.cos(body[col.YAW]), math.sin(body[col.YAW])])
    graph = stage.fleet.map.graph.signals
    facing = (np.cos(faces.heading - body[col.YAW]) > 0.9) & (graph.kind[faces.signal] == kind)
    face = int(np.flatnonzero(facing)[0])
    along = float((faces.centre[face, :2] - body[[col.X, col.Y]]) @ here)
    body[[col.X, col.Y]] += (along - away_m) * here
    return faces, face


def looks(perceiver, stage, count=3):
    """Let it look from where the ego stands."""
    state, sensing = stage.fleet.state, Sensing("unused", stage.fleet.map, 1, stage.options)
    sensing.begin(state)
    memory = look = None
    for number in range(count):
        seen = sensing.observation(state, 0) | {"map": stage.fleet.name}
        memory = perceiver.begin(seen) if memory is None else perceiver.move(memory, seen)
        memory, look = perceiver.look(memory, seen)
        if number + 1 < count:
            for _ in range(2):
                sensing.before_step(state)
                state.world[0, col.TICK] += 2
                sensing.after_step(state)
                if state.world[0, col.TICK] % 4:
                    memory = perceiver.move(memory, sensing.observation(state, 0) | {"map": stage.fleet.name})
    return memory, look


def test_a_car_ahead_is_a_box_where_it_is(perceiver):
    stage = stage_of("sim_suite/studies/chauffeurnet/scenes/slow_car.py")
    state = stage.fleet.state
    state.body[0, 1, col.X] = state.body[0, 0, col.X] + 20.0
    state.body[0, 1, col.Y] = state.body[0, 0, col.Y]
    _, look = looks(perceiver, stage)
    assert len(look.scene.boxes) == 1
    row, column, heading, length, width = look.scene.boxes[0].tolist()
    ahead, left = (96 - row) * 0.5, (64 - column) * 0.5
    assert ahead == pytest.approx(20.0, abs=1.5)  # a pixel of the foot is 1.5 m there
    assert left == pytest.approx(0.0, abs=0.4)
    assert abs(math.sin(heading)) < 0.05
    assert (length, width) == pytest.approx((4.508, 1.61), abs=0.4)
    shown = plane(look.scene.as_bytes(), "actors_0")
    rows, cols = np.nonzero(shown)
    assert set(np.unique(shown)) == {0, VEHICLE_VALUE}
    assert rows.mean() + 0.5 == pytest.approx(row, abs=0.6)
    assert cols.mean() + 0.5 == pytest.approx(column, abs=0.6)


@pytest.mark.parametrize(("light", "value"), [(RED, RED_VALUE), (GREEN, 85)])
def test_a_light_in_view_fills_the_channel_of_its_lanes(perceiver, light, value):
    stage = stage_of("red_light")
    faces, face = put_before(stage, SignalKind.LIGHT, 25.0)
    stage.fleet.state.lights[0] = -1
    stage.fleet.state.lights[0, faces.group[face]] = light
    _, look = looks(perceiver, stage, 1)
    assert look.lights == {int(faces.group[face]): light}
    shown = plane(look.scene.as_bytes(), "lights_0")
    truth = stage.fleet.state
    truth.lights[:] = 0  # the others are not in view, so they show nothing
    truth.lights[0, faces.group[face]] = light
    now = np.empty((1, 1, 1, *SPEC.size), np.uint8)
    only = SPEC.__class__(("lights_0",), SPEC.size, SPEC.metres_per_pixel, SPEC.ego_row_col)
    Rasteriser(stage.fleet.map, only).draw(truth, now)
    assert (now == value).sum() > 20
    assert set(np.unique(shown)) == {0, value}
    # The place where the car believes to be is off by centimetres and its heading by a degree or two.
    wide = np.zeros_like(shown, dtype=bool)
    for down in (-2, -1, 0, 1, 2):
        for right in (-2, -1, 0, 1, 2):
            wide |= np.roll(now[0, 0, 0] > 0, (down, right), (0, 1))
    assert ((shown > 0) & wide).sum() > 0.9 * (shown > 0).sum()


def test_a_stop_sign_is_drawn_once_it_is_named_twice(perceiver):
    stage = stage_of("stop_sign")
    faces, face = put_before(stage, SignalKind.STOP, 25.0)
    _, first = looks(perceiver, stage, 1)
    assert not (plane(first.scene.as_bytes(), "crosswalks_stops") == STOP_SIGN_VALUE).any()
    _, then = looks(perceiver, stage, 2)
    assert then.signs == {int(faces.signal[face]): SignalKind.STOP}
    shown = plane(then.scene.as_bytes(), "crosswalks_stops") == STOP_SIGN_VALUE
    assert shown.sum() > 20
    rows, cols = np.nonzero(shown)
    assert rows.max() < 96 - 20 / 0.5  # all of it lies at the line or beyond
    assert abs(cols.mean() - 64) < 8


def test_lights_and_signs_are_looked_for_where_they_are():
    for name, kind, tag in (
        ("red_light", SignalKind.LIGHT, Tag.TRAFFIC_LIGHT),
        ("stop_sign", SignalKind.STOP, Tag.TRAFFIC_SIGN),
    ):
        stage = stage_of(name)
        faces, face = put_before(stage, kind, 30.0)
        spec = CameraSpec(size=(256, 256), fov_deg=28.0, outputs=("semantic",))
        pictures = Camera(stage.fleet.map, spec)
        seen = pictures.new_pictures(1)
        pictures.draw(stage.fleet.state, seen)
        body = stage.fleet.state.body[0, 0].astype(np.float64)
        reader = object.__new__(signals.SignalReader)
        reader._rig = {"far": spec}
        view = reader._view(faces, face, body[[col.X, col.Y, col.YAW]])
        assert view is not None
        _, _, (row, column), height = view
        rows, cols = np.nonzero(seen.semantic[0, 0] == tag)
        near = np.abs(cols - column) < height
        assert near.sum() > 20
        assert rows[near].mean() + 0.5 == pytest.approx(row, abs=1.0)
        assert cols[near].mean() + 0.5 == pytest.approx(column, abs=1.0)


def test_without_a_map_the_road_is_where_it_is_seen():
    stage = stage_of("sim_suite/studies/chauffeurnet/scenes/straight.py")
    seeing = Perceiver(SurroundingsOptions(road="camera"), SPEC)
    _, look = looks(seeing, stage, 1)
    now = SPEC.__class__(("road",), SPEC.size, SPEC.metres_per_pixel, SPEC.ego_row_col)
    truth = np.empty((1, 1, 1, *SPEC.size), np.uint8)
    Rasteriser(stage.fleet.map, now).draw(stage.fleet.state, truth)
    seen, true = plane(look.scene.as_bytes(), "road") == 255, truth[0, 0, 0] == 255
    near = slice(96 - 30, 96 - 8)  # 4 to 15 m ahead
    assert (seen & true)[near].sum() > 0.6 * (seen | true)[near].sum()  # pavement close by is taken for road, too
    assert not plane(look.scene.as_bytes(), "road")[100:].any()  # nobody looks back
    assert look.labels is not None
    assert look.labels.shape == (3, 128, 128)


def test_equal_worlds_are_perceived_equally_to_the_last_bit(perceiver):
    first, second = (looks(perceiver, stage_of("stop_sign"), 2)[1] for _ in range(2))
    assert first.scene.raster.tobytes() == second.scene.raster.tobytes()


class Says(Predictor):
    """A detector that says what it is told, whatever it is shown."""

    size, classes = (128, 128), ("car", "pedestrian", "traffic light")

    def __init__(self, *rows):
        self._rows = rows

    def predict(self, pictures):
        said = np.zeros((len(pictures), 2, 8), np.float32)
        for picture, n, centre, sides, kind in self._rows:
            said[picture, n, :4], said[picture, n, 4], said[picture, n, 5 + kind] = (
                (*centre, *sides),
                1.0,
                0.9 + 0.05 * n,
            )
        return said


def pictures():
    return {name: np.zeros((len(one.mounts), *one.size, 3), np.uint8) for name, one in RIG.items()}


def test_the_foot_of_a_box_is_its_distance():
    focal = 64 / math.tan(math.radians(30))
    below = 1.6 * focal / 10.0  # rows below the horizon, 10 m before a camera 1.6 m above the ground
    found = Lookout(Says((0, 0, (64.0, 64.0 + below - 5), (12.0, 10.0), 0)), RIG, 0.5, 60.0).find(pictures())
    assert found.foot[0] == pytest.approx([10.5, 0.0], abs=1e-3)
    assert found.kind.tolist() == [CAR]


@pytest.mark.parametrize(
    ("ahead", "left", "heading"), [(15.0, 0.0, 0.0), (12.0, -2.5, 0.0), (18.0, 3.0, 1.2), (25.0, 0.5, math.pi / 2)]
)
def test_a_road_user_stands_where_it_fills_its_box(ahead, left, heading):
    """A box that is made of a car's corners by hand gives back where the car stands."""
    focal, (length, width, base) = (
        64 / math.tan(math.radians(30)),
        PARAMETERS[CAR, [LENGTH_M, WIDTH_M, WHEELBASE_M]].tolist(),
    )
    cos, sin = math.cos(heading), math.sin(heading)

    def corners(along):
        return [
            (ahead + a * cos - b * sin - 0.5, left + a * sin + b * cos)
            for a in (along / 2, -along / 2)
            for b in (width / 2, -width / 2)
        ]

    columns = [64 - focal * y / x for x, y in corners(length)]
    lower = max(64 + focal * 1.6 / x for x, _ in corners(base))
    centre, sides = ((min(columns) + max(columns)) / 2, lower - 5.0), (max(columns) - min(columns), 10.0)
    found = Lookout(Says((0, 0, centre, sides, 0)), RIG, 0.5, 60.0).find(pictures())
    assert middles(found, RIG, np.array([heading]))[0] == pytest.approx([ahead, left], abs=0.02)


def test_two_boxes_of_one_road_user_are_one_and_lights_are_none():
    focal = 64 / math.tan(math.radians(30))
    below = 64.0 + 1.6 * focal / 10.0
    rows = (
        (0, 0, (64.0, below - 5), (12.0, 10.0), 0),
        (0, 1, (65.0, below - 10), (5.0, 20.0), 1),
        (1, 0, (20.0, 30.0), (6.0, 12.0), 2),
    )
    found = Lookout(Says(*rows), RIG, 0.5, 60.0).find(pictures())
    assert found.kind.tolist() == [PEDESTRIAN]  # the surer of the two
    assert len(Lookout(Says(*rows), RIG, 0.5, 5.0).find(pictures()).kind) == 0  # out of range


def test_a_detector_that_knows_no_road_user_is_refused():
    with pytest.raises(SuiteError, match="must know some of car"):
        Lookout(type("Blind", (Says,), {"classes": ("a", "b", "c")})(), RIG, 0.5, 60.0)


def test_who_moves_heads_where_it_goes_and_is_remembered_for_a_while():
    known = nobody()
    for step in range(6):
        place = np.array([[2.0 * step, 1.0]])
        known = follow(known, place, np.array([CAR]), np.array([0.9], np.float32), np.array([1.5]), 0.2, keep=4)
        assert len(known.told) == (step >= TRACKING.confirm - 1)
    one = known.told[0]
    assert abs(one.poses[0][2]) < 0.1  # eastwards, whatever the lane says
    assert len(one.poses) == 4
    assert one.poses[0][0] == pytest.approx(10.0, abs=0.5)
    none = np.zeros((0, 2)), np.zeros(0, np.int64), np.zeros(0, np.float32), np.zeros(0)
    for _ in range(TRACKING.coast):
        known = follow(known, *none, 0.2, keep=4)
        assert len(known.told) == 1
    assert len(follow(known, *none, 0.2, keep=4).told) == 0


def test_where_the_car_believes_to_be_follows_its_readings():
    stage = stage_of("sim_suite/studies/chauffeurnet/scenes/curve.py")
    sensing, state = Sensing("unused", stage.fleet.map, 1, stage.options), stage.fleet.state
    sensing.begin(state)
    ego, off = begin(sensing.observation(state, 0)["navigation"]), []
    for step in range(40):
        stage.fleet.actions[0] = (0.2 * math.sin(0.3 * step), 0.2)
        sensing.before_step(state)
        stage.step()
        sensing.after_step(state)
        ego = move(ego, sensing.observation(state, 0)["navigation"])
        body = state.body[0, 0].astype(np.float64)
        off.append(np.abs(ego.pose - body[[col.X, col.Y, col.YAW]]))
    assert np.max(off[5:], axis=0) == pytest.approx([0.0, 0.0, 0.0], abs=0.08)
    assert ego.speed_mps == pytest.approx(float(body[col.SPEED]), abs=0.3)


def test_a_belief_that_is_the_truth_is_drawn_as_the_truth_is():
    """The believed raster of the true pose, actors and lights equals the true one, pixel for pixel."""
    stage = stage_of("red_light")
    state, known = stage.fleet.state, stage.fleet.map
    body = state.body[0, 0].astype(np.float64)
    pose = tuple(body[[col.X, col.Y, col.YAW]].tolist())
    reading = np.array([0.0, 0.0, pose[0], pose[1], 0.02, pose[2], 0.007, float(body[col.SPEED]), 0.0, 0.0])
    ego = begin(reading)
    state.lights[:] = RED
    signs = {
        int(s): SignalKind(int(known.graph.signals.kind[s]))
        for s in faces_of(known).signal
        if known.graph.signals.kind[s] != 1
    }
    now = ("road", "marks", "crosswalks_stops", "lights_0", "speed_limit", "route", "ego", "actors_0")
    spec = SPEC.__class__(now, SPEC.size, SPEC.metres_per_pixel, SPEC.ego_row_col)
    lights = dict.fromkeys(range(state.lights.shape[1]), RED)
    drawn = BelievedWorld(known, spec).draw(ego, (pose,), route_of(state, 0), 0.0, [], lights, signs)
    truth = np.empty((1, 1, *spec.shape), np.uint8)
    Rasteriser(known, spec).draw(state, truth)
    assert np.array_equal(drawn, truth[0, 0])


def test_the_place_along_a_route_never_falls():
    stage = stage_of("sim_suite/studies/chauffeurnet/scenes/straight.py")
    world, route = BelievedWorld(stage.fleet.map, SPEC), route_of(stage.fleet.state, 0)
    start = stage.fleet.state.body[0, 0, [col.X, col.Y]].astype(np.float64)
    assert world.along(route, start + np.array([20.0, 0.0]), 0.0) == pytest.approx(20.0, abs=1.0)
    assert world.along(route, start + np.array([10.0, 0.0]), 20.0) == 20.0
    none = np.full_like(route, -1.0)
    assert world.along(none, start, 3.0) == 3.0
    assert (none[:, LANE] < 0).all()


def test_the_latest_light_counts_and_the_more_frequent_sign():
    faces = signals.Faces(np.zeros((2, 3)), np.ones(2), np.zeros(2), np.array([7, 8]), np.array([0, -1]))

    def said(face, name, chance=0.9):
        return Reading(face, ("far", 0), (0.0, 0.0), 10.0, name, chance)

    pose = np.zeros(3)
    known = believe(NOTHING, faces, [said(0, "light_red", 0.7), said(0, "light_green", 0.9), said(1, "stop")], pose)
    assert known.lights == {0: GREEN}  # the surer of two heads
    assert known.known_signs(2) == {}
    known = believe(known, faces, [said(0, "", 0.1), said(1, "stop")], pose)
    assert known.lights == {0: GREEN}  # who is not sure changes nothing
    assert known.known_signs(2) == {8: SignalKind.STOP}
    known = believe(known, faces, [said(1, "give_way")], pose)
    assert known.known_signs(2) == {}
    assert believe(known, faces, [], np.array([100.0, 0.0, 0.0])).lights == {}  # far behind


def test_other_options_are_refused(perceiver):
    for wrong in ({"confidence": 1.5}, {"range_m": 1.0}, {"sign_looks": 0}, {"named": -1.0}):
        with pytest.raises(SuiteError):
            SurroundingsOptions(**wrong)
    with pytest.raises(UnknownNameError, match="'camera'"):
        SurroundingsOptions(road="camra")
    with pytest.raises(SuiteError, match="observes around of"):
        perceiver.begin({"navigation": np.zeros(NAVIGATION)})
    still = np.array([0.0, 0.0, 0.0, 0.0, 0.02, 0.0, 0.007, 0.0, 0.0, 0.0])
    seen = pictures() | {"navigation": still, "route": -np.ones((1, 3)), "map": "crossroads"}
    memory, _ = perceiver.look(perceiver.begin(seen), seen)
    with pytest.raises(SuiteError, match="not after 2"):
        perceiver.look(memory, seen | {"navigation": np.array([0.0, 2.0, *still[2:]])})
