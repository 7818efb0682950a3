"""The study of dreams: film, strip and facts of a world model's dream, from the command line; what it refuses."""

from __future__ import annotations

import json
from dataclasses import replace

import cv2
import numpy as np
import pytest
import torch

from agents.checkpoint import Description, save
from agents.naming import task_of
from agents.world_models.agent import MemoryAndController, WorldModelAgent, WorldModelSpec
from sim_suite.envs.making import make, space_text
from sim_suite.errors import SuiteError
from sim_suite.learning.torch_blocks import seeded
from sim_suite.studies.dreams import SIDE, Options, course, frame, main, strip
from tests.agents.world_models.tiny_vision import LATENTS, vision

CAR_RACING = "sim_suite/CarRacing-v0"
SMALL = Options(before=2, awake=3, asleep=5, moments=3)


@pytest.fixture(scope="module")
def agent():
    with seeded(1):
        return WorldModelAgent(
            spec := WorldModelSpec(LATENTS, 4, 2, hold=2, precision="float32"),
            vision(),
            MemoryAndController(spec).eval(),
        )


def test_a_course_is_the_drive_and_a_dream_of_it(agent):
    shown = course(agent, SMALL)
    assert [len(part) for part in (*shown.rows, shown.distances)] == [8] * 4
    assert not shown.distances[:3].any()
    assert (shown.distances[3:] > 0).all()
    assert np.array_equal(shown.rebuilt[:3], shown.dreamt[:3])
    with make(CAR_RACING) as env:
        seen, _ = env.reset(seed=SMALL.seed)
        for _ in range(4):
            seen = env.step(np.array([0.0, 0.5, 0.0], np.float32))[0]  # what a controller of zeros does
    assert np.array_equal(shown.saw[0], agent.vision.shown(seen[None])[0])
    assert strip(shown, SMALL).shape[1] > 3 * SIDE
    assert not np.array_equal(frame(shown, 0, SMALL), frame(shown, 7, SMALL))


def test_another_drives_and_is_dreamt_of(agent):
    """The expert, which reads the privileged state, leads the car off the line that a controller of zeros keeps."""
    shown, own = (course(agent, replace(SMALL, before=40, driver=name)) for name in ("car-racing-pursuit", ""))
    assert not np.array_equal(shown.saw, own.saw)
    with pytest.raises(SuiteError, match="zoo:car-racing-dagger looks at pixels grey x4"):
        course(agent, replace(SMALL, driver="zoo:car-racing-dagger"))


def test_film_and_pictures_are_written(agent, tmp_path, capsys):
    task = task_of(CAR_RACING, {})
    spaces = (space_text(task.observation_space), space_text(task.action_space))
    save(tmp_path / "agent", agent, Description("world-models", CAR_RACING, {}, agent.interface, {}, spaces))
    words = [str(tmp_path / "agent"), "--out", str(tmp_path / "out"), "--before", "1", "--awake", "2", "--asleep", "4"]
    assert main([*words, "--moments", "2"]) == 0
    assert (tmp_path / "out" / "dream.webm").read_bytes()[:4] == b"\x1a\x45\xdf\xa3"
    assert cv2.imread(str(tmp_path / "out" / "dream.png")).shape[2] == 3
    assert len(json.loads((tmp_path / "out" / "dream.json").read_text())["distances"]) == 6
    torch.manual_seed(5)
    first = (tmp_path / "out" / "dream.webm").read_bytes()
    assert main([*words, "--moments", "2"]) == 0
    assert (tmp_path / "out" / "dream.webm").read_bytes() == first
    capsys.readouterr()
    for wrong, told in (
        (["random", "--out", str(tmp_path)], "random has no world model to dream with"),
        ([*words, "--awake", "0"], "awake must be at least 1, not 0"),
        ([*words, "--asleep", "600"], "decisions of 603. Name another --seed"),
    ):
        assert main(wrong) == 2
        assert told in capsys.readouterr().err
