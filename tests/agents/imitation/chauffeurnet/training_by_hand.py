"""The smallest run of a ChauffeurNet, so that tests of training take seconds; run as a program it is one process of several."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from safetensors.torch import save_file

from agents.imitation.chauffeurnet.config import ChauffeurConfig
from agents.imitation.chauffeurnet.learner import ChauffeurLearner
from agents.naming import task_of
from agents.recipe import Recipe
from agents.training import begin, go
from sim_suite.settings import build_config, plain_config, with_settings

ENV = "sim_suite/Driving-v0"
TINY = {
    "stride": 4,
    "waypoints": 3,
    "sizes": {
        "maps": [4, 8, 8, 8],
        "dilations": [1],
        "fold": 2,
        "hidden": 8,
        "meta": 8,
        "fast_maps": 4,
        "fast_units": 16,
    },
    "feed": {
        "batch_size": 4,
        "batches_per_generation": 4,
        "pool": 1,
        "experience": {"maps": ["curves"], "worlds": 3, "seconds": 5.0, "actors": 12, "drivers": ["idm"]},
    },
    "updates": 6,
    "warm_up": 2,
    "precision": "float32",
    "threads": 1,
    "report_every": 2,
    "judge_every": 3,
    "judged_batches": 2,
    "judged_worlds": 2,
}


def config(**settings):
    """The smallest configuration, with dots in place of double underscores."""
    changed = with_settings(TINY, {name.replace("__", "."): value for name, value in settings.items()})
    return plain_config(build_config(ChauffeurConfig, changed, "tiny"))


def recipe(method="chauffeurnet", **settings):
    return Recipe(method, ENV, config=config(**settings))


def settings_of(accumulate):
    """Of the run that is compared with one in several processes."""
    return {"accumulate": accumulate, "updates": 3, "report_every": 3}


def train(accumulate):
    """The learner, trained alone in this process, and its lines of metrics."""
    made = build_config(ChauffeurConfig, config(**settings_of(accumulate)), "tiny")
    learner = ChauffeurLearner(task_of(ENV, {}), made, 0, "cpu")
    return learner, list(learner.run())


def main(folder, rank):
    """One process of several: the first one writes folder/run; all write their weights."""
    run = begin(recipe(**settings_of(1)), folder / "run")
    go(run)
    weights = {name: value.contiguous() for name, value in run.learner.agent.network.state_dict().items()}
    save_file(weights, folder / f"{rank}.safetensors")
    print(run.learner.done_steps)


if __name__ == "__main__":
    main(Path(sys.argv[1]), os.environ["RANK"])
