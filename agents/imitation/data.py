"""The steps that a run learns from, or why there are none, in one line. Source: ours."""

from __future__ import annotations

from pathlib import Path

from agents.imitation.config import BcConfig
from agents.imitation.loading import StepData
from agents.interface import Task
from sim_suite.episodes.recording.capture import STATE
from sim_suite.episodes.store.dataset import Dataset
from sim_suite.episodes.store.facts import EnvRecord
from sim_suite.errors import SuiteError

NONE_NAMED = "name the folders of episodes to learn from: sim-suite train bc --episodes data/laps. `sim-suite drive` records some."


def data_of(config: BcConfig, task: Task) -> StepData:
    """The steps of a configuration's folders. Raises `SuiteError` where they are not of the task, or cannot be looked at so."""
    folders = _folders(config.episodes)
    _refuse_states(folders[0], config)
    data = StepData(folders, config.view, actors=config.learned_from)
    refuse_other_task(data, task)
    return data


def refuse_other_task(data: StepData, task: Task) -> None:
    """Raise `SuiteError` where the steps are of another environment or other actions than the task's."""
    if data.env.id != task.env_id:
        raise SuiteError(f"the episodes are of {data.env.id}, but the run is to be on {task.env_id}. Leave out --env.")
    if data.action_space != task.action_space:
        raise SuiteError(
            f"the episodes have the action space {data.action_space}, the environment {task.action_space}."
        )


def env_of(folders: tuple[str, ...]) -> EnvRecord:
    """The environment of the first episode. Raises `SuiteError` where there is none."""
    for folder in _folders(folders):
        for episode in Dataset(folder).episodes():
            return episode.head.env
    raise SuiteError(
        f"{', '.join(folders)}: no episode in there yet. Record some: `sim-suite drive ENV --out {folders[0]}`."
    )


def driven_by_a_person(folders: tuple[str, ...]) -> str | None:
    """The first folder with an episode that a person drove."""
    for folder in folders:
        if any(entry.driver is not None for entry in Dataset(Path(folder)).entries):
            return folder
    return None


def _folders(names: tuple[str, ...]) -> list[Path]:
    if not names:
        raise SuiteError(NONE_NAMED)
    return [Path(name) for name in names]


def _refuse_states(folder: Path, config: BcConfig) -> None:
    """Driving episodes hold the world's state, from which rasters are drawn; there are no pictures."""
    if config.view.kind != "pixels":
        return
    for episode in Dataset(folder).episodes():
        if any(column.name.startswith(STATE) for column in episode.head.columns):
            raise SuiteError(
                f"{folder} holds states of {episode.head.env.id}, no pictures. Look at a raster drawn from them: "
                f'--set \'view={{kind="raster", raster="small"}}\'.'
            )
        return
