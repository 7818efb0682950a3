"""The GPU's kernel against the CPU's, in a child process where numba simulates a GPU and compiles nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from sim_suite.driving.cuda.worlds import GpuWorlds, has_gpu
from sim_suite.driving.roads.maps import load_map
from sim_suite.driving.world.kinds import Model
from sim_suite.driving.world.terrain import prepare
from sim_suite.driving.world.world import World, WorldOptions
from sim_suite.errors import SuiteError
from tests.driving.cuda.stored_worlds import load, store

ROOT = Path(__file__).parents[3]
TICKS = 5
CASES = {
    "traffic": WorldOptions(vehicles=8, pedestrians=3, parked=1, trail=2),
    "two agents that slide, everybody judged": WorldOptions(
        agents=2, vehicles=4, model=Model.SINGLE_TRACK, judge_all=True
    ),
}


def run_child(*arguments: str) -> None:
    environment = os.environ | {"NUMBA_ENABLE_CUDASIM": "1", "NUMBA_DISABLE_JIT": "1"}
    done = subprocess.run(
        [sys.executable, *arguments],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]


@pytest.mark.parametrize("case", CASES)
def test_the_gpu_goes_where_the_cpu_goes(case, tmp_path):
    """Driven through a junction, each array of two worlds is equal within 1e-5 after five ticks; integers are equal."""
    world = World(prepare(load_map("crossroads")), 2, CASES[case])
    world.reset([3, 4])
    agents = CASES[case].agents
    world.state.controls[:, :agents] = 0.05, 0.9, 0.0
    world.step(100)
    before, after = tmp_path / "before.npz", tmp_path / "after.npz"
    store(before, world.state, world.ground)
    run_child("-m", "tests.driving.cuda.gpu_child", str(before), str(after), str(TICKS))
    world.step(TICKS)
    on_gpu, _ = load(after)
    for name in on_gpu._fields:
        there, here = getattr(on_gpu, name), getattr(world.state, name)
        if here.dtype == np.float32:
            np.testing.assert_allclose(there, here, rtol=1e-5, atol=1e-5, err_msg=name)
        else:
            np.testing.assert_array_equal(there, here, err_msg=name)


def test_importing_touches_no_gpu():
    """The suite does not import numba's GPU part by itself, and importing ours does not start the driver."""
    code = (
        "import sys, sim_suite, sim_suite.driving.world.world\n"
        "assert not any(name.startswith('sim_suite.driving.cuda') for name in sys.modules)\n"
        "import sim_suite.driving.cuda.worlds\n"
        "from numba.cuda.cudadrv.driver import driver\n"
        "assert driver.pid is None, 'cuInit was called'\n"
        "assert 'torch' not in sys.modules"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]


@pytest.mark.skipif(has_gpu(), reason="there is a GPU")
def test_without_a_gpu_it_says_what_to_do():
    world = World(prepare(load_map("crossroads")), 1, WorldOptions())
    with pytest.raises(SuiteError, match=r"sim-suite\[gpu\]"):
        GpuWorlds(world.state, world.ground)
