"""Finds the agent that a person named on the command line.

random                      a registered name that needs no training
mcts-N                      tree search on a board with N rollouts a move
runs/.../checkpoint         a checkpoint folder (or a run folder that holds one)
zoo:NAME                    a checkpoint shipped in agents/zoo
path/file.py:Class          a class in a file of your own
package.module:Class        a class that can be imported
sb3:FILE.zip                a Stable-Baselines3 file; runs code of its maker, so only with trust
perceived:CHECKPOINT        a ChauffeurNet that drives by its own cameras; CHECKPOINT is a folder or zoo:NAME
guarded:CHECKPOINT          a ChauffeurNet with a safety layer; likewise; perceived:guarded:CHECKPOINT has both
human:FOLDER                what a person drove, a folder of episodes; scored on the leaderboard, but acts nowhere else
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import sys
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

import gymnasium as gym

from agents import checkpoint
from agents.agent_entry import AgentEntry
from agents.counted import counted_agent
from agents.interface import Agent, Interface, Task
from agents.registry import entries, entry
from sim_suite.checked_folders import recover
from sim_suite.envs.catalog import card
from sim_suite.envs.making import make, refuse_unready, refuse_view, space_text
from sim_suite.errors import SuiteError, UnknownNameError
from sim_suite.files import sha256
from sim_suite.learning.run_folder import CHECKPOINT_NAME

ZOO = Path(__file__).parent / "zoo"
HUMAN = "human:"
PERCEIVED, GUARDED = "perceived:", "guarded:"
_LONGEST_SPACES = 300
"""Characters of a message about spaces; those of boards and their like would fill a screen."""


@dataclass(frozen=True)
class Found:
    """An agent that has been found but not yet built."""

    name: str
    """As it can be named again."""
    kind: Literal["registered", "checkpoint", "class", "sb3", "human"]
    fingerprint: str
    """SHA-256 of what decides its behaviour, as far as that is a file; the name itself for registered agents."""
    entry: AgentEntry | None = None
    folder: Path | None = None
    target: Any = None
    """The class, for kind "class"; the file, for "sb3"; the `Dataset`, for "human"."""
    training: dict[str, Any] = field(default_factory=dict)
    """What a checkpoint says of its making: steps, seed, recipe."""


def find(name: str, *, trust: bool = False) -> Found:
    """Find an agent. Raises `SuiteError` when nothing goes by that name; `trust` admits formats that run code."""
    if not name.strip():
        raise SuiteError("an agent's name is empty; `sim-suite list agents` shows all.")
    if name.startswith("zoo:"):
        return _checkpoint(name, _zoo_folder(name.removeprefix("zoo:")))
    if name.startswith("sb3:"):
        return _sb3(name, Path(name.removeprefix("sb3:")), trust)
    if name.startswith((PERCEIVED, GUARDED)):
        return _driven(name)
    if name.startswith(HUMAN):
        return _human(name, Path(name.removeprefix(HUMAN)))
    if ":" in name:
        return _class(name)
    counted = counted_agent(name)
    if counted is not None:
        return Found(name, "class", name, target=counted)
    if name in entries():
        found = entry(name)
        if found.method is not None:
            here = f" For the folder of that name write ./{name}." if Path(name).is_dir() else ""
            raise SuiteError(
                f"{name!r} has to be trained first: `sim-suite train {name} --env ENV`, then name the folder it prints.{here}"
            )
        return Found(name, "registered", name, entry=found)
    folder = Path(name)
    if folder.is_dir():
        inside = folder / CHECKPOINT_NAME
        recover(inside)
        return _checkpoint(name, inside if inside.is_dir() else folder)
    hint = "Name a registered agent, a checkpoint folder, zoo:NAME, path/file.py:Class, package.module:Class, "
    hint += "sb3:FILE.zip, perceived:CHECKPOINT, guarded:CHECKPOINT or human:FOLDER."
    raise UnknownNameError("agent", name, entries(), hint)


def build(found: Found, env_id: str, kwargs: dict[str, Any], seed: int) -> Agent:
    """Build the agent for one environment. Raises `SuiteError` when it does not declare what every agent declares."""
    if found.folder is not None:
        return checkpoint.load(found.folder)[0]
    if found.kind == "sb3":
        from agents.sb3.foreign import load_zip

        return load_zip(found.target, trust=True)
    if found.kind == "human":
        raise SuiteError(
            f"{found.name} is what a person drove, which acts in no other episode. Score it with `sim-suite leaderboard SUITE "
            f"--agents {found.name}`, or train on it with `sim-suite train bc`."
        )
    cls = found.entry.load_agent_class() if found.entry is not None else found.target
    try:
        agent = cls.for_task(task_of(env_id, kwargs), seed) if hasattr(cls, "for_task") else cls()
    except SuiteError:
        raise
    except Exception as error:  # a stranger's constructor may raise anything
        raise SuiteError(
            f"{found.name} could not be built: {type(error).__name__}: {error}. An agent is made without arguments, or by "
            f"a class method for_task(task, seed)."
        ) from error
    if not isinstance(getattr(agent, "interface", None), Interface):
        raise SuiteError(
            f"{found.name} declares no interface. Add `interface = Interface(View('vector'))` to the class "
            f"(from agents.interface import Interface; from sim_suite.envs.views import View)."
        )
    if not callable(getattr(agent, "predict", None)):
        raise SuiteError(f"{found.name} has no method predict(observation, state, episode_start, deterministic).")
    built: Agent = agent
    return built


def task_of(env_id: str, kwargs: dict[str, Any]) -> Task:
    """The task as an agent sees it before the first episode."""
    env = make(env_id, kwargs=kwargs)
    try:
        return Task(env_id, env.observation_space, env.action_space, kwargs)
    finally:
        env.close()


def refuse_mismatch(found: Found, agent: Agent, env_id: str, kwargs: dict[str, Any]) -> None:
    """Raise `SuiteError`, in one line, unless the agent can act in the environment."""
    refuse_view(card(env_id), agent.interface.observation)
    # What one agent says of itself is narrower than what holds for all of its name.
    made_for = tuple(getattr(agent, "envs", ())) or (found.entry.envs if found.entry is not None else ())
    if made_for and env_id not in made_for:
        raise SuiteError(f"{found.name} is made for {', '.join(made_for)}, not for {env_id}.")
    refuse_unready(card(env_id), kwargs)
    with make(env_id, agent.interface.observation, kwargs=kwargs) as env:
        spaces = (space_text(env.observation_space), space_text(env.action_space))
        discrete = isinstance(env.action_space, gym.spaces.Discrete)
    if agent.interface.actions != "any" and (agent.interface.actions == "discrete") != discrete:
        raise SuiteError(f"{found.name} acts {agent.interface.actions}, but {env_id} has the action space {spaces[1]}.")
    trained_on, trained = _trained_spaces(found, agent)
    if trained is not None and trained != spaces:
        was, now = " -> ".join(trained), " -> ".join(spaces)
        told = f"with {was}; {env_id} has {now}"
        if len(told) > _LONGEST_SPACES:
            told = f"whose observations or actions are not those of {env_id}"
        raise SuiteError(f"{found.name} was trained on {trained_on} {told}.")


def _trained_spaces(found: Found, agent: Agent) -> tuple[str, tuple[str, str] | None]:
    """Where the agent was trained, and its observation and action space as text; None where nothing tells."""
    if found.folder is not None:
        description = checkpoint.describe(found.folder)
        return description.env_id, description.spaces
    if found.kind == "sb3" and agent.interface.observation.kind == "vector":  # pictures may have had their axes turned
        spec = agent.spec  # type: ignore[attr-defined]  # an Sb3Agent's
        return "an environment", (space_text(spec.observation_space), space_text(spec.action_space))
    return "", None


def _checkpoint(name: str, folder: Path) -> Found:
    recover(folder)
    if not (folder / "agent.json").is_file():
        raise SuiteError(
            f"{folder} is not a checkpoint: it has no agent.json. Name the folder that `sim-suite train` printed."
        )
    description = checkpoint.describe(folder)
    return Found(
        name,
        "checkpoint",
        sha256(folder / "agent.json"),
        entry=entry(description.agent),
        folder=folder,
        training=description.training,
    )


def _zoo_folder(name: str) -> Path:
    names = sorted(path.parent.name for path in ZOO.glob("*/agent.json"))
    if name not in names:
        raise UnknownNameError("zoo agent", name, names, "`sim-suite list zoo` shows all.")
    return ZOO / name


def _sb3(name: str, file: Path, trust: bool) -> Found:
    if not file.is_file():
        raise SuiteError(f"{file} does not exist.")
    if not trust:
        raise SuiteError(
            f"{file} is a Stable-Baselines3 file: loading it runs code of its maker. Add --trust if you trust that maker."
        )
    return Found(name, "sb3", sha256(file), target=file)


def _driven(name: str) -> Found:
    """A ChauffeurNet that is given something: PERCEIVED, GUARDED, or one after the other, in either order."""
    kinds, rest = [], name
    while kind := next((one for one in (PERCEIVED, GUARDED) if rest.startswith(one)), ""):
        kinds.append(kind)
        rest = rest.removeprefix(kind)
    if len(set(kinds)) < len(kinds):
        raise SuiteError(f"{name} says {kinds[0]} twice; once is enough.")
    driver = find(rest)
    if driver.folder is None:
        raise SuiteError(
            f"{driver.name} is no checkpoint; {kinds[-1]} takes the folder of a ChauffeurNet, or zoo:NAME."
        )
    from agents.imitation.chauffeurnet.guarded import guarding
    from agents.imitation.chauffeurnet.perceived import perceiving

    made = perceiving(driver.folder, GUARDED in kinds) if PERCEIVED in kinds else guarding(driver.folder)
    fingerprint = f"{''.join(sorted(kinds))}{driver.fingerprint}"
    return Found(name, "class", fingerprint, target=made, training=driver.training)


def _human(name: str, folder: Path) -> Found:
    from sim_suite.episodes.store.dataset import Dataset

    dataset = Dataset(folder)
    digests = "\n".join(entry.digest for entry in dataset.entries)
    return Found(name, "human", hashlib.sha256(digests.encode()).hexdigest(), target=dataset)


def _class(name: str) -> Found:
    place, _, class_name = name.rpartition(":")
    file = Path(place)
    if place.endswith(".py"):
        if not file.is_file():
            raise SuiteError(f"{file} does not exist; an agent of your own is named path/file.py:Class.")
        module, fingerprint = _module_from(file), sha256(file)
    else:
        try:
            module = importlib.import_module(place)
        except ImportError as error:
            raise SuiteError(f"could not import {place!r} for the agent {name!r}: {error}.") from error
        fingerprint = sha256(Path(module.__file__)) if module.__file__ else name
    cls = getattr(module, class_name, None)
    if not isinstance(cls, type):
        classes = [
            key
            for key, value in vars(module).items()
            if isinstance(value, type) and value.__module__ == module.__name__
        ]
        raise UnknownNameError(f"class in {place}", class_name, classes)
    return Found(name, "class", fingerprint, target=cls)


def _module_from(file: Path) -> ModuleType:
    """Import a file under a name of its own, so that two files of one name do not meet."""
    digest = hashlib.sha256(str(file.resolve()).encode()).hexdigest()[:12]
    module_name = f"sim_suite_user_{file.stem}_{digest}"
    if module_name in sys.modules:
        return sys.modules[module_name]
    spec = importlib.util.spec_from_file_location(module_name, file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[module_name] = module
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        del sys.modules[module_name]
        raise SuiteError(f"{file} could not be imported: {type(error).__name__}: {error}") from error
    return module
