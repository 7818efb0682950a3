"""What a run of networks and an optimiser needs to go on, as plain files; a replay memory writes its own beside them.

    networks.safetensors     the networks, the optimiser's moments
    worlds.safetensors       the open episodes: their numbers, actions so far, what the environments show
    learner.json             counters, states of the random streams, the arithmetic that was chosen

Source: ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file as load_arrays
from safetensors.numpy import save as arrays_to_bytes
from safetensors.torch import load_file as load_tensors
from safetensors.torch import save as tensors_to_bytes
from torch import Tensor, nn

from sim_suite.errors import DamagedFileError, SuiteError
from sim_suite.files import read_json, write_atomic, write_json

FORMAT: Final = 1
_NETWORKS: Final = "networks.safetensors"
_WORLDS: Final = "worlds.safetensors"
_FACTS: Final = "learner.json"
_OPTIMIZER: Final = "optimizer"


def write_state(
    folder: Path,
    method: str,
    networks: Mapping[str, nn.Module],
    optimizer: torch.optim.Optimizer,
    worlds: Mapping[str, NDArray[Any]],
    facts: Mapping[str, Any],
) -> None:
    """Write into an existing folder. networks: by name; the optimiser holds the parameters of the first."""
    tensors = {f"{name}.{key}": value for name, part in networks.items() for key, value in part.state_dict().items()}
    for key, parameter in next(iter(networks.values())).named_parameters():
        for field, value in optimizer.state.get(parameter, {}).items():
            tensors[f"{_OPTIMIZER}.{field}.{key}"] = torch.as_tensor(value)
    plain = {name: value.detach().cpu().clone(memory_format=torch.contiguous_format) for name, value in tensors.items()}
    write_atomic(folder / _NETWORKS, tensors_to_bytes(plain))
    write_atomic(folder / _WORLDS, arrays_to_bytes({name: np.ascontiguousarray(a) for name, a in worlds.items()}))
    write_json(folder / _FACTS, {"format": FORMAT, "method": method, **facts})


def read_state(
    folder: Path, method: str, networks: Mapping[str, nn.Module], optimizer: torch.optim.Optimizer
) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    """Fill networks and optimiser; returns what `write_state` was given as worlds and facts.

    Raises `SuiteError` for a state of another method and `DamagedFileError` where the files do not fit.
    """
    facts = read_json(folder / _FACTS)
    if not isinstance(facts, dict) or (facts.get("format"), facts.get("method")) != (FORMAT, method):
        raise SuiteError(f"{folder / _FACTS} is not a state of {method}. Resume with the recipe that began the run.")
    try:
        tensors = load_tensors(folder / _NETWORKS)
        for name, part in networks.items():
            part.load_state_dict(_under(f"{name}.", tensors))
        _fill_optimizer(next(iter(networks.values())), optimizer, _under(f"{_OPTIMIZER}.", tensors))
        return load_arrays(folder / _WORLDS), facts
    except (SafetensorError, OSError, KeyError, ValueError, RuntimeError) as error:
        reason = " ".join(str(error).split())[:200]
        raise DamagedFileError(
            f"{folder} does not fit this run ({reason}). Resume with the recipe that began it, or start anew."
        ) from error


def generator_state(rng: np.random.Generator) -> dict[str, Any]:
    """A random stream's state as plain data."""
    return dict(rng.bit_generator.state)


def restored_generator(state: Any) -> np.random.Generator:
    """The inverse of `generator_state`."""
    bits = np.random.PCG64()
    bits.state = state
    return np.random.Generator(bits)


def _fill_optimizer(network: nn.Module, optimizer: torch.optim.Optimizer, tensors: dict[str, Tensor]) -> None:
    """Moments must lie in memory as their parameter does, channels last or not: fused optimisers go through both in one order."""
    fused = bool(optimizer.param_groups[0].get("fused"))
    parameters = dict(network.named_parameters())
    for name, value in tensors.items():
        field, _, owner = name.partition(".")
        parameter = parameters[owner]
        if field == "step":
            found = value.to(parameter.device) if fused else value
        else:
            found = torch.empty_like(parameter, requires_grad=False).copy_(value)
        optimizer.state[parameter][field] = found


def _under(prefix: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): value for name, value in tensors.items() if name.startswith(prefix)}
