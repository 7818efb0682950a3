"""Traffic lights show their colour at their place: the lamp, and the bar over the held lane."""

from __future__ import annotations

import numpy as np
import pytest

from sim_suite.driving.roads.graph.kinds import SignalKind
from sim_suite.driving.traffic.lights import light_at
from sim_suite.driving.world import layout
from sim_suite.driving.world.kinds import GREEN, OFF, RED, YELLOW
from sim_suite.envs.driving.picture.camera import Camera
from sim_suite.envs.driving.picture.signals import find_signals, lamp_radius
from sim_suite.envs.driving.picture.style import LIGHT_COLOURS
from tests.envs.driving.picture.picture_scenes import near, painter, pixel, prepared, world


def told(light: int):
    state = world()
    state.lights[0] = light
    return state


def signals():
    terrain = prepared("crossroads").ground.terrain
    return find_signals(prepared("crossroads").road_map, terrain), terrain


@pytest.mark.parametrize(("light", "place"), [(RED, -1.0), (YELLOW, 0.0), (GREEN, 1.0)])
@pytest.mark.parametrize("up", [np.pi / 2, 0.3])
def test_the_lit_lamp_has_its_place_in_the_box(light, place, up):
    found, _ = signals()
    x, y = found.posts[0].tolist()
    view = Camera(x, y, up=up, scale=16.0, width=256, height=256)
    image = painter("crossroads").paint(told(light), 0, view)
    column, row = view.to_pixels(np.array((x, y)))
    step = 2.3 * lamp_radius(view)
    for other in (-1.0, 0.0, 1.0):
        patch = image[round(row + other * step), round(column + 0.7 * lamp_radius(view))]
        assert (patch.max() > 150) == (other == place), "one lamp is lit, seen from the top of the picture"
    lit = image[round(row + place * step), round(column + 0.75 * lamp_radius(view))]
    assert np.argmax(lit) == np.argmax(LIGHT_COLOURS[light])


def test_bars_lie_on_the_held_lanes_in_their_colour():
    found, _ = signals()
    covered = {}
    for light in (RED, YELLOW, GREEN, OFF):
        ends = found.bars[0]
        middle = ends.mean(axis=0)
        view = Camera(*middle.tolist(), scale=16.0, width=256, height=256)
        image = painter("crossroads").paint(told(light), 0, view)
        if light == RED:
            assert near(pixel(image, view, *middle.tolist()), LIGHT_COLOURS[RED], 20)
        colour = np.array(LIGHT_COLOURS[light if light != OFF else RED])
        a, b = view.to_pixels(ends)
        box = np.concatenate((np.minimum(a, b) - 8, np.maximum(a, b) + 8)).astype(int)
        part = image[box[1] : box[3], box[0] : box[2]].astype(int)
        covered[light] = np.count_nonzero(np.abs(part - colour).max(axis=2) < 24)
    assert covered[RED] > 1.3 * covered[YELLOW] > 0, "yellow is broken"
    assert covered[RED] > 1.3 * covered[GREEN] > 0, "green is thin"
    assert covered[OFF] == 0, "a light that is off holds nobody"


def test_programmes_run_and_what_is_told_goes_before():
    found, terrain = signals()
    view = Camera(*found.bars[0].mean(axis=0).tolist(), scale=16.0, width=128, height=128)
    state, group = world(), int(found.groups[0])
    shown = set()
    for tick in range(0, int(terrain.programme[group, 3]), 20):
        state.world[0, layout.TICK] = tick
        light = light_at(terrain.programme, state.lights[0], group, tick)
        if light == RED:
            image = painter("crossroads").paint(state, 0, view)
            assert near(pixel(image, view, view.x, view.y), LIGHT_COLOURS[RED], 20), tick
        shown.add(int(light))
    assert shown == {GREEN, YELLOW, RED}


def test_every_light_has_a_post_and_every_held_lane_a_bar():
    for name in ("crossroads", "town_1km", "left_hand"):
        driving_map = prepared(name)
        found = find_signals(driving_map.road_map, driving_map.ground.terrain)
        graph = driving_map.graph
        assert len(found.posts) == np.count_nonzero(graph.signals.kind == SignalKind.LIGHT)
        assert len(found.bars) == np.count_nonzero(graph.stop_lines.kind == SignalKind.LIGHT)
        assert (found.groups >= 0).all()


def test_lights_can_be_told_apart_by_lightness_alone():
    """As those who see no hues see them: luminance of Rec. 709."""
    grey = {light: float(np.dot(LIGHT_COLOURS[light], (0.2126, 0.7152, 0.0722))) for light in (RED, YELLOW, GREEN)}
    values = sorted(grey.values())
    assert min(np.diff(values)) > 18
    assert grey[RED] == values[0]
