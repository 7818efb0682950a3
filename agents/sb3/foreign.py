"""Takes over agents from Stable-Baselines3's own `.zip` files.

That format holds pickles, so reading one runs code of whoever made it. Nothing is read without `trust`, and `convert_zip`
turns a file into a checkpoint of ours, which holds none.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gymnasium import spaces
from stable_baselines3.common.preprocessing import is_image_space
from stable_baselines3.common.save_util import load_from_pkl
from stable_baselines3.common.vec_env import VecNormalize

from agents import checkpoint
from agents.checkpoint import Description
from agents.learning.picture_layout import view_of_image
from agents.sb3.agent import Sb3Agent
from agents.sb3.algorithms import Algorithm
from agents.sb3.detect import detect
from agents.sb3.observation_scale import ObservationScale
from agents.sb3.policy_file import PolicySpec, acting_part, encode_arguments
from sim_suite.envs.making import make
from sim_suite.envs.views import VECTOR
from sim_suite.errors import DamagedFileError, SuiteError
from sim_suite.files import sha256

# Functions of the training schedule: pickled by reference to one Python version, and of no use to a trained agent.
_NOT_NEEDED: dict[str, Any] = {
    "learning_rate": 0.0,
    "lr_schedule": float,
    "clip_range": 0.0,
    "clip_range_vf": None,
    "exploration_schedule": float,
    "delta_std_schedule": float,
    "ep_info_buffer": None,
    "ep_success_buffer": None,
    "_last_obs": None,
    "_last_original_obs": None,
    "_last_episode_starts": None,
    "action_noise": None,
    "replay_buffer_class": None,
    "rollout_buffer_class": None,
    "buffer_size": 1,
}


def load_zip(path: Path, trust: bool, statistics: Path | None = None) -> Sb3Agent:
    """The agent in a Stable-Baselines3 file, on the CPU.

    statistics: the `vecnormalize.pkl` that belongs to it, for agents trained with VecNormalize (a pickle too). Raises
    `SuiteError` without `trust`, for unknown algorithms, and for policies with classes of their maker's own;
    `DamagedFileError` for files that cannot be read.
    """
    if not trust:
        raise SuiteError(
            f"{path} is a Stable-Baselines3 file: loading it runs code of its maker. Add --trust if you trust that maker."
        )
    row = detect(path)
    model = _unpickle(row, path)
    policy = _policy_name(row, model)
    arguments = dict(model.policy_kwargs)
    if row.family == "on-policy":
        arguments["use_sde"] = model.use_sde
    space = model.observation_space
    spec = PolicySpec(
        row,
        policy,
        view_of_image(space) if isinstance(space, spaces.Box) and is_image_space(space) else VECTOR,
        space,
        model.action_space,
        encode_arguments(row, policy, arguments),
        float(getattr(model, "exploration_rate", 0.0)),
    )
    return Sb3Agent(
        spec, acting_part(row, model.policy), None if statistics is None else _statistics(statistics, space)
    )


def convert_zip(
    path: Path,
    out: Path,
    env_id: str,
    trust: bool,
    statistics: Path | None = None,
    env_kwargs: dict[str, Any] | None = None,
) -> Path:
    """Turn a Stable-Baselines3 file into a checkpoint folder at `out`; returns `out`.

    Raises `SuiteError` as `load_zip` does, and where the agent does not fit the environment.
    """
    agent = load_zip(path, trust, statistics)
    kwargs = env_kwargs or {}
    with make(env_id, agent.interface.observation, kwargs=kwargs) as env:
        described = (str(env.observation_space), str(env.action_space))
        shapes = [
            (env.observation_space.shape, agent.example_shape()),
            (env.action_space.shape, agent.spec.action_space.shape),
        ]
        same_kind = type(env.action_space) is type(agent.spec.action_space)
        choices = [getattr(space, "n", None) for space in (env.action_space, agent.spec.action_space)]
    if not same_kind or choices[0] != choices[1] or any(seen != known for seen, known in shapes):
        raise SuiteError(
            f"{path} holds an agent for {agent.spec.observation_space} -> {agent.spec.action_space}; "
            f"{env_id} has {described[0]} -> {described[1]}. Name the environment that it was trained on by --env."
        )
    training = {"converted_from": path.name, "sha256": sha256(path)}
    name = agent.spec.algorithm.name
    checkpoint.save(out, agent, Description(name, env_id, kwargs, agent.interface, {}, described, training))
    return out


def _unpickle(row: Algorithm, path: Path) -> Any:
    try:
        return row.load_class().load(path, device="cpu", custom_objects=dict(_NOT_NEEDED))
    except Exception as error:  # pickles can raise anything at all
        reason = " ".join(f"{type(error).__name__}: {error}".split())[:200]
        raise DamagedFileError(
            f"{path} could not be read as {row.name} ({reason}). Fetch it anew, or save it again with this version."
        ) from error


def _policy_name(row: Algorithm, model: Any) -> str:
    for name in row.policies:
        if row.policy_class(name) is model.policy_class:
            return name
    raise SuiteError(
        f"the policy class {model.policy_class.__name__} is not one of {row.name}'s: {', '.join(row.policies)}."
    )


def _statistics(path: Path, space: spaces.Space[Any]) -> ObservationScale | None:
    try:
        wrapper = load_from_pkl(path)
    except Exception as error:  # pickles can raise anything at all
        raise DamagedFileError(f"{path} could not be read ({type(error).__name__}). Fetch it anew.") from error
    if not isinstance(wrapper, VecNormalize) or wrapper.observation_space.shape != space.shape:
        raise SuiteError(f"{path} holds no VecNormalize statistics for observations of shape {space.shape}.")
    return ObservationScale.of(wrapper)
