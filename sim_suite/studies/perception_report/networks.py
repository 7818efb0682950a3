"""A trained perception network as far as a page needs it: read from its run or from the zoo, and shown at work. Source: ours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray

from perception import recipe as recipes
from perception.registry import entry
from perception.training.checkpoint import MODEL, Trained, find, load
from perception.training.learner import HELD_OUT
from perception.training.run import CONFIG
from perception.training.task import Draws, Notes
from sim_suite.errors import SuiteError
from sim_suite.files import read_json, sha256
from sim_suite.leaderboard.curves.reading import METRICS, TrainingRun, read_run
from sim_suite.studies.perception_zoo import SCORE

_SETTINGS: Final = (CONFIG, "recipe.toml")
"""Where a run and an entry of the zoo spell out their settings."""


@dataclass(frozen=True, eq=False)
class Network:
    """One trained network."""

    name: str
    """As it was named: zoo:NAME, or a folder."""
    task: str
    summary: str
    """Of its recipe, or of its task."""
    facts: Mapping[str, str]
    """What it is, by words for people."""
    classes: tuple[str, ...]
    settings: str
    """TOML."""
    run: TrainingRun
    """Its log."""
    figures: Mapping[str, float]
    """On held-out data; empty where it was never judged."""
    judged: str
    """When."""
    command: str
    """That measures the figures again."""
    notes: Mapping[str, str]
    """What the figures hang on."""
    picture: NDArray[np.uint8] | None
    """[rows, columns, 3] of what it makes of held-out pictures; None of a task that draws none."""


def read(name: str, judge: bool = False, device: torch.device | None = None) -> Network:
    """The network that a name stands for: a run, a checkpoint's folder beside its log, or zoo:NAME.

    judge: whether to judge it now; else figures are those that it was recorded with. Raises `SuiteError` for a name without a checkpoint
    or without a log.
    """
    folder, device = find(name), device or torch.device("cpu")
    home = _log_folder(name, folder)
    run = read_run(home)
    trained = load(name)
    network, task = trained.network.to(device), trained.task
    with torch.inference_mode():
        figures, judged = (task.judge(network, device), "now, by this command") if judge else recorded(home, run)
        picture = task.picture(network, device) if isinstance(task, Draws) else None
    return Network(
        name=name,
        task=trained.description.task,
        summary=_summary(trained),
        facts=_facts(trained, folder),
        classes=trained.description.classes,
        settings=next((home / one).read_text() for one in _SETTINGS if (home / one).is_file()),
        run=run,
        figures=figures,
        judged=judged,
        command=f"sim-suite perception evaluate {name}",
        notes=task.notes() if isinstance(task, Notes) else {},
        picture=picture,
    )


def recorded(home: Path, run: TrainingRun) -> tuple[dict[str, float], str]:
    """What a network was judged by before, and when: its score in the zoo, or its run's last judgement; nothing where there is none."""
    if (home / SCORE).is_file():
        return dict(read_json(home / SCORE)["held_out"]), "when it was shipped"
    judged = {name: curve for name, curve in run.curves.items() if name.startswith(HELD_OUT)}
    if not judged:
        return {}, ""
    last = max(int(curve.steps[-1]) for curve in judged.values())
    figures = {
        name.removeprefix(HELD_OUT): float(curve.values[-1])
        for name, curve in judged.items()
        if curve.steps[-1] == last
    }
    return figures, f"while it was trained, after {last} examples"


def data_of(config: Mapping[str, Any]) -> str:
    """What a task's settings say that it learns from."""
    data = config.get("data")
    if isinstance(data, str):
        return data.replace("_", " ")
    if isinstance(data, Mapping) and "looks" in data:
        return f"streets at {' and '.join(data['looks'])}"
    source = data.get("source", config.get("source")) if isinstance(data, Mapping) else config.get("source")
    return str(source or "").replace("_", " ")


def _log_folder(name: str, folder: Path) -> Path:
    """Of a run, its checkpoint's parent; of the zoo, the checkpoint itself."""
    home = next((one for one in (folder, folder.parent) if (one / METRICS).is_file()), None)
    if home is None:
        raise SuiteError(
            f"{name} keeps no log of its training: there is no {METRICS} in {folder} or above it. Name the run's folder that "
            f"`sim-suite perception train` printed, or zoo:NAME."
        )
    return home


def _summary(trained: Trained) -> str:
    """The shipped recipe's where it was trained by one, else the task's."""
    made_by = str(trained.description.training.get("recipe", ""))
    own = recipes.load(made_by).summary if made_by in recipes.names() else ""
    return own or entry(trained.description.task).summary


def _facts(trained: Trained, folder: Path) -> dict[str, str]:
    description = trained.description
    config, training = description.config, description.training
    parameters = sum(one.numel() for one in trained.network.parameters())
    size = (folder / MODEL).stat().st_size
    loop = config["training"]
    facts = {
        "Task": description.task,
        "Recipe": str(training.get("recipe", "")),
        "Data": data_of(config),
        "Network": str(config.get("member") or config.get("network") or ""),
        "Parameters": f"{parameters:,} ({size / 1e6:.1f} MB)".replace(",", "\u202f"),
        "Learned": f"{loop['updates']:,} updates of {loop['batch_size']}".replace(",", "\u202f"),
        "Arithmetic": f"{loop['precision']}, {loop['layout'].replace('_', ' ')}",
        "Seed": str(training.get("seed", 0)),
        "Trained on": str(training.get("hardware", "")),
        "SHA-256": sha256(folder / MODEL),
    }
    return {name: value for name, value in facts.items() if value}
