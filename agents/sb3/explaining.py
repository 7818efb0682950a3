"""A Stable-Baselines3 policy, opened for explanation: from what its first layer is shown to what an action is chosen by. Source: ours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import torch
from gymnasium import spaces
from torch import Tensor

from agents.explaining import Explainable, Meaning
from agents.interface import Batch
from agents.sb3.observation_scale import ObservationScale
from agents.sb3.policy_file import PolicySpec
from agents.sb3.policy_module import PolicyModule
from sim_suite.errors import SuiteError

_VALUES: Final[Mapping[str, Meaning]] = MappingProxyType({"sb3-dqn": "action value", "sb3-qrdqn": "action value"})


def open_policy(spec: PolicySpec, network: Any, scale: ObservationScale | None, actions: Sequence[str]) -> Explainable:
    """The arguments of `Sb3Agent`, and names of the choices or of the action's columns.

    Continuous actions are explained before they are clipped or squashed, since a gradient ends at a bound. Raises `SuiteError` for
    recurrent policies, for other action spaces than Discrete and Box, and where the names do not fit.
    """
    if spec.algorithm.recurrent:
        raise SuiteError(
            f"{spec.algorithm.name} cannot be explained: what it does depends on its memory, not on the observation alone. "
            f"Train sb3-ppo with a stack of frames."
        )
    module = PolicyModule(spec, network, scale).eval()
    space = spec.action_space
    discrete = isinstance(space, spaces.Discrete)
    count = int(space.n) if isinstance(space, spaces.Discrete) else int(np.prod(space.shape or ()))
    if len(actions) != count:
        raise SuiteError(f"this policy has {count} actions, so that {len(actions)} names do not fit: {list(actions)}.")

    def prepare(observation: Batch) -> Tensor:
        with torch.no_grad():
            shown: Tensor = module.prepare(torch.as_tensor(np.asarray(observation), device=network.device))
        return shown.flatten(1) if spec.view.kind != "pixels" else shown

    return Explainable(
        network,
        prepare,
        module.scores,
        tuple(actions),
        _VALUES.get(spec.algorithm.name, "logit" if discrete else "mean"),
        (tuple(range(count)),) if discrete else (),
        (1 if spec.view.grey else 3) if spec.view.kind == "pixels" else 0,
    )
