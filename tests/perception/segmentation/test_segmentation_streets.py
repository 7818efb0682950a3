"""Streets through a camera: classes, pictures by seed, and what is laid on the ground from them, held against the true raster."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from perception.scene import COLUMN, ROW
from perception.segmentation.config import SegmentationConfig
from perception.segmentation.driving.classes import CLASSES, COLOURS, SceneClass, merged
from perception.segmentation.driving.source import StreetSource
from perception.segmentation.driving.streets import VIEW, StreetOptions, film
from perception.segmentation.driving.top_down import DEPTH_M, TopDown
from perception.segmentation.task import SegmentationTask
from perception.training.options import TrainingOptions
from sim_suite.driving.roads import load_map
from sim_suite.driving.sensors.camera.camera import Camera
from sim_suite.driving.sensors.camera.camera_spec import CameraSpec, Mount
from sim_suite.driving.sensors.camera.styles import TRAINING, Style
from sim_suite.driving.sensors.raster.intensity import FULL
from sim_suite.driving.sensors.raster.raster import Rasteriser
from sim_suite.driving.sensors.raster.raster_spec import RasterSpec, preset
from sim_suite.driving.sensors.solids.semantics import NUM_TAGS, Tag
from sim_suite.driving.world.terrain import prepare
from sim_suite.driving.world.world import World, WorldOptions
from sim_suite.errors import SuiteError

SMALL = StreetOptions(towns=1, worlds=1, moments=2, cars=2, batches=2)
RASTER = RasterSpec(("road", "marks", "route", "actors_0", "actors_1"), (128, 128), 0.5, (96, 64))


def test_every_tag_has_a_class():
    classes = merged(np.arange(NUM_TAGS, dtype=np.uint8))
    assert set(classes.tolist()) == set(SceneClass)
    assert classes[[Tag.ROAD, Tag.ROAD_LINE, Tag.SIDEWALK, Tag.BUS, Tag.PEDESTRIAN, Tag.TRAFFIC_LIGHT]].tolist() == [
        0,
        1,
        2,
        3,
        4,
        5,
    ]
    assert len(set(COLOURS)) == len(CLASSES) == len(SceneClass)


def test_a_town_is_filmed_in_looks_by_its_seed():
    looks = [TRAINING["noon"], TRAINING["night"]]
    noon, night = film(500_000, SMALL, looks, each=True)
    assert noon.pictures.shape == (4, *VIEW.size, 3)
    assert noon.labels.shape == (4, *VIEW.size)
    assert np.array_equal(noon.labels, night.labels)
    assert noon.pictures.mean() > 2 * night.pictures.mean()
    assert {SceneClass.ROAD, SceneClass.SKY} <= set(np.unique(noon.labels).tolist())


def test_a_batch_of_streets_is_a_function_of_seed_and_number():
    source, again = StreetSource(SMALL, 4), StreetSource(SMALL, 4)
    first, second = source.batch(0, 3), source.batch(1, 3)
    for number, batch in ((1, second), (0, first)):
        same = again.batch(number, 3)
        assert np.array_equal(same.pictures, batch.pictures)
        assert np.array_equal(same.labels, batch.labels)
    assert not np.array_equal(first.pictures, second.pictures)


def test_a_fixed_set_is_the_same_whatever_the_seed_and_never_drawn_anew():
    fixed = replace(SMALL, frames=3, exposed=0.0)
    one, other = (StreetSource(fixed, seed).batch(9, 40) for seed in (4, 5))
    pictures = [{picture.tobytes() for picture in part.pictures} for part in (one, other)]
    assert pictures[0] == pictures[1]
    assert len(pictures[0]) == 3
    anew = StreetSource(replace(fixed, set_seed=1), 4).batch(9, 40)
    assert not pictures[0] & {picture.tobytes() for picture in anew.pictures}
    with pytest.raises(SuiteError, match=r"streets\.frames is 5, and 1 towns give 4 pictures"):
        StreetSource(replace(fixed, frames=5), 4).batch(0, 1)


def test_streets_are_shown_in_the_looks_that_are_named():
    noon, night = (
        StreetSource(replace(SMALL, frames=4, exposed=0.0, looks=(look,)), 0).batch(0, 8) for look in ("noon", "night")
    )
    assert noon.pictures.mean() > 2 * night.pictures.mean()
    with pytest.raises(SuiteError, match="style for training"):
        replace(SMALL, looks=("downpour",))


def test_a_mirror_turns_pictures_and_labels_alike():
    settings = {"source": "driving", "streets": replace(SMALL, exposed=0.0), "training": TrainingOptions(batch_size=8)}
    plain = SegmentationTask(SegmentationConfig(**settings), 0).batch(0)
    turned = SegmentationTask(SegmentationConfig(**settings, mirror=1.0), 0).batch(0)
    some = SegmentationTask(SegmentationConfig(**settings, mirror=0.5), 0).batch(0)
    for name in ("pictures", "labels"):
        assert np.array_equal(turned[name], plain[name][:, :, ::-1])
    is_plain = (some["pictures"] == plain["pictures"]).all((1, 2, 3))
    assert 0 < is_plain.sum() < 8
    assert np.array_equal(is_plain, (some["labels"] == plain["labels"]).all((1, 2)))


def test_ground_is_looked_up_through_the_pinhole_by_hand():
    """1.6 m high, looking ahead with a quarter circle: what lies d m ahead on the ground is seen 1.6 / d focal lengths below the middle."""
    camera = CameraSpec(size=(96, 128), fov_deg=90.0, mounts=(Mount(x_m=0.5, z_m=1.6),))
    lookup = TopDown(camera, RASTER).lookup
    for up in (20, 40, 60):
        row, ahead = 96 - up, (up - 0.5) * 0.5 - 0.5  # the pixel's middle, from the camera
        assert lookup.axis_m[row, 64] == pytest.approx(ahead)
        assert lookup.row[row, 64] == math.floor(48 + 64 * 1.6 / ahead)
        assert lookup.col[row, 64] == math.floor(64 + 64 * 0.25 / ahead)
        assert lookup.is_seen[row, 64]
    assert not lookup.is_seen[97:].any()  # behind
    assert not lookup.is_seen[95].any()  # below the picture's edge
    assert not lookup.is_seen[90, :50].any()  # beside it


def test_a_thing_begins_at_its_foot():
    camera = CameraSpec(size=(96, 128), fov_deg=90.0, mounts=(Mount(x_m=0.0, z_m=1.6),))
    above = TopDown(camera, RASTER)
    labels = np.full(camera.size, SceneClass.SKY, np.uint8)
    labels[48:] = SceneClass.ROAD
    labels[40:59, 56:72] = (
        SceneClass.VEHICLE
    )  # its foot, row 58 seen in the middle, is 64 * 1.6 / 10.5 = 9.75 m ahead; 2.4 m wide
    scene = above.scene(labels)
    near, far = 9.75, 9.75 + DEPTH_M[SceneClass.VEHICLE]
    assert len(scene.boxes) == 1
    assert scene.boxes[0, ROW] == pytest.approx(96 - (near + far) / 2 / 0.5, abs=1.0)
    assert scene.boxes[0, COLUMN] == pytest.approx(64, abs=0.6)
    planes = scene.as_bytes()
    road, marks, _, now, before = planes
    assert (road[above.lookup.is_seen & (above.lookup.axis_m < far)] == FULL).all()
    assert not marks.any()
    assert not before.any()
    assert now[~above.lookup.is_seen].max() == 0


def test_what_the_vehicle_knows_itself_is_kept():
    known = np.full(RASTER.shape, 7, np.uint8)
    planes = TopDown(VIEW, RASTER).scene(np.full(VIEW.size, SceneClass.SKY, np.uint8), known).as_bytes()
    assert (planes[2] == 7).all()
    assert not planes[[0, 1, 3, 4]].any()


def test_what_does_not_fit_is_refused():
    with pytest.raises(SuiteError, match=r"labels are \(3, 4\); this camera's pictures are \(96, 128\)"):
        TopDown(VIEW, RASTER).scene(np.zeros((3, 4), np.uint8))
    with pytest.raises(SuiteError, match="this raster shows route only"):
        TopDown(VIEW, RasterSpec(("route",), (32, 32), 0.5, (16, 16)))


def test_the_road_from_above_is_that_of_the_true_raster():
    """By true labels, within 25 m of the camera."""
    town, spec, camera = (
        prepare(load_map("crossroads")),
        preset("small"),
        CameraSpec(size=(192, 256), outputs=("semantic",)),
    )
    world = World(town, num_worlds=4, options=WorldOptions(agents=1, vehicles=8, trail=40))
    world.reset([1, 2, 3, 5])
    truth = np.zeros((4, 1, *spec.shape), np.uint8)
    Rasteriser(town, spec).draw(world.state, truth)
    drawn = Camera(town, camera, styles=[Style()])
    pictures = drawn.new_pictures(4)
    drawn.draw(world.state, pictures)
    above, road = TopDown(camera, spec), spec.channels.index("road")
    near = above.lookup.is_seen & (above.lookup.axis_m < 25.0)
    shares = []
    for true, tags in zip(truth[:, 0, road] == FULL, pictures.semantic[:, 0], strict=True):
        seen = above.scene(merged(tags)).as_bytes()[road] == FULL
        shares.append((true & seen & near).sum() / ((true | seen) & near).sum())
    assert min(shares) > 0.85
    assert np.mean(shares) > 0.9
