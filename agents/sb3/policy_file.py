"""A Stable-Baselines3 policy as tensors and plain JSON: what is needed to rebuild it, and nothing that runs.

    model.safetensors   "policy.*" the acting network, "scale.*" the observation statistics
    policy.json         algorithm and policy by their names in our table, their arguments, spaces, view

Only the acting network is kept: critics and target networks matter to training alone. Source: ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from gymnasium import spaces
from safetensors import SafetensorError
from safetensors.torch import load_file
from safetensors.torch import save as tensors_to_bytes
from stable_baselines3.common.torch_layers import FlattenExtractor, NatureCNN
from torch import nn

from agents.sb3.algorithms import Algorithm, algorithm
from agents.sb3.observation_scale import ObservationScale
from sim_suite.envs.space_json import space_from_json, space_to_json
from sim_suite.envs.views import View
from sim_suite.errors import DamagedFileError, SuiteError, UnknownNameError
from sim_suite.files import read_json, write_atomic, write_json

FORMAT = 1
ACTIVATIONS: Mapping[str, type[nn.Module]] = {
    "tanh": nn.Tanh,
    "relu": nn.ReLU,
    "elu": nn.ELU,
    "leaky_relu": nn.LeakyReLU,
    "silu": nn.SiLU,
    "gelu": nn.GELU,
}
EXTRACTORS: Mapping[str, type[nn.Module]] = {"flatten": FlattenExtractor, "nature_cnn": NatureCNN}
_BY_NAME: Mapping[str, Mapping[str, type[nn.Module]]] = {
    "activation_fn": ACTIVATIONS,
    "features_extractor_class": EXTRACTORS,
}


@dataclass(frozen=True)
class PolicySpec:
    """Everything about a policy but its numbers."""

    algorithm: Algorithm
    policy: str
    """Name of the policy class in the algorithm's table."""
    view: View
    observation_space: spaces.Space[Any]
    """Of one environment, as the network sees it (pictures channels first)."""
    action_space: spaces.Space[Any]
    arguments: dict[str, Any] = field(default_factory=dict)
    """The policy's arguments as JSON values: sizes, switches, and the names of layers."""
    epsilon: float = 0.0
    """Probability of a random action where a value-based agent is asked not to be deterministic."""

    def build(self) -> Any:
        """The acting network with fresh numbers. Draws none of the surroundings' random numbers."""
        row, arguments = self.algorithm, decode_arguments(self.algorithm, self.policy, self.arguments)
        schedule = () if row.family == "search" else (_no_learning,)
        with torch.random.fork_rng([]):
            policy = row.policy_class(self.policy)(self.observation_space, self.action_space, *schedule, **arguments)
        return acting_part(row, policy)

    def to_json(self) -> dict[str, Any]:
        """Plain data for policy.json."""
        return {
            "format": FORMAT,
            "algorithm": self.algorithm.name,
            "policy": self.policy,
            "view": self.view.to_dict(),
            "observation_space": space_to_json(self.observation_space),
            "action_space": space_to_json(self.action_space),
            "arguments": self.arguments,
            "epsilon": self.epsilon,
        }

    @staticmethod
    def from_json(data: dict[str, Any]) -> PolicySpec:
        """The inverse of `to_json`. Raises `SuiteError` for another format or an unknown name."""
        if data.get("format") != FORMAT:
            raise SuiteError(f"policy.json has format {data.get('format')!r}; this version reads {FORMAT}.")
        row = algorithm(data["algorithm"])
        row.policy_class(data["policy"])
        return PolicySpec(
            row,
            data["policy"],
            View.from_dict(data["view"]),
            space_from_json(data["observation_space"]),
            space_from_json(data["action_space"]),
            dict(data["arguments"]),
            float(data["epsilon"]),
        )


def acting_part(row: Algorithm, policy: Any) -> Any:
    """The part of a policy that maps observations to actions."""
    return getattr(policy, row.acting) if row.acting else policy


def decode_arguments(row: Algorithm, policy: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """JSON arguments -> the policy's arguments. Raises `UnknownNameError` for an argument or layer outside our tables."""
    known = row.policy_parameters(policy)
    decoded: dict[str, Any] = {}
    for name, value in arguments.items():
        if name not in known:
            raise UnknownNameError(f"argument of {row.name}'s {policy}", name, known)
        if name in _BY_NAME:
            if value not in _BY_NAME[name]:
                raise UnknownNameError(f"value of {name}", str(value), _BY_NAME[name])
            decoded[name] = _BY_NAME[name][value]
        else:
            decoded[name] = deepcopy(value)  # Stable-Baselines3 may add to a table it is given
    return decoded


def encode_arguments(row: Algorithm, policy: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The policy's arguments -> JSON. Raises `SuiteError` for what our tables do not name, such as a class of one's own."""
    known = row.policy_parameters(policy)
    encoded: dict[str, Any] = {}
    for name, value in arguments.items():
        if name in _ONLY_TRAINING:
            continue
        if name not in known:
            raise UnknownNameError(f"argument of {row.name}'s {policy}", name, known)
        if name in _BY_NAME:
            value = _name_of(name, value)
        elif not _is_plain(value):
            raise SuiteError(
                f"the policy argument {name}={value!r} cannot be saved: only numbers, texts, lists and tables."
            )
        encoded[name] = value
    return encoded


def write_policy(folder: Path, spec: PolicySpec, network: Any, scale: ObservationScale | None) -> None:
    """Write a policy into an existing folder."""
    parameters = network.state_dict()
    tensors = {
        f"policy.{name}": parameters[name].cpu().contiguous()
        for name, first in _first_names(parameters).items()
        if name == first
    }
    description = spec.to_json()
    if scale is not None:
        tensors |= {f"scale.{name}": torch.from_numpy(array) for name, array in scale.arrays().items()}
        description["scale"] = {"clip": scale.clip, "epsilon": scale.epsilon}
    write_atomic(folder / "model.safetensors", tensors_to_bytes(tensors))
    write_json(folder / "policy.json", description)


def read_policy(folder: Path) -> tuple[PolicySpec, Any, ObservationScale | None]:
    """Rebuild the acting network. Raises `DamagedFileError` where the tensors do not fit the description."""
    description = read_json(folder / "policy.json")
    path = folder / "model.safetensors"
    try:
        spec = PolicySpec.from_json(description)
        network = spec.build()
        tensors = load_file(path)
        saved = _under("policy.", tensors)
        network.load_state_dict(saved | {n: saved[first] for n, first in _first_names(network.state_dict()).items()})
        scale = None
        if "scale" in description:
            arrays = {name: value.numpy() for name, value in _under("scale.", tensors).items()}
            scale = ObservationScale.from_arrays(arrays, spec.observation_space.shape, **description["scale"])
    except (SafetensorError, OSError, RuntimeError, KeyError, TypeError, AttributeError, AssertionError) as error:
        reason = " ".join(str(error).split())[:200]
        raise DamagedFileError(
            f"{folder} holds no usable policy ({reason}). Restore it or train the agent anew."
        ) from error
    network.set_training_mode(False)
    return spec, network, scale


# What the optimiser and the initial numbers need; a trained policy does without.
_ONLY_TRAINING = frozenset({"optimizer_class", "optimizer_kwargs"})


def _no_learning(progress_remaining: float) -> float:
    """A learning rate for a policy that will not learn."""
    return 0.0


def _name_of(argument: str, value: Any) -> str:
    for name, cls in _BY_NAME[argument].items():
        if cls is value:
            return name
    known = ", ".join(_BY_NAME[argument])
    raise SuiteError(f"the policy argument {argument}={value!r} cannot be saved: only {known}.")


def _is_plain(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return all(_is_plain(item) for item in value)
    if isinstance(value, dict):
        return all(isinstance(key, str) and _is_plain(item) for key, item in value.items())
    return value is None or isinstance(value, bool | int | float | str)


def _under(prefix: str, tensors: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    return {name.removeprefix(prefix): value for name, value in tensors.items() if name.startswith(prefix)}


def _first_names(parameters: Mapping[str, torch.Tensor]) -> dict[str, str]:
    """For each name the first name of the same memory: actor and critic may share a features extractor, saved once."""
    first: dict[int, str] = {}
    return {name: first.setdefault(value.data_ptr() or id(value), name) for name, value in parameters.items()}
