"""The shipped generators: what their recorded scores promise, and that they do it when asked."""

from __future__ import annotations

import numpy as np

from perception.generative.gan.opening import open_maker, open_translator
from perception.segmentation.driving.classes import CLASSES
from perception.training.checkpoint import ZOO, load
from sim_suite.files import read_json
from sim_suite.studies.perception_zoo import SCORE


def score(name):
    return read_json(ZOO / name / SCORE)["held_out"]


def test_streets_from_labels_are_seen_as_true_ones():
    reached = score("pix2pix")
    assert reached["miou"] > reached["miou_paired"] - 0.05
    assert reached["kid"] < 0.01


def test_translations_are_nearer_to_the_look_than_what_they_began_with():
    reached = score("cyclegan")
    for look in ("noon", "night"):
        for figure in ("l1", "fid", "kid"):
            assert reached[f"to_{look}_{figure}"] < 0.25 * reached[f"to_{look}_{figure}_untranslated"]


def test_most_signs_are_what_was_asked_for():
    reached = score("acgan")
    assert reached["named_as_asked"] > 0.6
    assert reached["fid"] < 0.3 * reached["fid_noise"]


def test_day_becomes_night_and_night_day():
    translator = open_translator("zoo:cyclegan")
    scenes = load("zoo:cyclegan").task.source.held_out_pairs(4)
    by_night, by_day = translator.translate(scenes.first, "night"), translator.translate(scenes.second, "noon")
    assert by_night.mean() < 0.4 * scenes.first.mean()
    assert by_day.mean() > 2.0 * scenes.second.mean()


def test_red_and_blue_signs_are_red_and_blue():
    maker = open_maker("zoo:acgan")
    reds = []
    for name in ("no_entry", "turn_left"):
        made = maker.make(np.full(16, maker.conditions.index(name)), 0).pictures[:, 8:24, 8:24].astype(float)
        reds.append((made[..., 0] - made[..., 2]).mean())
    assert reds[0] > 20.0 > -10.0 > reds[1]


def test_its_classes_are_those_of_the_scenes():
    assert load("zoo:pix2pix").task.classes == CLASSES
