"""Makes the checkpoints of agents/zoo: trains by recipe, judges as `zoo_judging` says, and keeps all of it together.

    python -m sim_suite.studies.zoo                 every entry
    python -m sim_suite.studies.zoo cart-pole-ppo   one

An entry holds the checkpoint (agent.json, model.safetensors), the recipe with every setting (recipe.toml), the log
(metrics.jsonl) and the score (score.json: how it was judged, and what came out). It may weigh 8 MB.
"""

from __future__ import annotations

import contextlib
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from agents import recipe as recipes
from agents.naming import ZOO
from agents.training import begin, go
from sim_suite.cli.episodes_record import Record, record
from sim_suite.errors import SuiteError, UnknownNameError
from sim_suite.files import write_atomic, write_json
from sim_suite.learning.run_folder import CHECKPOINT_NAME
from sim_suite.studies.zoo_judging import Judge, PerfectPlay, SuiteTask

MOST_BYTES = 8_000_000


@dataclass(frozen=True)
class Laps:
    """Episodes that are recorded before the training, with seeds from 0."""

    agent: str
    episodes: int


@dataclass(frozen=True)
class ZooEntry:
    """How one checkpoint comes about and where it is judged."""

    recipe: str
    judge: Judge
    laps: Laps | None = None
    """What it learns from, where its recipe names a folder of episodes."""
    before: str = ""
    """The recipe of the run that it goes on from, where its own names one (`start_from`)."""


_CART_POLE = SuiteTask("classic", "cart-pole")
_MOUNTAIN_CAR = SuiteTask("classic", "mountain-car-continuous")

ENTRIES = {
    "frozen-lake-4x4-q-learning": ZooEntry("frozenlake-4x4-q-learning", SuiteTask("classic", "frozen-lake-4x4")),
    "frozen-lake-8x8-q-learning": ZooEntry("frozenlake-8x8-q-learning", SuiteTask("classic", "frozen-lake-8x8")),
    "cart-pole-ppo": ZooEntry("cartpole-sb3-ppo", _CART_POLE),
    "mountain-car-continuous-a2c": ZooEntry("mountain-car-continuous-sb3-a2c", _MOUNTAIN_CAR),
    "mountain-car-continuous-reinforce": ZooEntry("mountain-car-continuous-reinforce", _MOUNTAIN_CAR),
    "cart-pole-ppo-own": ZooEntry("cartpole-ppo", _CART_POLE),
    "car-racing-bc": ZooEntry("car-racing-bc", SuiteTask("car-racing", "car-racing"), Laps("car-racing-pursuit", 20)),
    "car-racing-dagger": ZooEntry("car-racing-dagger", SuiteTask("car-racing", "car-racing")),
    "chauffeurnet-m4": ZooEntry(
        "chauffeurnet-m4-restarted", SuiteTask("scenarios", "red_light"), before="chauffeurnet-m4"
    ),
    "chauffeurnet-m0": ZooEntry("chauffeurnet-m0", SuiteTask("scenarios", "red_light")),
    "chauffeurnet-m4-plain": ZooEntry("chauffeurnet-m4", SuiteTask("scenarios", "red_light")),
    "breakout-pqn": ZooEntry("breakout-pqn-cpu", SuiteTask("atari", "breakout-nature")),
    "tic-tac-toe-alphazero": ZooEntry("alphazero-tic-tac-toe", PerfectPlay("tic_tac_toe")),
    "connect-four-alphazero": ZooEntry("alphazero-connect-four-long", PerfectPlay("connect_four")),
}


def make_entry(name: str, workers: int = 2) -> Path:
    """Train, judge and install one entry, replacing what was there. Returns its folder."""
    if name not in ENTRIES:
        raise UnknownNameError("zoo entry", name, ENTRIES)
    made = ENTRIES[name]
    with tempfile.TemporaryDirectory() as scratch:
        run = Path(scratch) / "run"
        recipe = recipes.load(made.recipe)
        with contextlib.chdir(
            scratch
        ):  # what the recipe says of its episodes, or a run before it, is a folder of the working directory
            if made.before:
                go(begin(recipes.load(made.before), Path(recipe.config["start_from"]), device="cpu"))
            if made.laps is not None:
                folder = Path(*recipe.config["episodes"])
                record(Record(recipe.env, made.laps.agent, folder, made.laps.episodes))
            go(begin(recipe, run, device="cpu"))
        return install(name, run, workers)


def install(name: str, run: Path, workers: int = 2) -> Path:
    """Judge a finished run and put it in the entry's place. Returns the entry's folder."""
    made, checkpoint = ENTRIES[name], run / CHECKPOINT_NAME
    with tempfile.TemporaryDirectory() as scratch:
        entry = Path(scratch) / name
        shutil.copytree(checkpoint, entry)
        write_json(entry / "score.json", made.judge.score(name, checkpoint, workers))
        for source, target in (("config.toml", "recipe.toml"), ("metrics.jsonl", "metrics.jsonl")):
            write_atomic(entry / target, (run / source).read_bytes())
        size = sum(path.stat().st_size for path in entry.iterdir())
        if size > MOST_BYTES:
            raise SuiteError(f"{name} weighs {size} bytes; an entry of the zoo may weigh {MOST_BYTES}.")
        shutil.rmtree(ZOO / name, ignore_errors=True)
        shutil.copytree(entry, ZOO / name)
    return ZOO / name


if __name__ == "__main__":
    for entry_name in sys.argv[1:] or ENTRIES:
        print(make_entry(entry_name), flush=True)
