"""What a run needs to go on: weights, Adam's moments, and which batch comes next. Source: ours."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save
from torch import Tensor, nn

from sim_suite.errors import DamagedFileError, SuiteError
from sim_suite.files import read_json, write_atomic, write_json

_TENSORS: Final = "learner.safetensors"
_FACTS: Final = "learner.json"


def write_state(
    folder: Path, network: nn.Module, optimizer: torch.optim.Optimizer, epoch: int, batch: int, identity: str
) -> None:
    """Write into an existing folder. epoch: or round; identity: of the steps that are learned from."""
    tensors = {f"network.{name}": value for name, value in network.state_dict().items()}
    for name, parameter in network.named_parameters():
        for key, value in optimizer.state[parameter].items():
            tensors[f"adam.{key}.{name}"] = value
    plain = {name: value.detach().cpu().contiguous() for name, value in tensors.items()}
    write_atomic(folder / _TENSORS, save(plain))
    write_json(folder / _FACTS, {"epoch": epoch, "batch": batch, "identity": identity})


def read_state(folder: Path, network: nn.Module, optimizer: torch.optim.Optimizer, identity: str) -> tuple[int, int]:
    """The inverse; returns (epoch, batch). Raises `SuiteError` where the steps are others than those of `identity`."""
    facts = read_json(folder / _FACTS)
    if facts["identity"] != identity:
        raise SuiteError(
            "the episodes have changed since this run began, so it cannot go on as it would have. Put them back, or begin a new run; "
            "`bc` begins with this one's weights by: sim-suite train bc --episodes FOLDER ... --resume RUN."
        )
    try:
        tensors = load_file(folder / _TENSORS)
        network.load_state_dict(_under("network.", tensors))
        moments = {key: _under(f"adam.{key}.", tensors) for key in ("step", "exp_avg", "exp_avg_sq")}
        for name, parameter in network.named_parameters():
            if name in moments["step"]:
                optimizer.state[parameter] = {
                    key: found[name]
                    .to(parameter.device if key != "step" else "cpu")
                    .to(memory_format=torch.preserve_format)
                    for key, found in moments.items()
                }
    except (SafetensorError, KeyError, RuntimeError) as error:
        raise DamagedFileError(
            f"{folder / _TENSORS} does not fit this run ({str(error).splitlines()[0]}). Restore it from a copy or train anew."
        ) from error
    return int(facts["epoch"]), int(facts["batch"])


def _under(prefix: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): value for name, value in tensors.items() if name.startswith(prefix)}
