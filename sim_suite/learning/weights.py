"""A network's numbers as a file: model.safetensors of a checkpoint. Source: ours; the format is safetensors'."""

from __future__ import annotations

from pathlib import Path

from safetensors import SafetensorError
from safetensors.torch import load_file, save
from torch import nn

from sim_suite.errors import DamagedFileError
from sim_suite.files import write_atomic


def save_weights(network: nn.Module, path: Path) -> None:
    """Write parameters and statistics in one step, wherever they lie."""
    write_atomic(path, save({name: value.detach().cpu().contiguous() for name, value in network.state_dict().items()}))


def load_weights(network: nn.Module, path: Path) -> None:
    """Fill a network. Raises `DamagedFileError` where the file does not fit it."""
    try:
        network.load_state_dict(load_file(path))
    except (SafetensorError, RuntimeError, OSError) as error:
        raise DamagedFileError(
            f"{path} does not hold this network's numbers ({str(error).splitlines()[0]}). Restore it from a copy or train anew."
        ) from error
