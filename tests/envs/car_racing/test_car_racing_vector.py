"""Many CarRacing worlds: each equals the single one, resets in the same step, and errors in workers become clear errors."""

import io
import json
import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.vector import AutoresetMode, SyncVectorEnv
from gymnasium.wrappers import TimeLimit

from sim_suite.envs.car_racing.env import CarRacingEnv
from sim_suite.envs.car_racing.vector import CarRacingVectorEnv
from sim_suite.envs.car_racing.worker import serve
from sim_suite.envs.car_racing.worlds import Order
from sim_suite.errors import SuiteError

LIMIT = 12


def single(**kwargs):
    return TimeLimit(CarRacingEnv(**kwargs), LIMIT)


def actions(num_envs, steps, seed=0):
    rng = np.random.default_rng(seed)
    return rng.uniform((-1, 0, 0), (1, 1, 0.5), size=(steps, num_envs, 3)).astype(np.float32)


def assert_same(a, b):
    """Equal nests of dictionaries, tuples and arrays."""
    if isinstance(a, dict):
        assert a.keys() == b.keys()
        for key in a:
            assert_same(a[key], b[key])
    elif isinstance(a, tuple) or (isinstance(a, np.ndarray) and a.dtype == object):
        assert len(a) == len(b)
        for x, y in zip(a, b, strict=True):
            assert_same(x, y)
    else:
        np.testing.assert_array_equal(a, b)
        assert np.asarray(a).dtype == np.asarray(b).dtype


@pytest.fixture(scope="module", params=[0, 2], ids=["in process", "two workers"])
def worlds(request):
    env = CarRacingVectorEnv(3, max_episode_steps=LIMIT, num_workers=request.param, labels=True)
    yield env
    env.close()


def test_every_answer_is_that_of_gymnasiums_vector_of_single_environments(worlds):
    reference = SyncVectorEnv([partial(single, labels=True)] * 3, autoreset_mode=AutoresetMode.SAME_STEP)
    assert_same(worlds.reset(seed=5), reference.reset(seed=5))
    for action in actions(3, 2 * LIMIT + 3):
        assert_same(worlds.step(action), reference.step(action))
    # A seed of None goes on with the world's own random numbers.
    assert_same(worlds.reset(seed=[9, None, 2]), reference.reset(seed=[9, None, 2]))
    assert worlds.observation_space == reference.observation_space
    assert worlds.action_space == reference.action_space


def test_world_i_is_the_single_environment_with_seed_plus_i(worlds):
    frames, _ = worlds.reset(seed=30)
    env = CarRacingEnv()
    first, _ = env.reset(seed=32)
    np.testing.assert_array_equal(frames[2], first)
    for action in actions(3, LIMIT - 1):
        frames, rewards, *_ = worlds.step(action)
        frame, reward, *_ = env.step(action[2])
        np.testing.assert_array_equal(frames[2], frame)
        assert rewards[2] == reward


def test_a_world_that_ends_shows_its_end_and_its_new_beginning(worlds):
    worlds.reset(seed=1)
    for action in actions(3, LIMIT - 1):
        *_, truncated, infos = worlds.step(action)
        assert not truncated.any()
        assert "final_obs" not in infos
    frames, _, terminated, truncated, infos = worlds.step(actions(3, 1)[0])
    assert truncated.all()
    assert not terminated.any()
    assert infos["_final_obs"].all()
    # A new episode begins at speed zero in the widest view, an old one ends elsewhere.
    for old, new in zip(infos["final_obs"], frames, strict=True):
        assert np.abs(old.astype(int) - new).mean() > 1


def test_a_mask_resets_only_some(worlds):
    worlds.reset(seed=1)
    before = worlds.step(actions(3, 1)[0])[0]
    frames, _ = worlds.reset(seed=7, options={"reset_mask": np.array([False, True, False])})
    np.testing.assert_array_equal(frames[[0, 2]], before[[0, 2]])
    assert (frames[1] != before[1]).any()


def test_answers_are_not_overwritten_by_the_next_step(worlds):
    frames, _ = worlds.reset(seed=1)
    kept = frames.copy()
    worlds.step(actions(3, 1)[0])
    np.testing.assert_array_equal(frames, kept)


def test_discrete_worlds_and_lap_ends():
    worlds = CarRacingVectorEnv(2, num_workers=0, continuous=False)
    worlds.reset(seed=0)
    worlds._own_worlds._envs[1].new_lap = True
    *_, terminated, truncated, infos = worlds.step(np.array([3, 0]))
    np.testing.assert_array_equal(terminated, [False, True])
    assert not truncated.any()
    np.testing.assert_array_equal(infos["final_info"]["lap_finished"], [False, True])
    np.testing.assert_array_equal(infos["final_info"]["_lap_finished"], [False, True])


def test_gymnasium_makes_it_with_the_registered_time_limit():
    worlds = gym.make_vec("sim_suite/CarRacing-v0", num_envs=2, vectorization_mode="vector_entry_point", num_workers=0)
    assert isinstance(worlds.unwrapped, CarRacingVectorEnv)
    assert worlds.unwrapped._own_worlds._limit == 1000
    assert worlds.metadata["autoreset_mode"] is AutoresetMode.SAME_STEP


def test_misuse_is_refused_in_words():
    with pytest.raises(SuiteError, match="num_envs and max_episode_steps must be at least 1"):
        CarRacingVectorEnv(0)
    with pytest.raises(SuiteError, match="render_mode must be None"):
        CarRacingVectorEnv(2, render_mode="rgb_array")
    worlds = CarRacingVectorEnv(2, num_workers=0)
    with pytest.raises(SuiteError, match=r"shape \(2, 3\)"):
        worlds.step(np.zeros((3, 3), np.float32))
    with pytest.raises(SuiteError, match="as many seeds"):
        worlds.reset(seed=[1, 2, 3])
    worlds.close()
    worlds.close()
    with pytest.raises(SuiteError, match="closed"):
        worlds.reset()


@pytest.fixture
def two_workers():
    env = CarRacingVectorEnv(3, num_workers=2)
    env.reset(seed=0)
    yield env
    env.close()


def alive(process):
    return process.poll() is None


def test_close_ends_the_workers_and_leaves_no_file(two_workers):
    crew = two_workers._crew
    processes = list(crew._processes)
    assert all(map(alive, processes))
    assert not crew._path.exists()
    two_workers.close()
    assert [process.returncode for process in processes] == [0, 0]


def test_a_killed_worker_is_named(two_workers):
    processes = list(two_workers._crew._processes)
    processes[1].kill()
    processes[1].wait()
    with pytest.raises(SuiteError, match="worker 1 of 2 ended with status -9"):
        two_workers.step(np.zeros((3, 3), np.float32))
    assert not any(map(alive, processes))


def test_an_error_in_a_worker_is_told(two_workers):
    processes = list(two_workers._crew._processes)
    with pytest.raises(SuiteError, match=r"worker 0 of 2 failed: .*[Ss]eed"):
        two_workers.reset(seed=[0, -1, 0])
    assert not any(map(alive, processes))


def test_an_interrupted_step_loses_nothing_but_itself(two_workers):
    crew = two_workers._crew
    still = np.zeros((3, 3), np.float32)
    await_all = crew._await_all

    def interrupted():  # while it waits; the workers' answers to this step are still to come, or unread
        crew._await_all = await_all
        raise KeyboardInterrupt

    crew._await_all = interrupted
    with pytest.raises(KeyboardInterrupt):
        two_workers.step(still)
    frames, _ = two_workers.reset(seed=3)
    env = CarRacingEnv()
    np.testing.assert_array_equal(frames[1], env.reset(seed=4)[0])
    np.testing.assert_array_equal(two_workers.step(still)[0][1], env.step(still[1])[0])


@pytest.mark.parametrize("first", ["made", "nonsense"])
def test_a_worker_whose_parent_has_ended_before_its_answer_says_nothing_of_a_broken_pipe(first, tmp_path, capsys):
    order = Order(1, 100, 0.95, False, True, False)
    memory = tmp_path / "memory"
    memory.write_bytes(bytes(order.nbytes() + 8))
    made = {"number": 7, "order": order.to_dict(), "path": str(memory), "worker": 0, "first": 0, "last": 1}
    line = json.dumps(made) if first == "made" else first
    reading, answers = os.pipe()
    os.close(reading)
    serve(io.BytesIO(line.encode() + b"\n"), answers)
    os.close(answers)
    assert "BrokenPipeError" not in capsys.readouterr().err
    assert np.frombuffer(memory.read_bytes()[-8:], np.int64) == (7 if first == "made" else 0)


SCRIPT = """
import numpy as np
from sim_suite.envs.car_racing.vector import CarRacingVectorEnv
env = CarRacingVectorEnv(3, num_workers=2)
env.reset(seed=0)
print(*[process.pid for process in env._crew._processes], flush=True)
while True:
    env.step(np.zeros((3, 3), np.float32))
"""


@pytest.mark.skipif(not hasattr(os, "killpg"), reason="process groups are POSIX")
@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGKILL])
def test_workers_end_with_their_parent_however_it_ends(ending):
    # A script without `if __name__ == "__main__"`, given on the command line.
    command = [sys.executable, "-c", SCRIPT]
    parent = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    line = parent.stdout.readline()
    while line and not line.split()[0].isdigit():
        line = parent.stdout.readline()
    workers = [int(pid) for pid in line.split()]
    assert len(workers) == 2
    if ending == signal.SIGINT:
        # As the terminal does: to the whole group.
        os.killpg(parent.pid, ending)
    else:
        parent.kill()
    _, errors = parent.communicate(timeout=60)
    for pid in workers:
        for _ in range(600):
            if not running(pid):
                break
            time.sleep(0.05)
        assert not running(pid)
    assert errors.count("Traceback") == (1 if ending == signal.SIGINT else 0)


def running(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
