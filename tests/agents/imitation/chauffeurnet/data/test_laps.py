"""Laps of CarRacing as logs: rows by hand, waypoints back in the world, the environment's own rasters, and functions of their seeds."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import pytest
import torch

from agents.experts.car_racing import PursuitDriver
from agents.imitation.chauffeurnet.data.drawing import NOTHING_CHANGED, Augmentation, Drawer
from agents.imitation.chauffeurnet.data.feeding import Feed, FeedOptions
from agents.imitation.chauffeurnet.data.lap_log import Lap, LapLog, log_of
from agents.imitation.chauffeurnet.data.laps import LOST_M, LapOptions, drive_laps
from agents.imitation.chauffeurnet.nets.fast import FastChauffeurNet
from agents.imitation.chauffeurnet.nets.losses import LossWeights, total
from agents.imitation.chauffeurnet.nets.sizes import Sizes
from agents.imitation.chauffeurnet.spec import CAR_RACING, ChauffeurSpec
from agents.imitation.chauffeurnet.tracker import in_vehicle_frame
from sim_suite.driving.sensors.raster.raster_spec import preset
from sim_suite.driving.world.layout import SLIP, SPEED, YAW, X, Y
from sim_suite.envs.car_racing.map_raster import Tracks, read_track, tile_at
from sim_suite.envs.car_racing.read_state import read_state
from sim_suite.envs.making import make
from sim_suite.envs.views import View
from sim_suite.errors import SuiteError

SPEC = ChauffeurSpec(preset("car_racing"), 4, 3)
OPTIONS = LapOptions(laps=2, steps=160, grasped=1.0, grasps_per_s=2.0)
NORTH = math.pi / 2


@cache
def generation(number: int = 0) -> LapLog:
    return drive_laps(OPTIONS, 3, number)


def straight_lap(frames: int, metres: float = 0.5, learned=None) -> Lap:
    """North on a straight road from the origin, 0.5 m a frame, which is 25 m/s; drifting a little to the left."""
    quads = [[(-5.0, y), (5.0, y), (5.0, y - 4.0), (-5.0, y - 4.0)] for y in 4.0 * np.arange(40)]
    track = Tracks(np.array(quads), np.array([0, 40]), np.array([40]))
    step = np.arange(frames)
    poses = np.stack([np.zeros(frames), metres * step, np.full(frames, NORTH)], axis=1)
    motion = np.stack([np.full(frames, 50.0 * metres), np.full(frames, 1.0)], axis=1)
    tile = np.ceil(metres * step / 4.0).astype(np.int64)
    return Lap(track, poses, motion, tile, np.ones(frames, np.bool_) if learned is None else learned)


def test_rows_by_hand():
    learned = np.ones(25, np.bool_)
    learned[12] = False
    log = log_of([straight_lap(25, learned=learned), straight_lap(11)])
    # From frame 0: 0, 0, 10, 20; from 4 on still three, from 5 on two of their own. The second lap has 0, 10 and 1 to 9.
    assert (log.end - log.first).tolist() == [4] * 5 + [3] * 5 + [3] + [2] * 9
    assert log.track.tolist() == [0] * 10 + [1] * 10
    assert log.body[:4, 0, Y].tolist() == [0.0, 0.0, 5.0, 10.0]
    third = slice(log.first[2], log.end[2])
    assert log.body[third, 0, Y].tolist() == [0.0, 1.0, 6.0, 11.0], "0.2 s apart, after the lap's first"
    assert log.learned[third].tolist() == [False, True, False, True], "frame 12 lies between the frames 12 and 22"
    assert log.learned[log.first[3] : log.end[3]].tolist() == [False, False, True, True]
    assert log.tile[third].tolist() == [0, 1, 2, 3]
    np.testing.assert_allclose(log.body[0, 0, [SPEED, SLIP]], [math.hypot(25.0, 1.0), math.atan2(1.0, 25.0)], rtol=1e-6)
    # Two waypoints need frames 0.2 and 0.4 s later, all learned from: those before the hand, or none.
    assert [int(row) for row in log.moments(1) if row < log.first[2]] == [1, int(log.first[1]) + 1]


def test_a_straight_drive_by_hand():
    batch = Drawer(SPEC, NOTHING_CHANGED).draw([(log_of([straight_lap(80)]), np.array([4]))], np.random.default_rng(0))
    # 5 m a waypoint, 1.25 m a pixel, the car at (80, 48).
    np.testing.assert_allclose(batch.waypoints[0], [[76.0, 48.0], [72.0, 48.0], [68.0, 48.0]], atol=1e-4)
    assert batch.headings[0].abs().max() < 1e-5
    np.testing.assert_allclose(batch.speeds[0], math.hypot(25.0, 1.0), rtol=1e-6)
    assert batch.known.all()
    road = batch.road[0].numpy()
    # The road is 10 m wide: 8 pixels, two cells of four, from column 44 to 52; nothing else is.
    assert road[:20, 11:13].min() == 1.0
    assert road.sum() == pytest.approx(2 * 23 + 0.0, abs=3.0)
    assert batch.others.abs().max() == 0.0, "it is alone"
    # 2.76 m by 5.0 m on cells of 5 m.
    assert batch.boxes[0].sum((1, 2)).numpy() == pytest.approx(2.76 * 5.0 / 25.0, rel=1e-4)
    np.testing.assert_array_equal(batch.raster[0, 3].nonzero()[:, 0].unique(), [79, 80, 83, 84, 87, 88, 91, 92])


@pytest.mark.parametrize("turn", [0.0, 0.4])
def test_waypoints_lead_back_to_where_the_car_was(turn):
    log = generation()
    rows = log.moments(3)[::7]
    batch = Drawer(SPEC, Augmentation(turn_rad=turn, perturbed=0.0)).draw([(log, rows)], np.random.default_rng(1))
    places = in_vehicle_frame(SPEC, batch.waypoints.numpy()).astype(np.float64)
    own = log.body[rows, 0].astype(np.float64)
    for k in range(3):
        later = log.body[rows + k + 1, 0].astype(np.float64)
        up = later[:, YAW] - batch.headings[:, k].numpy()
        if turn == 0.0:
            np.testing.assert_allclose(np.cos(up - own[:, YAW]), 1.0, atol=1e-5)
        x = own[:, X] + places[:, k, 0] * np.cos(up) - places[:, k, 1] * np.sin(up)
        y = own[:, Y] + places[:, k, 0] * np.sin(up) + places[:, k, 1] * np.cos(up)
        np.testing.assert_allclose(np.stack([x, y], 1), later[:, [X, Y]], atol=5e-3)


def test_the_feed_shows_what_the_environment_shows():
    """The same lap, once looked at while it is driven and once drawn from its log."""
    seen, poses, motion, tiles, memory = [], [], [], [0], None
    with make("sim_suite/CarRacing-v0", View("both", raster="car_racing")) as env:
        observation, _ = env.reset(seed=600_000)
        track, driver = read_track(env.unwrapped), PursuitDriver()
        for step in range(90):
            state = read_state(env)
            seen.append(observation["raster"])
            poses.append((state.x_m, state.y_m, state.yaw_rad))
            motion.append((state.forward_mps, state.left_mps))
            tiles.append(tile_at(state.centre, state.x_m, state.y_m, tiles[-1]))
            actions, memory = driver.predict([state], memory, np.array([step == 0]), True)
            observation, *_ = env.step(actions[0])
    log = log_of([
        Lap(track, np.array(poses), np.array(motion), np.array(tiles[1:], np.int64), np.ones(90, np.bool_))
    ])  # fmt: skip
    rows = log.moments(3)
    batch = Drawer(SPEC, NOTHING_CHANGED).draw([(log, rows)], np.random.default_rng(0))
    starts = np.arange(10)[log.episode_of(rows)]
    frames = starts + 10 * (rows - log.first[log.episode_of(rows)] - 1)
    assert sorted(frames.tolist()) == list(range(60)), "each frame is a moment, once"
    np.testing.assert_array_equal(batch.raster.numpy(), np.stack(seen)[frames])


def test_a_generation_is_a_function_of_its_seed():
    again, other = drive_laps(OPTIONS, 3, 0), generation(1)
    for name in ("body", "tile", "track", "first", "end", "learned"):
        np.testing.assert_array_equal(getattr(again, name), getattr(generation(), name))
    np.testing.assert_array_equal(again.tracks.quads, generation().tracks.quads)
    assert not np.array_equal(other.tracks.quads[:50], generation().tracks.quads[:50])


def test_what_the_hand_does_is_not_learned_from_and_a_lost_car_neither():
    log, calm = generation(), drive_laps(LapOptions(laps=1, steps=160, grasped=0.0), 3, 0)
    assert 0.2 < log.learned.mean() < 0.9
    assert calm.learned.sum() == len(calm.learned) - 10, "all but the repeated first frames"
    wild = drive_laps(LapOptions(laps=1, steps=600, grasped=1.0, grasps_per_s=10.0), 4, 0)
    middle = wild.tracks.quads.mean(1)
    away = [np.hypot(*(middle - row).T).min() for row in wild.body[:, 0, [X, Y]]]
    assert max(away) <= LOST_M
    assert len(wild.body) < 600 + 10, "it is lost before its time"


@pytest.mark.slow
def test_a_resumed_run_sees_the_same_batches():
    options = FeedOptions(batch_size=6, batches_per_generation=2, pool=1, laps=OPTIONS)

    def taken(feed, number):
        return [part.clone() for part in feed.batch(number)]

    with Feed(SPEC, options, 3, world=CAR_RACING) as feed:
        first = [taken(feed, number) for number in range(4)]
    with Feed(SPEC, options, 3, world=CAR_RACING) as feed:
        assert all(torch.equal(one, other) for one, other in zip(taken(feed, 3), first[3], strict=True))
    assert not torch.equal(first[2][0], first[3][0])


def test_perturbed_drives_come_back_within_a_second():
    log = generation()
    rows = log.moments(3)
    limits = Augmentation(
        turn_rad=0.0,
        past_dropout=0.0,
        perturbed=1.0,
        jitter_m=1.5,
        jitter_rad=0.2,
        most_curvature=0.12,
        most_lateral=200.0,
    )
    drawer = Drawer(SPEC, limits)
    batch = drawer.draw([(log, rows)], np.random.default_rng(0))
    plain = Drawer(SPEC, NOTHING_CHANGED).draw([(log, rows)], np.random.default_rng(0))
    done = batch.weight.numpy() < 1.0
    assert done.mean() > 0.3
    moved = (batch.waypoints - plain.waypoints).numpy()[done]
    assert np.abs(moved[:, 0]).max() > 0.5, "seen from the jittered pose the way lies elsewhere"
    assert np.array_equal(batch.waypoints[~done], plain.waypoints[~done])


def test_a_tiny_network_learns_moments_by_heart():
    log = generation()
    rows = log.moments(3)
    batch = Drawer(SPEC, NOTHING_CHANGED).draw(
        [(log, rows[np.linspace(0, len(rows) - 1, 8).astype(int)])], np.random.default_rng(0)
    )
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    network = FastChauffeurNet(
        SPEC, Sizes(maps=(8, 16, 16, 16), fast_maps=8, fast_units=64, length_m=5.0, width_m=2.76)
    )
    optimizer = torch.optim.AdamW(network.parameters(), 3e-3)
    for number in range(150):
        optimizer.param_groups[0]["lr"] = 3e-3 * (1 - number / 150)
        loss, _ = total(network(batch.raster, batch), batch, SPEC.stride, LossWeights(speed=0.1))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        said = network.eval()(batch.raster)
    torch.set_num_threads(threads)
    off = (said.waypoints - batch.waypoints).norm(dim=-1)[batch.known] * SPEC.raster.metres_per_pixel
    assert float(off.mean()) < 1.5, "metres, of ways of 30 m"


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"laps": 0}, "laps must lie in 1 to 1000, not be 0"),
        ({"pace": 0.1}, "pace must lie in 0.2 to 1.0"),
        ({"grasped": 1.5}, "grasped must lie in 0.0 to 1.0"),
    ],
)
def test_options_are_checked(settings, message):
    with pytest.raises(SuiteError, match=message):
        LapOptions(**settings)
