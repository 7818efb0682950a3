"""The study of DAgger: what is finished is kept, a second start goes on to the same table, and the figures are exact."""

from __future__ import annotations

import json
import math

import pytest

from sim_suite.studies import dagger_table
from sim_suite.studies.dagger_scores import Cell, Track, table_of, text_of
from sim_suite.studies.dagger_table import Settings, Study, main
from tests.agents.imitation.dagger.swaying import EXPERT, SWAY, offer

RECIPE = f"""
agent = "dagger"
env = "{SWAY}"
[config]
expert = "{EXPERT}"
view = {{kind = "pixels", grey = true}}
policy = "alvinn"
head = "regression"
laps_per_round = 2
batches = 3
first_batches = 3
batch_size = 8
"""
SETTINGS = ("--laps", "1", "2", "--rounds", "0", "2", "--seeds", "0", "--tracks", "2")


@pytest.fixture(autouse=True)
def small(monkeypatch, tmp_path):
    offer(monkeypatch)
    (tmp_path / "small.toml").write_text(RECIPE, encoding="utf-8")
    monkeypatch.setattr(dagger_table, "RECIPE", str(tmp_path / "small.toml"))
    monkeypatch.setattr(dagger_table, "JUDGED_ON", SWAY)
    monkeypatch.setattr(dagger_table, "EXPERT", EXPERT)


def cells_of(folder):
    return {path.name: path.read_bytes() for path in sorted((folder / "cells").iterdir())}


def test_the_cheap_cells_come_first():
    settings = Settings(laps=(1, 5), rounds=(0, 3), seeds=(0, 1))
    assert settings.cells() == [(1, 0, 0), (5, 0, 0), (1, 0, 1), (5, 0, 1), (1, 3, 0), (5, 3, 0), (1, 3, 1), (5, 3, 1)]
    assert len(Settings().cells()) == 48
    parts = [Settings().cells(part, 3) for part in range(3)]
    assert sorted(cell for part in parts for cell in part) == sorted(Settings().cells())
    assert {(laps, seed) for laps, _, seed in parts[0]}.isdisjoint((laps, seed) for laps, _, seed in parts[1])


def test_stopped_at_any_moment_it_goes_on_to_the_same_table(tmp_path):
    """It stops each time it is asked for the third time whether to; whole tracks, cells and rounds are kept."""
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    assert main(["--out", str(whole), *SETTINGS]) == 0
    starts = 0
    while True:
        asked = 0

        def enough():
            nonlocal asked
            asked += 1
            return asked == 3

        starts += 1
        assert starts < 50, "it goes forward"
        if Study(broken, Settings((1, 2), (0, 2), (0,), 2), enough).run(lambda text: None):
            break
    assert starts > 4
    assert cells_of(broken) == cells_of(whole)
    assert (broken / "table.md").read_bytes() == (whole / "table.md").read_bytes()
    assert list(cells_of(whole)) == ["001-00-0.json", "001-02-0.json", "002-00-0.json", "002-02-0.json"]
    lines = json.loads((whole / "table.json").read_text())
    assert [(line["laps"], line["rounds"]) for line in lines] == [(1, 0), (1, 2), (2, 0), (2, 2), (None, None)]
    assert lines[-1]["mean"]["point"] == 100.0, "the expert stays on the road"


def test_parts_make_the_same_table(tmp_path):
    settings = Settings((1, 2), (0, 2), (0,), 2)
    for part in (1, 0):
        assert Study(tmp_path / "parts", settings, lambda: False).run(lambda text: None, part, 2)
    assert Study(tmp_path / "whole", settings, lambda: False).run(lambda text: None)
    assert cells_of(tmp_path / "parts") == cells_of(tmp_path / "whole")
    assert (tmp_path / "parts" / "table.md").read_bytes() == (tmp_path / "whole" / "table.md").read_bytes()
    assert main(["--out", str(tmp_path / "none"), *SETTINGS, "--workers", "0"]) == 2


@pytest.mark.slow
def test_several_processes_stop_when_time_is_up(tmp_path):
    assert main(["--out", str(tmp_path / "study"), "--minutes", "0", "--workers", "2"]) == 75
    assert not list((tmp_path / "study").rglob("cells"))


def test_a_cell_that_is_finished_is_not_driven_again(tmp_path, capsys):
    words = ["--out", str(tmp_path), "--laps", "1", "--rounds", "0", "--seeds", "0", "--tracks", "1"]
    assert main([*words, "--minutes", "0"]) == 75
    assert not (tmp_path / "cells").exists()
    assert "the expert itself" not in capsys.readouterr().out, "not before all its tracks are driven"
    assert main(words) == 0
    (tmp_path / "cells" / "001-00-0.json").write_text(
        '[{"seed": 10000, "episode_return": 7.0, "length": 7, "terminated": true}]', encoding="utf-8"
    )
    assert main(words) == 0
    assert "| 1 | 0 | 7.0 | 7 | 7.0 | 7.0 | 100 % |" in capsys.readouterr().out
    assert main([*words, "--set", "batches=9"]) == 2
    assert "holds a study with other settings" in capsys.readouterr().err


def test_a_lap_is_finished_or_not():
    assert Track(0, 926.8, 732, True).finished, "all tiles in 732 steps"
    assert Track(0, 950.4 - 90.0, 900, True).finished, "a new lap with 95.04 % of the tiles"
    assert not Track(0, 900.0, 1000, False).finished, "all tiles, but the time was up before the lap was"
    assert not Track(0, 1000 - 40.0 - 100.0, 400, True).finished, "left the playfield"


def test_the_figures_are_those_of_the_laps():
    tracks = [
        tuple(Track(k, value, 500, True) for k, value in enumerate(run)) for run in ([900.0, 910.0], [920.0, 800.0])
    ]
    cells = [Cell(5, 3, seed, run) for seed, run in enumerate(tracks)]
    (line, expert) = table_of(cells, [Track(0, 940.0, 600, True)])
    assert line.run_means == (905.0, 860.0)
    assert (line.mean.point, line.median, line.mean.runs) == (882.5, 905.0, 2)
    assert line.fifth_percentile == pytest.approx(800 + 0.15 * 100)
    assert line.failures == 0.25, "800 + 50 is less than 950"
    assert line.mean.low < 882.5 < line.mean.high
    assert expert.laps is None
    assert math.isnan(expert.mean.low)
    text = text_of([line, expert], 2, "CarRacing-v3", 2, 48)
    assert "| 5 | 3 | 882.5 [" in text
    assert "| the expert itself | | 940.0 |  | 940.0 | 940.0 | 0 % |" in text
