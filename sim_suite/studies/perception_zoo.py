"""Makes the trained perception networks that are shipped: train by recipe, judge, put into perception/zoo.

    python -m sim_suite.studies.perception_zoo                      # all
    python -m sim_suite.studies.perception_zoo NAME --run FOLDER    # judge and install a run that is there

An entry is a checkpoint with its recipe (every setting spelled out), its log, and `score.json`: what the network reaches on held-out
data and the command that measures it again. It has the name of its recipe.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from pathlib import Path
from typing import Final

import torch

from perception import recipe as recipes
from perception.training import checkpoint
from perception.training.run import CONFIG, begin, go
from sim_suite.errors import SuiteError, UnknownNameError
from sim_suite.files import write_atomic, write_json
from sim_suite.learning.run_folder import METRICS

ENTRIES: Final = (
    "segmentation-car-racing",
    "segmentation-driving",
    "signs",
    "road-users",
    "yolo",
    "vae-car-racing",
    "clear-streets",
    "acgan",
    "pix2pix",
    "cyclegan",
)
"""The recipes whose networks are shipped."""
MOST_BYTES: Final = 8_000_000
SCORE: Final = "score.json"


def make_entry(name: str) -> Path:
    """Train, judge and install one entry, replacing what was there. Returns its folder."""
    if name not in ENTRIES:
        raise UnknownNameError("perception zoo entry", name, ENTRIES)
    with tempfile.TemporaryDirectory() as scratch:
        run = Path(scratch) / "run"
        go(begin(recipes.load(name), run, "cpu"))
        return install(name, run)


def install(name: str, run: Path) -> Path:
    """Judge a finished run and put it in the entry's place. Returns the entry's folder. Raises `SuiteError` for a run that is not."""
    if name not in ENTRIES:
        raise UnknownNameError("perception zoo entry", name, ENTRIES)
    said = checkpoint.describe(checkpoint.find(str(run)))
    done, options = said.training["steps"], said.config["training"]
    if done < options["updates"] * options["batch_size"]:
        raise SuiteError(
            f"{run} is not finished: {done} of {options['updates'] * options['batch_size']} examples. Go on with it by "
            f"sim-suite perception train --resume {run}."
        )
    with tempfile.TemporaryDirectory() as scratch:
        entry = Path(scratch) / name
        shutil.copytree(checkpoint.find(str(run)), entry)
        write_json(entry / SCORE, {"command": f"sim-suite perception evaluate zoo:{name}", "held_out": judged(entry)})
        for source, target in ((CONFIG, "recipe.toml"), (METRICS, METRICS)):
            write_atomic(entry / target, (run / source).read_bytes())
        size = sum(path.stat().st_size for path in entry.iterdir())
        if size > MOST_BYTES:
            raise SuiteError(f"{name} weighs {size} bytes; an entry of the zoo may weigh {MOST_BYTES}.")
        shutil.rmtree(checkpoint.ZOO / name, ignore_errors=True)
        shutil.copytree(entry, checkpoint.ZOO / name)
    return checkpoint.ZOO / name


def judged(folder: Path) -> dict[str, float]:
    """What a checkpoint reaches, on the processor."""
    trained = checkpoint.load(str(folder))
    with torch.inference_mode():
        return trained.task.judge(trained.network, torch.device("cpu"))


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="entries; all of them without")
    parser.add_argument("--run", type=Path, help="a finished run, to be judged and installed")
    asked = parser.parse_args()
    for name in asked.names or ENTRIES:
        print(make_entry(name) if asked.run is None else install(name, asked.run), flush=True)


if __name__ == "__main__":
    main()
