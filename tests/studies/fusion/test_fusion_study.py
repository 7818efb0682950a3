"""The study of fusion: short drives of a planner, fused, tracked, drawn and told; refusals."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from perception.fusion.ego import EgoFilter
from perception.fusion.kalman import wrapped
from perception.fusion.tracking import TrackerOptions
from perception.sources import SceneOptions
from sim_suite.cli.perception import fuse as command
from sim_suite.driving.sensors.navigation.gnss import GnssSpec
from sim_suite.driving.world.kinds import TICK_S
from sim_suite.errors import SuiteError
from sim_suite.studies.fusion.drawing import ellipse
from sim_suite.studies.fusion.drives import DriveOptions, Others, record
from sim_suite.studies.fusion.following import detections, follow
from sim_suite.studies.fusion.fusing import errors, fuse, judge

OPTIONS = DriveOptions("crossroads", "idm", runs=24, seconds=8, seed=3)


@pytest.fixture(scope="module")
def drives():
    return record(OPTIONS)[0]


def test_a_drive_is_what_its_readings_say(drives):
    assert drives.truth.shape == (161, 24, 4)
    # They pull away and follow the road.
    assert drives.truth[-1, :, 3].max() > 5.0
    assert (drives.fix - drives.centre).std() == pytest.approx(1.5, rel=0.05)
    # Wheels tell the speed, up to 1 % and 0.05 m/s.
    assert np.abs(drives.wheels - drives.truth[..., 3]).max() < 0.7
    gone = np.hypot(*(drives.truth[-1, :, :2] - drives.truth[0, :, :2]).T)
    assert gone.max() <= drives.truth[..., 3].max() * 8.0
    assert len(drives.others[0]) == 80
    assert max(len(seen.identity) for seen in drives.others[0]) >= 1


def test_fused_is_half_as_far_off_as_raw_and_errs_as_much_as_it_says(drives):
    judged = judge(drives, fuse(drives, fix_ticks=4))
    assert judged.raw_m == pytest.approx(1.5 * np.sqrt(2), rel=0.06)
    assert judged.ratio < 0.5
    assert judged.nees == pytest.approx(4.0, abs=0.8)
    assert judged.nis == pytest.approx(2.0, abs=0.3)
    assert judged.late_m < judged.fused_m


def test_a_filter_that_trusts_fixes_too_much_is_found_out(drives):
    trusting = judge(drives, fuse(drives, fix_ticks=4, filter_=EgoFilter(gnss=GnssSpec(noise_m=0.5))))
    assert not trusting.holds
    assert trusting.nis > 2 * trusting.nis_band.high


def test_without_errors_of_sensors_the_filter_is_nowhere_off(drives):
    yaw, speed = drives.truth[..., 2], drives.truth[..., 3]
    turn = wrapped(np.diff(yaw, axis=0)) / TICK_S
    accel = np.diff(speed, axis=0) / TICK_S - turn**2 * drives.rear_m
    quiet = drives._replace(fix=drives.centre, heading=yaw, wheels=speed, turn=turn, accel=accel)
    off = errors(quiet, fuse(quiet, fix_ticks=4))
    assert np.hypot(off[..., 0], off[..., 1]).max() < 0.02


def test_the_same_seed_drives_the_same(drives):
    again = record(DriveOptions("crossroads", "idm", runs=2, seconds=8, seed=4))[0]
    assert np.array_equal(again.fix, drives.fix[:, 1:3])
    assert np.array_equal(again.truth, drives.truth[:, 1:3])


def test_others_are_followed(drives):
    options, nothing = TrackerOptions(), SceneOptions(missed=0.0, jitter_m=0.01, false=0.0)
    scores = [follow(drives, run, 0, nothing, options, OPTIONS.range_m) for run in range(6)]
    assert sum(score.there for score in scores) > 300
    assert sum(score.missed + score.false + score.switches for score in scores) < 0.25 * sum(s.there for s in scores)
    plain = follow(drives, 0, 0, SceneOptions(), options, OPTIONS.range_m)
    assert plain == follow(drives, 0, 0, SceneOptions(), options, OPTIONS.range_m)


def test_a_detectors_errors_are_what_they_are_said_to_be():
    dice = np.random.default_rng(0)
    there = Others(np.arange(4000), np.zeros((4000, 3)))
    found = detections(
        there, np.array([100.0, 0.0]), SceneOptions(missed=0.2, jitter_m=0.5, false=30.0 / 2), 0.1, 20.0, dice
    )
    true = found[found[:, 0] < 50.0]
    assert len(true) == pytest.approx(3200, rel=0.03)
    assert true[:, :2].std(axis=0) == pytest.approx([0.5, 0.5], rel=0.05)
    assert (np.cos(true[:, 2]) < 0).mean() == pytest.approx(0.5, abs=0.03)
    false = found[found[:, 0] >= 50.0]
    assert np.hypot(false[:, 0] - 100.0, false[:, 1]).max() <= 20.0


def test_an_ellipse_holds_its_share():
    covariance = np.array([[4.0, 1.5], [1.5, 1.0]])
    outline = ellipse(np.array([1.0, 2.0]), covariance)
    off = outline - [1.0, 2.0]
    assert np.einsum("ni,ij,nj->n", off, np.linalg.inv(covariance), off) == pytest.approx(np.full(49, 5.991))


def test_the_command_tells_and_draws(tmp_path, capsys):
    picture = tmp_path / "drive.png"
    asked = command.Arguments(maps=("crossroads",), agent="idm", runs=4, seconds=4, every=0.2, out=picture, json=True)
    status = command.run(asked)
    told = json.loads(capsys.readouterr().out)[0]
    assert status == (0 if told["ego"]["holds"] else 1)
    assert told["ego"]["ratio"] == pytest.approx(told["ego"]["fused_m"] / told["ego"]["raw_m"])
    assert told["others"]["runs"] == 4
    drawn = cv2.imread(str(picture))
    assert drawn.shape[1] > 1500
    assert len(np.unique(drawn.reshape(-1, 3), axis=0)) > 50
    command.run(command.Arguments(maps=("crossroads",), agent="idm", runs=4, seconds=4, every=0.2))
    assert "crossroads" in capsys.readouterr().out


@pytest.mark.parametrize(("fields", "what"), [
    ({"out": Path("x.jpg")}, "must end in .png"), ({"agent": "random"}, "name a planner, pdm or idm"),
    ({"runs": 0}, "runs must lie in 1 to"), ({"every": 0.0}, "a fix every 0 ticks"), ({"maps": ()}, "names no map"),
    ({"picture_of": 9}, "0 to 3"), ({"runs": 2000, "seconds": 61}, "at most 120,000 s together"),
])  # fmt: skip
def test_what_cannot_be_done_is_refused(fields, what):
    with pytest.raises(SuiteError, match=what):
        command.run(command.Arguments(**({"maps": ("crossroads",), "agent": "idm", "runs": 4, "seconds": 4} | fields)))
