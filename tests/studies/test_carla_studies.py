"""The studies of CARLA's server run and tell what they count; whether nothing is lost in ten minutes takes the long run to tell."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sim_suite.studies import carla_soak

pytest.importorskip("carla", reason="CARLA's client is not installed (carla==0.9.16)")
ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_a_short_soak_counts_what_it_did():
    done = subprocess.run(
        [sys.executable, "-c", "import json; from sim_suite.studies.carla_soak import soak; print(json.dumps(soak(3, 4, 3)))"],
        capture_output=True, text=True, timeout=300, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["readings"] >= 3 * 4 * 2  # of a camera and a lidar in each step
    assert 50.0 < found["early_mb_episodes"] <= found["late_mb_loads"] * 1.5
    assert found["growth"] < 1.0
    assert carla_soak.MOST_GROWTH < 0.1


@pytest.mark.slow
def test_carlas_traffic_manager_loses_no_car_and_repeats_itself(tmp_path):
    """Twenty cars for a minute, twice; its traffic manager listens on every address, so it gets a network of its own."""
    missing = any(shutil.which(program) is None for program in ("unshare", "ip"))
    if missing or subprocess.run(["unshare", "-rn", "true"], capture_output=True).returncode:
        pytest.skip("no network of its own can be had here (unshare -rn)")
    words = f"-m sim_suite.studies.carla_traffic --cars 20 --minutes 1 --out {tmp_path / 'found.json'}"
    done = subprocess.run(
        ["unshare", "-rn", "sh", "-c", f"ip link set lo up && exec {sys.executable} {words}"],
        capture_output=True, text=True, timeout=600, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 cars lost; the runs are equal" in done.stdout
    first, _ = json.loads((tmp_path / "found.json").read_text())
    assert (first["cars"], first["lost"]) == (20, [])
    assert sum(first["metres_a_minute"]) > 20 * 60 * 2.0
