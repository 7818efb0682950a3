"""What stands on maps, and what actors are made of."""

from __future__ import annotations

import numpy as np
import pytest

from sim_suite.driving.roads.baking.lookup import lookup
from sim_suite.driving.roads.graph.kinds import PropKind, SignalKind
from sim_suite.driving.sensors.solids.actor_solids import MOST_PARTS, fill_solids
from sim_suite.driving.sensors.solids.scenery import build_scenery
from sim_suite.driving.sensors.solids.semantics import COLOURS, NUM_TAGS, Tag
from sim_suite.driving.sensors.solids.solids import (
    FIRST_THING,
    HALF_LENGTH,
    HALF_WIDTH,
    HEIGHT,
    INSTANCE,
    SX,
    SY,
    SZ,
    TAG,
    new_solids,
)
from sim_suite.driving.world import layout
from sim_suite.driving.world.kinds import BICYCLE, BUS, CAR, NO_CONTROL, PEDESTRIAN, TRUCK
from sim_suite.errors import SuiteError
from tests.driving.sensors.scenes import prepared, scene

TAGS = {
    CAR: {Tag.CAR}, TRUCK: {Tag.TRUCK}, BUS: {Tag.BUS}, PEDESTRIAN: {Tag.PEDESTRIAN}, BICYCLE: {Tag.BICYCLE, Tag.RIDER}
}  # fmt: skip


def test_tags_are_those_of_carla() -> None:
    carla = pytest.importorskip("carla", reason="carla has no wheel for this platform")
    ours = {tag.name.replace("_", "").lower(): int(tag) for tag in Tag}
    names = {"unlabeled": "none", "road": "roads", "sidewalk": "sidewalks", "building": "buildings", "wall": "walls",
             "fence": "fences", "pole": "poles", "pedestrian": "pedestrians", "roadline": "roadlines",
             "trafficsign": "trafficsigns"}  # fmt: skip
    theirs = {name.lower(): int(value) for name, value in carla.CityObjectLabel.names.items()}
    assert all(theirs[names.get(name, name)] == value for name, value in ours.items())
    assert len(COLOURS) == NUM_TAGS == len(ours)


def test_scenery_holds_what_the_map_states() -> None:
    driving_map = prepared("town_1km")
    solids, props, signals = (
        build_scenery(driving_map, planted=False).solid,
        driving_map.graph.props,
        driving_map.graph.signals,
    )
    tags = solids[:, TAG]
    buildings = np.flatnonzero(props.kind == PropKind.BUILDING)
    assert (tags == Tag.BUILDING).sum() == len(buildings)
    assert (tags == Tag.TRAFFIC_LIGHT).sum() == (signals.kind == SignalKind.LIGHT).sum()
    signs = np.isin(signals.kind, (SignalKind.STOP, SignalKind.YIELD, SignalKind.SPEED_LIMIT))
    assert (tags == Tag.TRAFFIC_SIGN).sum() == signs.sum()
    assert (tags == Tag.VEGETATION).sum() == 3 * (props.kind == PropKind.TREE).sum()
    volumes = 4.0 * solids[:, HALF_LENGTH] * solids[:, HALF_WIDTH] * solids[:, HEIGHT]
    stated = (props.length_m * props.width_m * props.height_m)[buildings].sum()
    assert volumes[tags == Tag.BUILDING].sum() == pytest.approx(stated, rel=1e-4)
    assert solids[:, INSTANCE].min() >= FIRST_THING


def test_the_same_seed_plants_the_same_and_another_other_places() -> None:
    driving_map = prepared("highway")
    one, same, other = (build_scenery(driving_map, seed) for seed in (1, 1, 2))
    assert one.solid.tobytes() == same.solid.tobytes()
    assert one.solid.tobytes() != other.solid.tobytes()
    assert len(one.solid) > len(build_scenery(driving_map, planted=False).solid)


def test_nothing_is_planted_on_lanes() -> None:
    for name in ("crossroads", "left_hand", "village"):
        driving_map = prepared(name)
        solids = build_scenery(driving_map, 5).solid
        posts = solids[np.isin(solids[:, TAG], (Tag.POLE, Tag.VEGETATION)) & (solids[:, SZ] == 0.0)]
        bare = build_scenery(driving_map, planted=False).solid
        known = {tuple(row) for row in bare[:, [SX, SY]].tolist()}
        planted = np.array([row for row in posts[:, [SX, SY]].tolist() if tuple(row) not in known])
        assert len(planted) > 10
        mask, _ = lookup(driving_map.ground.textures, planted[:, 0], planted[:, 1])
        assert not mask.any()


def test_actors_are_made_of_parts_of_their_class_within_their_boxes() -> None:
    state = scene(prepared("crossroads"), 3, actors=14)
    state.mind[1, 4, layout.CONTROL] = NO_CONTROL
    solids, counts = new_solids(3, 14 * MOST_PARTS)
    fill_solids(state, solids, counts)
    for w in range(3):
        rows = solids[w, : counts[w]]
        instances = rows[:, INSTANCE].astype(int)
        assert set(instances) == {a + 1 for a in range(14)} - ({5} if w == 1 else set())
        for a in set(instances - 1):
            own, body = rows[instances == a + 1], state.body[w, a]
            kind = int(state.mind[w, a, layout.KIND])
            if kind in TAGS:
                assert {Tag(int(tag)) for tag in own[:, TAG]} == TAGS[kind]
            cos, sin = np.cos(body[layout.YAW]), np.sin(body[layout.YAW])
            dx, dy = own[:, SX] - body[layout.X], own[:, SY] - body[layout.Y]
            ahead, left = np.abs(dx * cos + dy * sin), np.abs(dy * cos - dx * sin)
            if kind != PEDESTRIAN:  # feet swing beyond it
                assert (ahead + own[:, HALF_LENGTH] <= 0.5 * body[layout.LENGTH] + 1e-3).all()
            assert (left + own[:, HALF_WIDTH] <= 0.5 * body[layout.WIDTH] + 0.05).all()
            assert own[:, SZ].min() >= 0.0
            assert 0.9 <= (own[:, SZ] + own[:, HEIGHT]).max() <= 3.5


def test_solids_of_a_world_do_not_depend_on_the_others() -> None:
    state = scene(prepared("crossroads"), 5, actors=9)
    all_of_them, counts = new_solids(5, 9 * MOST_PARTS)
    fill_solids(state, all_of_them, counts)
    alone, count = new_solids(1, 9 * MOST_PARTS)
    fill_solids(state, alone, count, which=np.array([3], np.int32))
    assert count[0] == counts[3]
    assert alone[0].tobytes() == all_of_them[3].tobytes()


def test_memory_that_does_not_fit_is_refused() -> None:
    solids, counts = new_solids(1, 9 * MOST_PARTS)
    with pytest.raises(SuiteError, match="new_solids"):
        fill_solids(scene(prepared("crossroads"), 2, actors=9), solids, counts)
