"""What the display says, by hand, and that it fits into small pictures."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sim_suite.driving.world import layout
from sim_suite.driving.world.kinds import CAR, RED, EventKind
from sim_suite.driving.world.terrain import FIRST_POINT, FIRST_STOP, HEADING, JUNCTION, LANE_LENGTH
from sim_suite.envs.driving.picture.dashboard import draw_hud
from sim_suite.envs.driving.picture.hud import FADE_S, Hud, event_text, manoeuvre_of, read_hud
from sim_suite.envs.driving.picture.lettering import text_width, write
from sim_suite.envs.driving.picture.route import goal_of, lane_points, route_ahead
from sim_suite.envs.driving.picture.style import PictureStyle
from tests.envs.driving.picture.picture_scenes import prepared, put, world

FULL = Hud(10.0, 13.9, 0.5, 0.7, 0.2, 1.5, 30.0, RED, 20.0, 12.3, 0.4, 88.8, "score", "Collision", 0.5)


def routed():
    """An agent 30 m before the light of the crossroads, on its way straight over."""
    terrain = prepared("crossroads").ground.terrain
    held = np.flatnonzero(np.diff(terrain.lane[:, FIRST_STOP]))
    lane = int(held[0])
    through = next(
        int(other)
        for other in terrain.successor[terrain.lane[lane, 1] : terrain.lane[lane + 1, 1]]
        if abs(terrain.lane_f[other, 2]) < 0.1
    )
    length = float(terrain.lane_f[lane, LANE_LENGTH])
    state = world()
    x, y = lane_points(terrain, lane, length - 30.0, length - 30.0)[0].tolist()
    put(state, 0, CAR, x, y, float(terrain.point[terrain.lane[lane, FIRST_POINT], HEADING]), agent=True)
    state.legs[0, 0, :2] = lane, through
    state.leg_span[0, 0, 0] = 0.0, length
    state.leg_span[0, 0, 1] = 0.0, float(terrain.lane_f[through, LANE_LENGTH])
    state.leg_arc[0, 0, :3] = 0.0, length, length + state.leg_span[0, 0, 1, 1]
    state.body[0, 0, layout.ROUTE_ARC] = length - 30.0
    state.body[0, 0, layout.SPEED], state.body[0, 0, layout.SPEED_LIMIT] = 8.0, 13.9
    state.controls[0, 0] = -2.0, 0.6, 0.0
    state.world[0, layout.TICK] = 40
    return state, terrain, lane, through, length


def test_the_display_by_hand():
    state, terrain, lane, through, length = routed()
    state.lights[0] = RED
    hud = read_hud(state, 0, 0, terrain, score=7.0, event=(EventKind.RED_LIGHT, 20))
    assert (hud.speed_mps, hud.limit_mps) == (8.0, pytest.approx(13.9))
    assert (hud.steer, hud.throttle, hud.brake) == (-1.0, pytest.approx(0.6), 0.0), "limited to what a wheel can do"
    assert hud.time_s == pytest.approx(2.0)
    assert hud.progress == pytest.approx((length - 30.0) / float(state.leg_arc[0, 0, 2]), abs=1e-6)
    assert terrain.lane[through, JUNCTION] >= 0
    assert manoeuvre_of(hud.turn_rad) == 0
    assert hud.turn_m == pytest.approx(30.0, abs=1e-3)
    stop = float(terrain.stop_arc[terrain.lane[lane, FIRST_STOP]])
    assert (hud.light, hud.light_m) == (RED, pytest.approx(stop - (length - 30.0) - 2.3, abs=1e-3)), "from the front"
    assert (hud.event, hud.event_age_s, hud.good_event) == ("Ran a red light", pytest.approx(1.0), False)


def test_what_is_passed_or_absent_is_not_announced():
    state, terrain, _, _, length = routed()
    state.mind[0, 0, layout.LEG], state.body[0, 0, layout.ROUTE_ARC] = 1, length + 5.0
    hud = read_hud(state, 0, 0, terrain)
    assert hud.light is None
    assert hud.event == ""
    assert hud.score is None
    state.legs[0, 0] = -1
    hud = read_hud(state, 0, 0, terrain)
    assert hud.turn_rad is None
    assert hud.progress is None


def test_the_route_begins_at_the_agent_and_ends_at_the_goal():
    state, terrain, _, through, _ = routed()
    line = route_ahead(state, 0, 0, terrain)
    np.testing.assert_allclose(line[0], state.body[0, 0, :2], atol=0.05)
    end = lane_points(terrain, through, *state.leg_span[0, 0, 1].tolist())[-1]
    np.testing.assert_allclose(goal_of(state, 0, 0, terrain), end, atol=1e-6)
    np.testing.assert_allclose(line[-1], end, atol=0.8)
    assert np.hypot(*np.diff(line, axis=0).T).max() < 2.5
    state.legs[0, 0] = -1
    assert goal_of(state, 0, 0, terrain) is None
    assert len(route_ahead(state, 0, 0, terrain)) == 0


def test_left_and_right_turns_have_their_names():
    assert [manoeuvre_of(turn) for turn in (1.5, -1.5, 0.1, -0.3)] == [1, -1, 0, 0]


def test_every_event_has_words():
    assert all(event_text(kind)[0].isupper() for kind in EventKind)


@pytest.mark.parametrize("size", [(48, 64), (240, 320), (480, 640), (720, 1280), (360, 200)])
def test_it_draws_in_pictures_of_any_size(size):
    image = np.full((*size, 3), 90, np.uint8)
    draw_hud(image, FULL, PictureStyle())
    assert (image != 90).any()


def test_most_of_the_picture_stays_free():
    for size in ((480, 640), (240, 320)):
        image = np.full((*size, 3), 90, np.uint8)
        draw_hud(image, replace(FULL, event=""), PictureStyle())
        assert (image != 90).any(axis=2).mean() < 0.2
        assert not (image[int(0.15 * size[0]) : int(0.75 * size[0])] != 90).any(), "the road ahead"


def test_events_fade():
    quiet, changed = np.full((480, 640, 3), 90, np.uint8), []
    draw_hud(quiet, Hud(), PictureStyle())
    for age in (0.0, FADE_S - 0.4, FADE_S):
        image = np.full((480, 640, 3), 90, np.uint8)
        draw_hud(image, Hud(event="Collision", event_age_s=age), PictureStyle())
        changed.append(np.abs(image.astype(int) - quiet).sum())
    assert changed[0] > 1.5 * changed[1] > 0
    assert changed[2] == 0


def test_numbers_and_bars_follow_their_values():
    base = np.full((480, 640, 3), 90, np.uint8)
    draw_hud(base, FULL, PictureStyle())
    for change in (
        {"speed_mps": 3.0}, {"limit_mps": 8.3}, {"limit_mps": None}, {"steer": -0.5}, {"throttle": 0.1}, {"brake": 0.9},
        {"turn_rad": -1.5}, {"turn_rad": None}, {"light": None}, {"time_s": 99.0}, {"progress": 0.8}, {"score": 1.0},
    ):  # fmt: skip
        image = np.full((480, 640, 3), 90, np.uint8)
        draw_hud(image, replace(FULL, **change), PictureStyle())
        assert (image != base).any(), change


def test_letters_are_centred_and_cut_at_the_edge():
    image = np.zeros((40, 100, 3), np.uint8)
    write(image, "H", 50, 20, 20, (255, 255, 255), anchor="middle")
    rows, columns = np.nonzero(image[:, :, 0] > 128)
    assert abs(rows.mean() - 20) < 1.0
    assert abs(columns.mean() - 50) < 0.6
    write(image, "HHHH", -10, 38, 20, (255, 255, 255))
    write(image, "far", 500, 20, 20, (255, 255, 255))
    assert text_width("HH", 20) > 1.7 * text_width("H", 20)
