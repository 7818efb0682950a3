"""YOLO as a task: batches by their number, epochs that show each frame once, all networks train, judgement and its picture."""

from __future__ import annotations

import tomllib
from dataclasses import replace

import numpy as np
import pytest
import tomli_w
import torch

from perception.detection.config import DEFAULT_ANCHORS, YoloConfig
from perception.detection.data.augmenting import AugmentOptions
from perception.detection.data.driving import DrivingFrames
from perception.detection.data.shapes import ShapesOptions
from perception.detection.losses.targets import CLASS, PICTURE
from perception.detection.task import YoloTask
from perception.training.options import TrainingOptions
from sim_suite.driving.sensors.camera.camera_spec import CameraSpec
from sim_suite.errors import SuiteError, UnknownNameError
from sim_suite.settings import build_config, plain_config

ANCHORS = (6.0, 6.0, 8.0, 8.0, 10.0, 10.0, 12.0, 12.0, 15.0, 15.0, 18.0, 18.0, 21.0, 21.0, 24.0, 24.0, 27.0, 27.0)
CONFIG = YoloConfig(
    source="shapes",
    anchors=ANCHORS,
    shapes=ShapesOptions(frames=6, held_out_frames=5),
    training=TrainingOptions(batch_size=4),
)


def task(seed=0, **changed):
    return YoloTask(replace(CONFIG, **changed), seed)


def test_a_batch_depends_on_seed_and_number_alone():
    one, other = task(), task()
    other.batch(0)
    for name, array in one.batch(7).items():
        np.testing.assert_array_equal(array, other.batch(7)[name])
    assert not np.array_equal(one.batch(8)["pictures"], one.batch(7)["pictures"])
    assert not np.array_equal(task(1).batch(7)["pictures"], one.batch(7)["pictures"])


def test_an_epoch_shows_each_frame_once():
    plain = task(augment=AugmentOptions(0, 0, 0, 0))
    shown = np.concatenate([plain.batch(number)["pictures"] for number in range(3)]).transpose(0, 2, 3, 1)
    frames = plain.source.training().pictures
    for epoch in (shown[:6], shown[6:]):
        seen = [int(np.flatnonzero((frames == picture).all((1, 2, 3)))[0]) for picture in epoch]
        assert sorted(seen) == list(range(6))


def test_targets_say_what_stands_where():
    batch = task().batch(0)
    assert batch["pictures"].shape == (4, 3, 64, 64)
    assert batch["targets"].dtype == np.float32
    assert set(batch["targets"][:, PICTURE]) <= {0, 1, 2, 3}
    assert batch["targets"][:, CLASS].max() <= 2
    assert batch["targets"][:, 2:].min() >= 0
    assert batch["targets"][:, 2:].max() <= 1


@pytest.mark.parametrize("network", ["small", "v1", "yolov3-tiny"])
def test_every_network_gives_a_loss_with_gradients_and_is_judged(network):
    one = task(network=network, anchors=(), shapes=replace(CONFIG.shapes, size=(128, 128)))
    assert len(one.config.anchor_pairs) == len(DEFAULT_ANCHORS[network])
    built = one.network()
    batch = {name: torch.from_numpy(array) for name, array in one.batch(0).items()}
    loss, terms = one.loss(built, batch)
    loss.backward()
    assert float(loss.detach()) == pytest.approx(sum(map(float, terms.values())), rel=1e-5)
    assert all(each.grad is not None for each in built.parameters())
    with torch.inference_mode():
        told = one.judge(built.eval(), torch.device("cpu"))
        picture = one.picture(built, torch.device("cpu"))
    assert 0 <= told["ap50"] <= 1
    assert told["above_colours"] == pytest.approx(told["ap50"] - told["colours_ap50"])
    assert picture.ndim == 3
    assert picture.dtype == np.uint8


def test_fewer_frames_are_the_first():
    assert (
        len(
            np.unique(
                np.concatenate(
                    [task(frames=2, augment=AugmentOptions(0, 0, 0, 0)).batch(k)["pictures"] for k in range(2)]
                ),
                axis=0,
            )
        )
        == 2
    )


def test_settings_that_do_not_hold_together_are_refused():
    with pytest.raises(SuiteError, match="needs 9 anchors, 18 numbers; there are 4"):
        replace(CONFIG, anchors=(1.0, 2.0, 3.0, 4.0))
    with pytest.raises(UnknownNameError, match="Did you mean 'yolov3'"):
        replace(CONFIG, network="yolov33")


def test_settings_survive_a_file():
    config = YoloConfig(network="yolov3-tiny", driving=DrivingFrames(camera=CameraSpec(fov_deg=50.0, size=(64, 96))))
    kept = tomllib.loads(tomli_w.dumps(plain_config(config)))
    assert build_config(YoloConfig, kept, "file") == config
