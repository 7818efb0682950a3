"""Cameras by hand, against rays cast one by one at everything, and against the map's textures."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim_suite.compiling.sharing import at_most
from sim_suite.driving.roads.baking.layout import MARK, ROAD, SIDEWALK, STOP_LINE
from sim_suite.driving.roads.baking.lookup import lookup
from sim_suite.driving.roads.graph.kinds import SignalKind
from sim_suite.driving.sensors.camera.camera import Camera, Pictures
from sim_suite.driving.sensors.camera.camera_spec import OUTPUTS, SKY_DEPTH_M, CameraSpec, Mount
from sim_suite.driving.sensors.camera.styles import STYLES, Style
from sim_suite.driving.sensors.camera.visible_boxes import find_boxes
from sim_suite.driving.sensors.solids.actor_solids import MOST_PARTS, fill_solids
from sim_suite.driving.sensors.solids.scenery import build_scenery
from sim_suite.driving.sensors.solids.semantics import Tag
from sim_suite.driving.sensors.solids.solid_grid import first_of_rows, sort_solids
from sim_suite.driving.sensors.solids.solids import FIRST_THING, INSTANCE, SOLID, TAG, new_solids
from sim_suite.driving.world import layout
from sim_suite.driving.world.kinds import CAR, GREEN, NO_CONTROL, OBSTACLE, PEDESTRIAN, RED
from sim_suite.driving.world.layout import State, new_state
from sim_suite.errors import SuiteError
from tests.driving.sensors.scenes import place, prepared, scene

MAP = "crossroads"
NOTHING = sort_solids(np.zeros((0, SOLID), np.float32))
TILTED = Mount(0.4, 0.1, 1.5, roll_deg=3.0, pitch_deg=4.0, yaw_deg=-8.0)


def by_hand(*others: tuple[int, float, float, float], ego: tuple[float, float, float] = (0.0, 0.0, 0.0)) -> State:
    """One world far off any road with an ego, and others (kind, x, y, yaw) relative to the plane's origin."""
    state = new_state(1, 1 + len(others), 1, len(prepared(MAP).ground.terrain.programme), max_legs=1)
    state.world[:, layout.NUM_ACTORS] = 1 + len(others)
    place(state, 0, 0, CAR, *ego)
    for number, (kind, x, y, yaw) in enumerate(others):
        place(state, 0, 1 + number, kind, x, y, yaw)
    return state


def drawn(state: State, spec: CameraSpec, *, bare: bool = True, **options: object) -> Pictures:
    camera = Camera(prepared(MAP), spec, scenery=NOTHING if bare else None)
    pictures = camera.new_pictures(state.num_worlds)
    camera.draw(state, pictures, **options)  # type: ignore[arg-type]
    return pictures


def to_camera(spec: CameraSpec, number: int, body: np.ndarray, points: np.ndarray) -> np.ndarray:
    """[N, 3] right, down, ahead of points [N, 3] of the world, from a mount on an actor; in float64."""
    mount = spec.mounts[number]
    yaw = float(body[layout.YAW])
    turn = np.array([[math.cos(yaw), -math.sin(yaw), 0.0], [math.sin(yaw), math.cos(yaw), 0.0], [0.0, 0.0, 1.0]])
    centre = turn @ [mount.x_m, mount.y_m, mount.z_m] + [float(body[layout.X]), float(body[layout.Y]), 0.0]
    ahead, left, up = (turn @ mount.rotation()).T
    return (points - centre) @ np.stack([-left, -up, ahead]).T


def rays(spec: CameraSpec, number: int, body: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """([3] place of the camera, [H, W', 3] directions whose part along the axis is 1)."""
    rows, cols = spec.size
    basis = to_camera(spec, number, body, np.concatenate([np.zeros((1, 3)), np.eye(3)]))
    axes = (basis[1:] - basis[0]).T  # rows: right, down, ahead, in the world
    v, u = np.meshgrid(np.arange(rows) + 0.5 - 0.5 * rows, np.arange(cols) + 0.5 - 0.5 * cols, indexing="ij")
    way = np.stack([u / spec.focal_pixels, v / spec.focal_pixels, np.ones_like(u)], axis=-1) @ axes
    return -(axes.T @ basis[0]), way


def test_a_wall_has_the_same_depth_everywhere() -> None:
    state = by_hand((OBSTACLE, 20.0, 0.0, 0.0))
    state.body[0, 1, [layout.LENGTH, layout.WIDTH]] = 2.0, 60.0
    spec = CameraSpec(size=(64, 96), mounts=(Mount(0.5, 0.0, 0.5),), outputs=("depth", "instance"))
    pictures = drawn(state, spec)
    wall = pictures.instance[0, 0] == 2
    assert wall.sum() == 96 * 2
    np.testing.assert_allclose(pictures.depth[0, 0][wall], 20.0 - 1.0 - 0.5, rtol=1e-6)
    assert (pictures.depth[0, 0][0] == SKY_DEPTH_M).all()


def test_a_box_covers_what_its_corners_project_to() -> None:
    state = by_hand((OBSTACLE, 14.0, 1.5, 0.7))
    state.body[0, 1, [layout.LENGTH, layout.WIDTH]] = 3.0, 1.6
    for mount in (Mount(0.5, 0.0, 1.6), TILTED):
        spec = CameraSpec(size=(300, 400), fov_deg=70.0, mounts=(mount,), outputs=("instance",))
        cos, sin = math.cos(0.7), math.sin(0.7)
        corners = np.array([
            (14.0 + a * cos - b * sin, 1.5 + a * sin + b * cos, z)
            for a in (-1.5, 1.5) for b in (-0.8, 0.8) for z in (0.0, 1.0)
        ])  # fmt: skip
        seen = to_camera(spec, 0, state.body[0, 0], corners) @ spec.intrinsic().T
        u, v = seen[:, 0] / seen[:, 2], seen[:, 1] / seen[:, 2]
        rows, cols = np.nonzero(drawn(state, spec).instance[0, 0] == 2)
        # A pixel is covered where its centre is.
        assert (cols.min(), cols.max()) == (math.ceil(u.min() - 0.5), math.floor(u.max() - 0.5))
        assert (rows.min(), rows.max()) == (math.ceil(v.min() - 0.5), math.floor(v.max() - 0.5))


def test_depth_instance_and_class_are_those_of_the_first_thing_that_a_ray_meets() -> None:
    driving_map = prepared("village")
    state = scene(driving_map, 4, actors=12)
    grid = build_scenery(driving_map)
    spec = CameraSpec(size=(24, 40), fov_deg=100.0, mounts=(Mount(), TILTED), outputs=OUTPUTS)
    camera = Camera(driving_map, spec, scenery=grid)
    pictures = camera.new_pictures(4)
    camera.draw(state, pictures)
    moving, counts = new_solids(4, 12 * MOST_PARTS)
    fill_solids(state, moving, counts)
    compared = 0
    for w in range(4):
        for number in range(2):
            place_, way = rays(spec, number, state.body[w, 0])
            solids = np.concatenate([grid.solid, moving[w, : counts[w]]])
            solids = solids[solids[:, INSTANCE] != 1]
            for row, col in np.ndindex(*spec.size):
                ray = tuple(map(np.float32, (*place_, *way[row, col])))
                t, k = first_of_rows(solids, len(solids), *ray, np.float32(SKY_DEPTH_M))  # type: ignore[call-arg]
                ground = -place_[2] / way[row, col, 2] if way[row, col, 2] < 0.0 else math.inf
                expected = min(float(t) if k >= 0 else math.inf, ground, SKY_DEPTH_M)
                got = float(pictures.depth[w, number, row, col])
                if abs(got - expected) > 2e-4 * expected:
                    continue  # an edge passes within rounding of the pixel's centre
                compared += 1
                instance, tag = pictures.instance[w, number, row, col], pictures.semantic[w, number, row, col]
                if k >= 0 and t < ground:
                    assert (tag, instance) == (solids[k, TAG], solids[k, INSTANCE])
                else:
                    assert instance == 0
                    assert (tag == Tag.SKY) == (expected == SKY_DEPTH_M)
    assert compared >= 0.995 * 4 * 2 * 24 * 40


def test_the_ground_has_the_classes_of_the_textures() -> None:
    driving_map = prepared(MAP)
    state = scene(driving_map, 6, actors=1)
    spec = CameraSpec(size=(48, 64), outputs=("semantic",))
    camera = Camera(driving_map, spec, scenery=NOTHING)
    pictures = camera.new_pictures(6)
    camera.draw(state, pictures)
    seen: set[int] = set()
    for w in range(6):
        place_, way = rays(spec, 0, state.body[w, 0])
        below = way[..., 2] < -0.02
        t = -place_[2] / way[..., 2][below]
        x, y = place_[0] + t * way[..., 0][below], place_[1] + t * way[..., 1][below]
        mask, sets = lookup(driving_map.ground.textures, x, y)
        around = [lookup(driving_map.ground.textures, x + dx, y + dy) for dx in (-1e-3, 1e-3) for dy in (-1e-3, 1e-3)]
        sure = np.logical_and.reduce([(bits == mask) & (lanes == sets) for bits, lanes in around])
        tags = pictures.semantic[w, 0][below]
        painted = mask & (MARK | STOP_LINE) > 0
        for where, expected in (
            (painted, {Tag.ROAD_LINE}),
            (~painted & (mask & ROAD > 0), {Tag.ROAD, Tag.ROAD_LINE}),  # crosswalks have stripes
            (~painted & (mask & ROAD == 0) & (mask & SIDEWALK > 0), {Tag.SIDEWALK}),
            ((mask == 0) & (sets == 0), {Tag.TERRAIN, Tag.ROAD}),  # small holes between lanes are road
        ):
            found = set(np.unique(tags[where & sure]).tolist())
            assert found <= {int(tag) for tag in expected}
            seen |= found
    assert seen >= {Tag.ROAD, Tag.ROAD_LINE, Tag.TERRAIN}


def test_a_world_of_a_batch_is_drawn_as_alone_by_one_thread_and_by_two() -> None:
    driving_map = prepared(MAP)
    state = scene(driving_map, 5, actors=10)
    spec = CameraSpec(size=(96, 64), mounts=(Mount(), Mount(-2.0, yaw_deg=180.0)), outputs=OUTPUTS)
    styles = [STYLES["noon"], STYLES["rainy_night"]]
    chosen = np.array([0, 1, 1, 0, 1], np.int32)
    slots = np.array([0, 3, 0, 1, 2], np.int32)
    camera = Camera(driving_map, spec, styles=styles)
    batch, alone = camera.new_pictures(5), camera.new_pictures(1)
    with at_most(1):
        camera.draw(state, batch, actors=slots, styles=chosen)
    for w in range(5):
        one = np.array([w], np.int32)
        with at_most(2):
            camera.draw(state, alone, which=one, actors=slots[one], styles=chosen[one])
        for together, single in zip(batch, alone, strict=True):
            assert together[w].tobytes() == single[0].tobytes()
    again = Camera(driving_map, spec, styles=styles)
    repeated = again.new_pictures(5)
    again.draw(state, repeated, actors=slots, styles=chosen)
    assert repeated.rgb.tobytes() == batch.rgb.tobytes()
    state.world[:, layout.TICK] += 1
    again.draw(state, repeated, actors=slots, styles=chosen)
    assert repeated.rgb.tobytes() != batch.rgb.tobytes()  # the sensor's noise is another
    assert repeated.depth.tobytes() == batch.depth.tobytes()


def test_boxes_hold_the_visible_pixels_and_know_what_is_hidden() -> None:
    driving_map = prepared(MAP)
    state = scene(driving_map, 6, actors=14)
    spec = CameraSpec(size=(90, 120), outputs=("instance", "semantic"), mounts=(Mount(), Mount(yaw_deg=180.0)))
    camera = Camera(driving_map, spec)
    pictures = camera.new_pictures(6)
    camera.draw(state, pictures)
    boxes = find_boxes(camera, state, pictures.instance)
    lone = Camera(driving_map, spec, scenery=NOTHING, ground=camera.ground)
    alone, hidden, expected = lone.new_pictures(6), 0, 0
    controls = state.mind[:, :, layout.CONTROL].copy()
    for slot in range(1, 14):
        state.mind[:, 1:, layout.CONTROL] = NO_CONTROL
        state.mind[:, slot, layout.CONTROL] = controls[:, slot]
        lone.draw(state, alone)
        for w in range(6):
            for mount in range(2):
                rows, cols = np.nonzero(pictures.instance[w, mount] == slot + 1)
                at = (boxes.picture == w) & (boxes.mount == mount) & (boxes.instance == slot + 1)
                if not len(rows) or state.mind[w, slot, layout.KIND] == OBSTACLE:
                    assert not at.any()
                    continue
                (k,) = np.flatnonzero(at)
                box = boxes.x0[k], boxes.y0[k], boxes.x1[k], boxes.y1[k]
                assert box == (cols.min(), rows.min(), cols.max() + 1, rows.max() + 1)
                assert boxes.pixels[k] == len(rows)
                whole = (alone.instance[w, mount] == slot + 1).sum()
                assert boxes.visible[k] == pytest.approx(len(rows) / whole)
                assert boxes.tag[k] in pictures.semantic[w, mount][rows, cols] or boxes.tag[k] == Tag.BICYCLE
                expected += 1
                hidden += boxes.visible[k] < 1.0
    assert len(boxes.tag) == expected > 20
    assert hidden > 3
    state.mind[:, :, layout.CONTROL] = controls
    assert len(find_boxes(camera, state, pictures.instance, least_pixels=50).tag) == (boxes.pixels >= 50).sum()


def test_a_camera_may_look_back_and_see_its_own_vehicle() -> None:
    state = by_hand((PEDESTRIAN, -10.0, 0.0, 0.0))
    back = CameraSpec(mounts=(Mount(yaw_deg=180.0), Mount()), outputs=("instance",))
    seen = drawn(state, back).instance[0]
    assert (seen[0] == 2).any()
    assert not (seen[1] == 2).any()
    middle = np.nonzero(seen[0] == 2)[1].mean()
    assert middle == pytest.approx(63.5, abs=1.0)
    for own in (False, True):
        chase = CameraSpec(mounts=(Mount(-7.0, 0.0, 2.5, pitch_deg=10.0),), outputs=("instance",), own_vehicle=own)
        assert (drawn(state, chase).instance == 1).any() == own


def test_what_is_left_of_the_camera_is_left_in_the_picture() -> None:
    seen = drawn(by_hand((PEDESTRIAN, 10.0, 3.0, 0.0)), CameraSpec(outputs=("instance",))).instance[0, 0]
    assert np.nonzero(seen == 2)[1].max() < 64


def test_lights_show_their_colour() -> None:
    driving_map = prepared("crossing_lights")
    signals = driving_map.graph.signals
    light = int(np.flatnonzero(signals.kind == SignalKind.LIGHT)[0])
    heading = float(signals.heading[light])
    state = new_state(1, 1, 1, len(driving_map.ground.terrain.programme), max_legs=1)
    state.world[:, layout.NUM_ACTORS] = 1
    place(
        state,
        0,
        0,
        CAR,
        float(signals.x[light] - 8.0 * math.cos(heading)),
        float(signals.y[light] - 8.0 * math.sin(heading)),
        heading,
    )
    spec = CameraSpec(size=(200, 200), outputs=("rgb", "semantic"))
    camera = Camera(driving_map, spec, styles=[Style(noise=0.0)])
    pictures, brightest = camera.new_pictures(1), {}
    for shown in (RED, GREEN):
        state.lights[0] = shown
        camera.draw(state, pictures)
        head = pictures.rgb[0, 0][pictures.semantic[0, 0] == Tag.TRAFFIC_LIGHT].astype(int)
        brightest[shown] = head[head.sum(axis=1).argmax()]
    assert brightest[RED][0] > 2 * brightest[RED][1]
    assert brightest[GREEN][1] > 2 * brightest[GREEN][0]


def test_shadows_darken_the_ground_and_night_darkens_all() -> None:
    state = by_hand((OBSTACLE, 12.0, 0.0, 0.0), ego=(0.0, 0.0, 0.0))
    state.body[0, 1, [layout.LENGTH, layout.WIDTH]] = 1.0, 6.0
    spec = CameraSpec(size=(120, 160), outputs=("rgb",))
    means = {}
    for name, style in (
        ("behind", Style(sun_height_deg=30.0, sun_azimuth_deg=180.0, clouds=0.0, noise=0.0)),
        ("before", Style(sun_height_deg=30.0, sun_azimuth_deg=0.0, clouds=0.0, noise=0.0)),
        ("night", STYLES["night"]),
    ):
        camera = Camera(prepared(MAP), spec, styles=[style], scenery=NOTHING)
        pictures = camera.new_pictures(1)
        camera.draw(state, pictures)
        means[name] = pictures.rgb[0, 0, 72:74, 70:90].mean(), pictures.rgb.mean()
    assert means["before"][0] < 0.75 * means["behind"][0]  # the shadow falls towards the camera
    assert means["night"][1] < 0.5 * means["before"][1]


def test_things_of_the_map_have_instances_of_their_own() -> None:
    state = scene(prepared(MAP), 2, actors=1)
    seen = drawn(state, CameraSpec(size=(64, 64), outputs=("instance", "semantic")), bare=False)
    things = seen.instance >= FIRST_THING
    assert things.any()
    assert set(np.unique(seen.semantic[things])) <= {Tag.POLE, Tag.VEGETATION, Tag.TRAFFIC_LIGHT, Tag.TRAFFIC_SIGN}


def test_an_empty_slot_gives_a_picture_of_zeros() -> None:
    state = by_hand()
    spec = CameraSpec(size=(16, 16), outputs=OUTPUTS)
    camera = Camera(prepared(MAP), spec, scenery=NOTHING)
    pictures = camera.new_pictures(1)
    camera.draw(state, pictures)
    assert all(array.any() for array in (pictures.rgb, pictures.semantic, pictures.depth))
    state.mind[0, 0, layout.CONTROL] = NO_CONTROL
    camera.draw(state, pictures)
    assert not any(array.any() for array in pictures)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"which": np.array([3])}, "which"),
        ({"actors": np.array([9])}, "actors"),
        ({"styles": np.array([1])}, "styles"),
        ({"which": np.array([0, 0])}, r"out\.instance"),
    ],
)
def test_what_does_not_fit_is_refused(options: dict[str, np.ndarray], words: str) -> None:
    state = by_hand()
    camera = Camera(prepared(MAP), CameraSpec(size=(16, 16), outputs=("instance",)), scenery=NOTHING)
    with pytest.raises(SuiteError, match=words):
        camera.draw(state, camera.new_pictures(1), **options)  # type: ignore[arg-type]


def test_maps_that_lie_far_out_count_from_their_origin() -> None:
    here = prepared(MAP)
    shift = np.array([64.0, -32.0], np.float32)
    walks = here.ground.terrain.crosswalk_f.copy()
    walks[:, :2] -= shift
    walks[:, 2:4] -= shift
    terrain = here.ground.terrain._replace(origin_x=64.0, origin_y=-32.0, crosswalk_f=walks)
    there = here._replace(ground=here.ground._replace(terrain=terrain))
    state = scene(here, 3, actors=8, seed=5)
    spec = CameraSpec(size=(64, 64), outputs=("semantic", "instance", "depth"))
    pictures = []
    for driving_map in (here, there):
        camera = Camera(driving_map, spec)
        pictures.append(camera.new_pictures(3))
        camera.draw(state, pictures[-1])
        state.body[..., : layout.Y + 1] -= shift
    assert len(np.unique(pictures[0].semantic)) >= 6
    for one, other in zip(pictures[0][1:], pictures[1][1:], strict=True):
        assert np.isclose(one, other, rtol=1e-4).mean() > 0.998  # but for edges within rounding
