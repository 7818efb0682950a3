"""The perception zoo: what is shipped is what its recipe makes, and sees as well as its score says."""

from __future__ import annotations

import pytest

from perception import recipe as recipes
from perception.registry import entry
from perception.training import checkpoint
from perception.training.checkpoint import ZOO, zoo_names
from sim_suite.files import read_json
from sim_suite.settings import build_config, plain_config
from sim_suite.studies.perception_zoo import ENTRIES, MOST_BYTES, SCORE, judged
from sim_suite.toml_files import read_toml


def test_every_entry_is_made_by_the_study():
    assert zoo_names() == sorted(ENTRIES)


@pytest.mark.parametrize("name", ENTRIES)
def test_an_entry_holds_recipe_log_and_score_that_agree(name):
    description = checkpoint.describe(ZOO / name)
    said = recipes.parse(read_toml(ZOO / name / "recipe.toml"), name, "")
    shipped = recipes.load(name)
    kind = entry(description.task).load()
    made, noted, today = (
        plain_config(build_config(kind.Config, config, name))
        for config in (description.config, said.config, shipped.config)
    )
    assert made == noted
    assert noted == today, "the recipe has changed: make it anew"
    assert (said.task, said.seed) == (shipped.task, shipped.seed)
    log = (ZOO / name / "metrics.jsonl").read_text().splitlines()
    assert f'"step": {description.training["steps"]}' in log[-1]
    assert sum(path.stat().st_size for path in (ZOO / name).iterdir()) <= MOST_BYTES


@pytest.mark.slow
@pytest.mark.parametrize("name", ENTRIES)
def test_an_entry_sees_as_its_score_says(name):
    # Two hundredths: that much another drawing of the same scenes may move the thinnest classes.
    assert judged(ZOO / name) == pytest.approx(read_json(ZOO / name / SCORE)["held_out"], abs=0.02)


@pytest.mark.parametrize(("name", "least"), [("segmentation-car-racing", 0.90), ("segmentation-driving", 0.65)])
def test_segmentation_keeps_its_promise(name, least):
    reached = read_json(ZOO / name / SCORE)["held_out"]
    assert reached["miou"] >= least
    assert reached["above_threshold"] >= 0.10


def test_yolo_keeps_its_promise():
    reached = read_json(ZOO / "yolo" / SCORE)["held_out"]
    assert reached["ap50"] >= 0.80
    assert reached["above_colours"] > 0.0
