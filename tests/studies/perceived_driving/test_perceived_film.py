"""The film: frames hold what they are given, in its place; the command refuses what it cannot film."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from perception.scene import BOX, Scene
from perception.segmentation.driving.classes import COLOURS, SceneClass
from perception.surroundings.perceiver import Look
from perception.surroundings.road_users import Found
from perception.surroundings.signals import Reading
from sim_suite.cli.perception.demo import Arguments, run
from sim_suite.driving.roads.graph.kinds import SignalKind
from sim_suite.driving.sensors.raster.raster_spec import preset
from sim_suite.driving.world.kinds import CAR, PEDESTRIAN, RED
from sim_suite.errors import SuiteError
from sim_suite.studies.perceived_driving.film import present, words
from sim_suite.studies.perceived_driving.frames import HEIGHT, KINDS, LIGHTS, RIGHT, SIDE, WIDTH, frame

SPEC = present(preset("small"))


def look(**changes):
    found = Found(
        np.array([[12.0, 0.0]]), np.array([CAR]), np.array([0.9], np.float32), np.array([[0, 0]]),
        np.array([[30.0, 60.0, 90.0, 100.0]], np.float32),
    )  # fmt: skip
    scene = Scene(SPEC, np.zeros(SPEC.shape, np.float32), np.zeros((0, BOX), np.float32), np.zeros(0, np.float32))
    labels = np.full((3, 128, 128), SceneClass.NATURE, np.uint8)
    reading = Reading(0, ("far", 0), (64.0, 128.0), 20.0, "light_red", 0.9)
    plain = Look(scene, found, [reading], labels, {0: RED}, {4: SignalKind.STOP}, (CAR, CAR, PEDESTRIAN))
    return plain._replace(**changes)


def drawn(one):
    black = {"around": np.zeros((3, 128, 128, 3), np.uint8), "far": np.zeros((1, 256, 256, 3), np.uint8)}
    return frame(black, one, np.zeros(SPEC.shape, np.uint8), SPEC, np.zeros((480, 640, 3), np.uint8), "title", ["told"])


def has(part, colour):
    return int((part == np.array(colour)).all(-1).sum())


def test_boxes_names_and_labels_are_where_they_belong():
    whole = drawn(look())
    assert whole.shape == (HEIGHT, WIDTH, 3)
    ahead = whole[:320, 264 : 264 + SIDE]
    assert has(ahead, KINDS[CAR][1]) > 200  # the box of the camera ahead, and its name
    assert has(whole[:320, 16 : 16 + SIDE], KINDS[CAR][1]) == 0
    assert has(whole[:320, RIGHT:], LIGHTS[RED][1]) > 100
    assert has(whole[330:, : 3 * SIDE], COLOURS[SceneClass.NATURE]) > 3 * SIDE * SIDE * 0.9
    unsure = drawn(look(readings=[Reading(0, ("far", 0), (64.0, 128.0), 20.0, "", 0.2)], labels=None))
    assert has(unsure[:320, RIGHT:], LIGHTS[RED][1]) == 0
    assert has(unsure[330:, : 3 * SIDE], COLOURS[SceneClass.NATURE]) < 200  # the key alone


def test_it_is_said_in_words():
    assert words(look())[0] == "It believes: red light, stop sign, 2 cars, 1 pedestrian."
    nobody = look(lights={}, signs={}, kinds=())
    assert words(nobody)[0] == "It believes: nobody near, no light and no sign."


def test_a_film_needs_no_past():
    assert SPEC.channels == (
        "road",
        "marks",
        "crosswalks_stops",
        "lights_0",
        "speed_limit",
        "route",
        "ego",
        "actors_0",
        "past_poses",
    )
    assert SPEC.past_points == 1


def test_what_cannot_be_filmed_is_refused(tmp_path):
    with pytest.raises(SuiteError, match=r"must end in \.webm"):
        run(Arguments(video=Path("film.mp4")))
    with pytest.raises(SuiteError, match="0 or more, not -1"):
        run(Arguments(video=tmp_path / "a.webm", variation=-1))
    with pytest.raises(SuiteError, match="does not drive by its own cameras"):
        run(Arguments("stop_sign", tmp_path / "a.webm", "idm"))
