"""The film: what is said stands where it lies; frames by the clock; other agents are filmed plainly."""

from __future__ import annotations

import io
from dataclasses import replace

import av
import numpy as np
import pytest
from watchers import SMALL, Foreseer, Watcher

from agents.imitation.chauffeurnet.spec import ChauffeurSpec
from sim_suite.driving.sensors.raster.raster_spec import preset
from sim_suite.driving.storyboard.finding import load_scenario
from sim_suite.driving.storyboard.variations import draw
from sim_suite.studies.chauffeurnet import panels
from sim_suite.studies.chauffeurnet.families import FAMILIES
from sim_suite.studies.chauffeurnet.film import film, play
from sim_suite.studies.chauffeurnet.seen import Seen, foreseeing, look

DRIVE = np.zeros((480, 640, 3), np.uint8)


def seen(spec, row, column, **changed):
    """One waypoint, all of its chance in the cell that holds it."""
    places = np.zeros((1, *spec.grid), np.float32)
    places[0, int(row / spec.stride), int(column / spec.stride)] = 1.0
    boxes = places.copy()
    told = {
        "raster": np.zeros(spec.raster.shape, np.uint8), "places": places, "waypoints": np.array([[row, column]], np.float32),
        "boxes": boxes, "objects": boxes, "road": np.zeros(spec.grid, np.float32),
    }  # fmt: skip
    return Seen(**(told | changed))


def brightest(panel):
    """(x, y) of the middle of what is warm: yellow on a dark ground."""
    warm = panel[..., 0].astype(float) - panel[..., 2]
    ys, xs = np.nonzero(warm > 0.6 * warm.max())
    return xs.mean(), ys.mean()


@pytest.mark.parametrize("name", ["small", "bench", "chauffeurnet"])
@pytest.mark.parametrize("stride", [1, 4])
def test_heat_lies_where_the_waypoint_is(name, stride):
    spec = ChauffeurSpec(preset(name), stride, 1)
    row, column = spec.raster.ego_row_col[0] - 41.0, spec.raster.ego_row_col[1] + 13.0
    said = seen(spec, row, column)
    heat = panels._places(panels._dimmed(said.raster, spec.raster), said, spec.raster)
    middle = (np.floor(np.array([row, column]) / stride) + 0.5) * stride  # of the cell
    scale = heat.shape[0] / sum(np.array([-1, 1]) * panels._bounds(spec.raster, panels.PANEL)[:2])
    assert brightest(heat) == pytest.approx(panels._to_panel(middle, spec.raster), abs=max(1.5, 0.3 * scale))


def test_a_frame_shows_all_panels():
    spec = ChauffeurSpec(SMALL, 2, 1)
    whole = panels.frame(DRIVE, seen(spec, 50.0, 64.0), SMALL, "M4: nudging", 1.5)
    assert (whole.shape, whole.dtype) == ((panels.HEIGHT, panels.WIDTH, 3), np.uint8)
    said = seen(spec, 50.0, 64.0)
    for part in ("places", "objects", "road"):
        other = panels.frame(DRIVE, said._replace(**{part: None}), SMALL, "M4: nudging", 1.5)
        changed = np.nonzero((other != whole).any(axis=(0, 2)))[0]
        assert len(changed)
        assert changed.min() >= panels.DRIVE[0]  # beside the drive


def test_all_layers_of_the_input_are_shown():
    shown = {name for _, names in panels.LAYERS for name in names}
    assert {panels._kind(name) for name in preset("chauffeurnet").channels} == shown


def test_what_is_looked_at_is_what_the_network_says():
    agent = Foreseer()
    assert foreseeing(agent) is agent
    assert foreseeing(Watcher()) is None
    raster = np.random.default_rng(0).integers(0, 256, SMALL.shape).astype(np.uint8)
    said = look(agent, raster)
    assert said.places.sum(axis=(1, 2)) == pytest.approx(np.ones(3), abs=1e-4)
    assert (said.waypoints == agent.foresee(raster[None]).waypoints[0].numpy()).all()
    assert said.road.shape == agent.policy.spec.grid
    assert said.objects.shape == (3, *agent.policy.spec.grid)


@pytest.mark.parametrize(("road", "objects"), [(True, False), (False, True)])
def test_what_was_not_learned_is_not_shown(road, objects):
    agent = Foreseer()
    agent.network.leave_out(not road, not objects)
    said = look(agent, np.zeros(SMALL.shape, np.uint8))
    assert (said.road is not None, said.objects is not None) == (road, objects)


def test_a_frame_for_each_decision(monkeypatch):
    scenario = replace(load_scenario(FAMILIES["straight"].source), limit_s=0.3)
    frames = []
    play(scenario, draw(scenario, 0, [0])[0], Foreseer(), "M4", frames.append)
    assert len(frames) == 3 + 10  # three decisions, and a second of what came after
    assert (frames[0] != frames[2]).any()


def test_films_are_webm_with_and_without_panels():
    scenario = replace(load_scenario(FAMILIES["straight"].source), limit_s=0.3)
    variation = draw(scenario, 0, [0])[0]
    wide, plain = (film(scenario, variation, agent, "M4") for agent in (Foreseer(), Watcher()))
    assert wide[:4] == plain[:4] == b"\x1aE\xdf\xa3"
    assert wide == film(scenario, variation, Foreseer(), "M4")
    assert [av.open(io.BytesIO(one)).streams.video[0].width for one in (wide, plain)] == [panels.WIDTH, 480]
