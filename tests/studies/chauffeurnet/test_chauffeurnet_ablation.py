"""Cues are taken out of rasters, exactly: the named channels, the named values, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest

from agents.interface import Interface
from sim_suite.driving.sensors.raster.raster_spec import PRESETS
from sim_suite.envs.views import View
from sim_suite.errors import SuiteError
from sim_suite.studies.chauffeurnet.ablation import CUES, Blanked
from sim_suite.studies.chauffeurnet.families import FAMILIES


class Witness:
    """Keeps what it is shown."""

    def __init__(self, view):
        self.interface = Interface(view, "continuous")
        self.shown, self.seeds = [], []

    def seed(self, seed):
        self.seeds.append(seed)

    def predict(self, observation, state=None, episode_start=None, deterministic=False):
        self.shown.append((observation, state, episode_start, deterministic))
        return np.zeros((3, 2), np.float32), "next"


def rasters(preset):
    return np.random.default_rng(0).choice(np.array([0, 60, 128, 255], np.uint8), (3, *PRESETS[preset].shape))


@pytest.mark.parametrize(
    ("cue", "preset", "channels"),
    [
        ("lights", "bench", [f"lights_{k}" for k in range(5)]),
        ("others", "bench", [f"actors_{k}" for k in range(5)]),
        ("lights", "small", ["lights_0"]),
        ("others", "small", [f"actors_{k}" for k in range(4)]),
    ],
)
def test_exactly_the_named_channels_are_blank(cue, preset, channels):
    witness, given = Witness(View("raster", raster=preset)), rasters(preset)
    before = given.copy()
    Blanked(witness, CUES[cue]).predict(given)
    shown = witness.shown[0][0]
    assert (given == before).all()
    for plane, name in enumerate(PRESETS[preset].channels):
        if name in channels:
            assert not shown[:, plane].any()
        else:
            assert (shown[:, plane] == before[:, plane]).all()


def test_of_stop_signs_the_lines_go_and_crosswalks_stay():
    witness, given = Witness(View("raster", raster="small")), rasters("small")
    Blanked(witness, CUES["stop_signs"]).predict(given)
    plane = PRESETS["small"].channels.index("crosswalks_stops")
    shown = witness.shown[0][0]
    assert (shown[:, plane] == np.where(given[:, plane] == 255, 0, given[:, plane])).all()
    assert (np.delete(shown, plane, axis=1) == np.delete(given, plane, axis=1)).all()


def test_numbers_beside_the_raster_and_all_else_pass_through():
    witness, given = Witness(View("both", raster="small")), rasters("small")
    numbers, starts = np.arange(6.0).reshape(3, 2), np.ones(3, np.bool_)
    blanked = Blanked(witness, CUES["others"])
    blanked.seed(7)
    actions, state = blanked.predict({"raster": given, "vector": numbers}, "before", starts, True)
    (seen, before, said_starts, deterministic) = witness.shown[0]
    assert (seen["vector"] is numbers, before, said_starts is starts, deterministic) == (True, "before", True, True)
    assert not seen["raster"][:, PRESETS["small"].channels.index("actors_0")].any()
    assert (actions.shape, state, witness.seeds) == ((3, 2), "next", [7])
    assert blanked.interface is witness.interface


def test_who_sees_no_raster_cannot_be_ablated():
    with pytest.raises(SuiteError, match="this agent sees vector"):
        Blanked(Witness(View("vector")), CUES["lights"])


def test_a_raster_of_another_shape_is_refused():
    with pytest.raises(SuiteError, match=r"the raster is \(12, 8, 8\)"):
        Blanked(Witness(View("raster", raster="small")), CUES["lights"]).predict(np.zeros((1, 12, 8, 8), np.uint8))


def test_cues_name_families_that_there_are():
    assert {name for cue in CUES.values() for name in cue.families} <= set(FAMILIES)
