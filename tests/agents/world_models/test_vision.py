"""V: what it sees is what its perception checkpoint sees; it is carried by whoever looks with it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from agents.world_models.vision import Vision, open_vision, read_vision
from perception.generative.autoencoders.opening import open_vae
from perception.generative.data.car_racing import seen
from sim_suite.envs.making import make
from sim_suite.errors import DamagedFileError, SuiteError
from tests.agents.world_models.tiny_vision import CONFIG, LATENTS, kept_in, network, vision


@pytest.fixture(scope="module")
def frames():
    with make("sim_suite/CarRacing-v0") as env:
        first, _ = env.reset(seed=1)
        shown = [first] + [env.step(np.array([0.3, 1.0, 0.0], np.float32))[0] for _ in range(2)]
    return np.stack(shown)


def test_it_sees_what_its_checkpoint_sees(frames, tmp_path):
    theirs = open_vae(str(kept_in(tmp_path / "v")))
    own = open_vision(str(tmp_path / "v"), "float32")
    shown = own.shown(frames)
    assert np.array_equal(shown[1], seen(frames[1]))
    for one, other in zip(own.encode(shown), theirs.encode(shown), strict=True):
        assert one.shape == (3, LATENTS)
        assert np.abs(one.numpy() - other).max() < 1e-4
    latents = own.encode(shown)[0]
    apart = own.decode(latents).astype(int) - theirs.decode(latents.numpy())
    assert np.abs(apart).max() <= 1


def test_bfloat16_is_near(frames):
    shown = vision().shown(frames)
    exact, rough = (vision(precision).encode(shown)[0] for precision in ("float32", "bfloat16"))
    assert exact.dtype == rough.dtype
    assert 0 < (exact - rough).abs().max() < 0.05 * exact.abs().max()


def test_it_is_saved_and_read(frames, tmp_path):
    own = vision()
    own.save(tmp_path)
    shown = own.shown(frames)
    assert np.array_equal(read_vision(tmp_path, "float32").encode(shown)[0].numpy(), own.encode(shown)[0].numpy())
    (tmp_path / "vision.safetensors").write_bytes(b"nothing")
    with pytest.raises(DamagedFileError, match=r"vision\.safetensors does not hold"):
        read_vision(tmp_path, "float32")


def test_what_is_no_v_is_refused():
    with pytest.raises(SuiteError, match="name a checkpoint of vae"):
        open_vision("zoo:signs", "float32")
    with pytest.raises(SuiteError, match="must be a VAE of car_racing that is told no conditions, not of signs"):
        Vision(replace(CONFIG, data=replace(CONFIG.data, source="signs")), network(), "float32")
