"""Where a car is by the ground that it sees: worlds' exact labels, looked at from where the car is and held against where it is not."""

from __future__ import annotations

import numpy as np
import pytest

from perception.segmentation.driving.classes import SceneClass, merged
from perception.surroundings.map_matching import PIXEL_M, TURN_RAD, MapMatcher, correlate
from perception.surroundings.navigation import begin, matched
from sim_suite.driving.sensors.camera.camera import Camera
from sim_suite.driving.sensors.camera.camera_spec import CameraSpec
from sim_suite.driving.sensors.camera.rig import rig
from sim_suite.driving.world.layout import YAW, X, Y
from sim_suite.envs.driving.env import DrivingEnv
from sim_suite.envs.driving.judging import EGO
from sim_suite.envs.driving.population import driving_map
from sim_suite.envs.driving.sensing import NAVIGATION

AROUND = rig("car")["around"]
WIDE = np.diag([1.5, 1.5, np.radians(2.0)]) ** 2


class Scene:
    """An empty town, what the cameras of a car there see, labelled exactly, and where it is."""

    def __init__(self, name, seed):
        env = DrivingEnv(
            map=name, vehicles_per_km=0.0, pedestrians_per_km=0.0, parked_per_km=0.0, route_m=(60.0, 300.0)
        )
        env.reset(seed=seed)
        known, state = driving_map(name), env.live_state
        camera = Camera(known, CameraSpec(**{**vars(AROUND), "outputs": ("semantic",)}))
        pictures = camera.new_pictures(1)
        camera.draw(state, pictures)
        self.labels = merged(pictures.semantic[0])
        terrain, body = known.ground.terrain, state.body[0, EGO]
        self.pose = np.array([body[X] + terrain.origin_x, body[Y] + terrain.origin_y, body[YAW]], np.float64)
        self.matcher = MapMatcher(known, AROUND)

    def found_from(self, off):
        """(ahead, left, turn) that is still missing where one believes to be off so much; the match."""
        (ahead, left, turn), yaw = off, float(self.pose[2])
        turned = np.array([[np.cos(yaw), -np.sin(yaw)], [np.sin(yaw), np.cos(yaw)]])
        believed = np.array([*(self.pose[:2] + turned @ [ahead, left]), yaw + turn])
        match = self.matcher.match(self.labels, believed, WIDE)
        cos, sin = np.cos(turn), np.sin(turn)
        back = np.array([-cos * ahead - sin * left, sin * ahead - cos * left, -turn])
        return match.off - back, match


@pytest.mark.parametrize("off", [(0.0, 0.0, 0.0), (0.4, 1.3, 0.02), (-0.5, -1.1, -0.03)])
@pytest.mark.parametrize("seed", [3, 5, 8])
def test_a_car_in_a_town_finds_its_lane_and_its_heading(seed, off):
    missing, match = Scene("town_1km", seed).found_from(off)
    assert abs(missing[1]) < 0.25
    assert abs(missing[2]) < max(0.75 * abs(off[2]), np.radians(0.6))  # one look says less of it
    assert (np.abs(missing) < 3.0 * np.sqrt(np.diag(match.covariance))).all()
    assert np.sqrt(match.covariance[1, 1]) < 0.6


def test_how_far_along_a_straight_road_one_is_stays_as_it_was():
    _, match = Scene("country_road", 2).found_from((0.0, 0.8, 0.0))
    assert np.sqrt(match.covariance[0, 0]) > 0.6 * 1.5
    assert np.sqrt(match.covariance[1, 1]) < 0.4
    values = np.linalg.eigvalsh(WIDE - match.covariance)
    assert values.min() > -1e-9  # in no direction is less known than before


def test_who_sees_no_ground_learns_nothing():
    scene = Scene("town_1km", 3)
    hidden = np.full_like(scene.labels, SceneClass.VEHICLE)
    match = scene.matcher.match(hidden, scene.pose, WIDE)
    np.testing.assert_allclose(match.off, 0.0, atol=1e-9)
    np.testing.assert_allclose(match.covariance, WIDE, rtol=1e-6)


def test_likelihoods_add_up_by_hand():
    dice, half = np.random.default_rng(0), 20
    planes = dice.normal(size=(2, 2 * half, 2 * half)).astype(np.float32)
    places, labels = np.array([[0.3, -0.6], [1.1, 0.2]], np.float32), np.array([1, 0], np.int8)
    scores = np.zeros((5, 9, 11), np.float32)
    correlate(planes, places, labels, scores)
    for turn, down, across in ((0, 0, 0), (0, 3, -2), (0, -4, 5), (2, 1, 1), (-2, -1, 0)):
        cos, sin = np.cos(turn * TURN_RAD), np.sin(turn * TURN_RAD)
        turned = places @ np.array([[cos, sin], [-sin, cos]])
        rows, columns = half - 1 - np.floor(turned / PIXEL_M).astype(int).T
        expected = planes[labels, rows + down, columns + across].sum()
        assert scores[2 + turn, 4 + down, 5 + across] == pytest.approx(expected, abs=1e-5)


def test_who_knows_well_where_it_is_looks_no_farther_and_finds_the_same():
    scene = Scene("town_1km", 5)
    narrow = np.diag([0.3, 0.15, np.radians(0.4)]) ** 2
    wide = np.diag([1.0, 1.0, np.radians(1.0)]) ** 2
    match = scene.matcher.match(scene.labels, scene.pose, narrow)
    assert (np.abs(match.off) < 2.0 * np.sqrt(np.diag(narrow))).all()
    assert (np.diag(match.covariance) < np.diag(scene.matcher.match(scene.labels, scene.pose, wide).covariance)).all()


def test_what_is_matched_becomes_what_is_believed():
    readings = np.zeros(NAVIGATION)
    readings[[2, 3, 4, 6]] = 10.0, 20.0, 1.5, 0.035
    ego = begin(readings)
    after = matched(ego, np.array([0.0, 1.0, 0.01]), 0.1 * ego.covariance)
    np.testing.assert_allclose(after.pose, [10.0, 21.0, 0.01], atol=1e-3)
    np.testing.assert_allclose(np.diag(after.covariance), 0.1 * np.diag(ego.covariance), rtol=0.05)
