"""What a run begins with: settings that suit the episodes, and the weights of an earlier run. Source: ours.

`sim-suite train bc --episodes A B --resume RUN` is a new run: it has RUN's settings and weights, learns from A and B together, and
leaves RUN as it is. This is how a dataset grows by corrections (DAgger, Ross et al. 2011, arXiv:1011.0686).
"""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path
from typing import Any, Final

from torch import nn

from agents import checkpoint
from agents import recipe as recipes
from agents.imitation.config import BcConfig
from agents.imitation.data import driven_by_a_person, env_of
from agents.imitation.policy import MODEL, POLICY, PolicySpec
from agents.recipe import Recipe
from agents.registry import entry
from sim_suite.checked_folders import recover
from sim_suite.envs.catalog import card
from sim_suite.envs.views import View
from sim_suite.errors import SuiteError
from sim_suite.files import read_json, sha256
from sim_suite.learning.run_folder import CHECKPOINT_NAME
from sim_suite.learning.weights import load_weights
from sim_suite.toml_files import read_toml

METHOD: Final = "bc"
DAGGER: Final = "dagger"
CHAUFFEURS: Final = ("chauffeurnet", "chauffeurnet-fast")
LEARN_FROM_EPISODES: Final = (METHOD, DAGGER, *CHAUFFEURS)
"""Methods that `--episodes` goes with."""
_SUITES: Final = {"sim_suite/CarRacing-v0": "car-racing", "sim_suite/Driving-v0": "driving"}
_KEPT: Final = ("policy", "head", "view", "shape", "grid", "act", "hidden_rows")
_DRIVEN: Final = ("sim_suite/CarRacing-v0", "sim_suite/Driving-v0", "sim_suite/Scenario-v0", "sim_suite/Carla-v0")
"""What `sim-suite drive` offers."""


def recipe_for(folders: tuple[str, ...], named: Recipe | None = None) -> Recipe:
    """How to learn from these folders: as named, or by the shipped recipe of their environment, or by the defaults."""
    env = env_of(folders)
    known = card(env.id).id
    base = named if named is not None and named.env else _known_recipe(METHOD if named is None else named.agent, known)
    return replace(base, env=known, env_kwargs=dict(env.kwargs), config={**base.config, "episodes": list(folders)})


def _known_recipe(method: str, env_id: str) -> Recipe:
    """As `recipe.suited`, for a method that imitates: where there are no pictures, one that can be told its view looks at a raster."""
    found = recipes.suited(method, env_id)
    looks = any(one.name == "view" for one in fields(entry(method).load_method().config))
    return found if found.name or not looks else replace(found, config=_view_of(env_id))


def _view_of(env_id: str) -> dict[str, Any]:
    """The driving environments have no pictures: a raster is looked at, drawn from what is stored."""
    views = card(env_id).views
    return {"view": View("raster", raster="small").to_dict()} if "pixels" not in views and "raster" in views else {}


def recipe_from(run: Path, folders: tuple[str, ...]) -> Recipe:
    """How to go on from an earlier run's weights with these folders. Raises `SuiteError` where it is no run of this method."""
    path, start = run / "config.toml", run / CHECKPOINT_NAME
    if not path.is_file():
        raise SuiteError(
            f"{run} holds no run: there is no config.toml. Name the folder that `sim-suite train` printed."
        )
    recipe = recipes.parse(read_toml(path), str(path), "")
    if recipe.agent != METHOD:
        raise SuiteError(f"{run} is a run of {recipe.agent!r}: only `bc` begins with the weights of another run.")
    recover(start)
    if not (start / "agent.json").is_file():
        raise SuiteError(f"{run} has no checkpoint yet. Let it go on first: sim-suite train --resume {run}.")
    fresh: dict[str, Any] = {
        "episodes": list(folders), "start_from": str(start), "start_sha256": sha256(start / "agent.json"),
    }  # fmt: skip
    return replace(recipe, name="", config={**recipe.config, **fresh})


def line_after(env_id: str, config: BcConfig, run: Path) -> str:
    """What to type after a run: correct the agent at the wheel; after that, see where both stand."""
    suite = _SUITES.get(env_id)
    if config.start_from and suite is not None:
        person = driven_by_a_person(config.episodes)
        human = "" if person is None else f"human:{person} "
        return f"sim-suite leaderboard {suite} --agents {human}bc={run}"
    if env_id in _DRIVEN:
        return f"sim-suite drive {env_id} --autopilot {run} --out data/fixes"
    return f"sim-suite play {env_id} --agent {run}"


def line_with_corrections(run: Path, fixes: Path) -> str:
    """What to type after a run was corrected at the wheel: it learns from what it had learned from, and from the corrections."""
    recipe = recipes.parse(read_toml(run / "config.toml"), str(run / "config.toml"), "")
    learned_from = recipe.config.get("episodes", []) if recipe.agent == METHOD else []
    folders = " ".join(dict.fromkeys([*learned_from, str(fixes)]))
    return f"sim-suite train bc --episodes {folders}" + (f" --resume {run}" if recipe.agent == METHOD else "")


def start_weights(network: nn.Module, spec: PolicySpec, config: BcConfig) -> None:
    """Fill the network from the checkpoint that the configuration names, if it does. Raises `SuiteError` where it does not fit."""
    if not config.start_from:
        return
    folder = Path(config.start_from)
    recover(folder)
    if not (folder / "agent.json").is_file():
        raise SuiteError(f"this run began with the weights of {folder}, which is gone. Put it back, or begin anew.")
    if sha256(folder / "agent.json") != config.start_sha256:
        raise SuiteError(
            f"{folder} is no longer what this run began with: it was trained further. Begin a new run from it."
        )
    checkpoint.describe(folder)  # holds each file against its hash
    before = PolicySpec.from_dict(read_json(folder / POLICY), str(folder / POLICY))
    if before != spec:
        differing = [name for name in _KEPT if getattr(before, name) != getattr(spec, name)]
        raise SuiteError(
            f"{folder} has another {', '.join(differing) or 'action space'} than this run would have. Weights go on with the same "
            f"ones only: leave out the --set that changes them."
        )
    load_weights(network, folder / MODEL)
