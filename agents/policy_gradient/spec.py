"""All that a policy is besides its numbers: what it is shown, how it acts, how it is built. Source: ours.

policy.json         the spec
model.safetensors   the network, scale and features included
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray
from torch import Tensor

from agents.interface import Task
from agents.learning.observing import Seen, example, prepare, seen_in
from agents.policy_gradient.networks import PolicyNetwork
from agents.policy_gradient.options import NetworkOptions, ScaleOptions
from sim_suite.envs.views import View
from sim_suite.errors import DamagedFileError, SuiteError
from sim_suite.files import read_json, write_json
from sim_suite.learning.weights import load_weights, save_weights
from sim_suite.settings import build_config, plain_config

MODEL: Final = "model.safetensors"
POLICY: Final = "policy.json"
_FORMAT: Final = 1


@dataclass(frozen=True)
class PolicySpec:
    """A policy without its numbers."""

    view: View
    shape: tuple[int, ...]
    """Of one observation, as the view shows it; () for a number."""
    states: int
    """How many numbers there are where it observes one, from 0; 0 for arrays."""
    choices: int
    """How many numbered actions there are; 0 for continuous ones."""
    low: tuple[float, ...]
    """Least of each component of a continuous action, in the environment's unit."""
    high: tuple[float, ...]
    """Largest of each."""
    network: NetworkOptions
    critic: bool
    """Whether the network has values too."""
    format: int = _FORMAT
    """Of policy.json."""

    @property
    def outputs(self) -> int:
        """Numbered actions, or components of a continuous one."""
        return self.choices or len(self.low)

    def module(self) -> PolicyNetwork:
        """A fresh network. Its weights come from torch's global generator."""
        return PolicyNetwork(self.seen_shape(), self.outputs, self.choices == 0, self.network, self.critic)

    def seen_shape(self) -> tuple[int, ...]:
        """Of one observation as the network is shown it: [N] or [C, H, W]."""
        return tuple(self.prepare(self.example()).shape[1:])

    def prepare(self, observations: Tensor) -> Tensor:
        """Observations [B, *shape] as the network is shown them, float32: numbers one-hot, arrays [B, N], pictures [B, C, H, W]."""
        return prepare(observations, self.view, self.states)

    def example(self) -> Tensor:
        """One observation of zeros, with a batch of 1."""
        return example(self.view, self.shape, self.states)

    def bounded(self, drawn: NDArray[Any]) -> NDArray[Any]:
        """What the environment is told: numbered actions as they are; others [B, A], in units of half the range, in its unit and clipped.

        Clipped before the environment sees them: MountainCarContinuous-v0 charges for an action before it clips it.
        """
        if self.choices:
            return drawn
        low, high, middle, half = self._bounds
        action: NDArray[Any] = (middle + drawn * half).clip(low, high)
        return action

    @cached_property
    def _bounds(self) -> tuple[NDArray[np.float32], ...]:
        """Low, high, middle and half the width, [A] each."""
        low, high = np.array(self.low, np.float32), np.array(self.high, np.float32)
        return low, high, np.float32(0.5) * (low + high), np.float32(0.5) * (high - low)


def spec_for(task: Task, view: View, network: NetworkOptions, critic: bool) -> PolicySpec:
    """The spec for a task. Raises `SuiteError` where the network does not fit what is seen, and for actions of other kinds."""
    seen = seen_in(task, view, "policy-gradient agents")
    network = replace(network, scale=_fitting_scale(seen, view, network.scale, task.env_id))
    if network.features.kind != "none" and (seen.states or view.kind == "pixels"):
        raise SuiteError(f"features are made of vectors; {task.env_id} shows {seen.observed}: leave them out.")
    acted = seen.acted
    if isinstance(acted, spaces.Discrete) and acted.start == 0:
        return PolicySpec(view, seen.shape, seen.states, int(acted.n), (), (), network, critic)
    if isinstance(acted, spaces.Box) and len(acted.shape) == 1 and acted.is_bounded():
        low, high = (tuple(map(float, bound)) for bound in (acted.low, acted.high))
        return PolicySpec(view, seen.shape, seen.states, 0, low, high, network, critic)
    raise SuiteError(
        f"policy-gradient agents choose among actions numbered from 0, or act by a vector within bounds; {task.env_id} has {acted}."
    )


def _fitting_scale(seen: Seen, view: View, scale: ScaleOptions, env_id: str) -> ScaleOptions:
    """Bounds as the numbers that they stand for."""
    space = seen.observed
    if scale.kind == "none":
        return scale
    if not isinstance(space, spaces.Box) or view.kind == "pixels":
        raise SuiteError(f"vectors are scaled; {env_id} shows {space}: set scale.kind to 'none'.")
    width = int(np.prod(seen.shape))
    if scale.kind == "fixed" and len(scale.centre) != width:
        raise SuiteError(f"{env_id} shows {width} components, so that a centre of {len(scale.centre)} does not fit.")
    if scale.kind != "bounds":
        return scale
    if not space.is_bounded():
        raise SuiteError(
            f"{env_id} shows {space}, which has no bounds to scale by: set scale.kind to 'running' or 'fixed'."
        )
    low, high = space.low.ravel().astype(float), space.high.ravel().astype(float)
    return ScaleOptions("fixed", tuple(((low + high) / 2).tolist()), tuple(((high - low) / 2).tolist()))


def write_policy(folder: Path, spec: PolicySpec, network: PolicyNetwork) -> None:
    """Write policy.json and model.safetensors into an existing folder."""
    write_json(folder / POLICY, plain_config(spec))
    save_weights(network, folder / MODEL)


def read_policy(folder: Path, kind: type[PolicySpec] = PolicySpec) -> tuple[PolicySpec, PolicyNetwork]:
    """The inverse of `write_policy`; kind: of the spec. Raises `DamagedFileError` for what is none and for numbers that do not fit."""
    path = folder / POLICY
    try:
        data = read_json(path)
        if not isinstance(data, dict) or data.get("format") != _FORMAT:
            raise SuiteError("its format is another")
        spec: PolicySpec = build_config(kind, data, str(path))
    except (SuiteError, TypeError) as error:
        raise DamagedFileError(
            f"{path} describes no policy ({error}). Restore it from a copy or train anew."
        ) from error
    network = spec.module()
    load_weights(network, folder / MODEL)
    return spec, network
