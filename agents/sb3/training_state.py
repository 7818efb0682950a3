"""The whole state of a Stable-Baselines3 run as plain files, in place of the library's pickles.

    networks.safetensors     parameters of policy and target networks, and single tensors such as SAC's log alpha
    optimizers.safetensors   moments of every optimiser
    arrays.safetensors       observation and reward statistics, open episodes, states of the random streams
    replay-NAME.npy          the filled part of the replay buffer, one array a file (off-policy)
    state.json               counters, hyperparameters of the optimisers, the latest episodes

Source: ours.
"""

from __future__ import annotations

from collections import deque
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.numpy import load_file as load_arrays
from safetensors.numpy import save as arrays_to_bytes
from safetensors.torch import load_file as load_tensors
from safetensors.torch import save as tensors_to_bytes
from stable_baselines3.common.running_mean_std import RunningMeanStd

from agents.sb3.algorithms import Algorithm
from agents.sb3.open_episodes import episode_arrays, take_up_episodes
from agents.sb3.streams import Streams
from sim_suite.errors import DamagedFileError, SuiteError
from sim_suite.files import read_json, write_atomic, write_json

FORMAT = 1
_COUNTERS = (
    "num_timesteps",
    "_episode_num",
    "_n_updates",
    "_n_calls",
    "exploration_rate",
    "_current_progress_remaining",
)
_REPLAY_ARRAYS = ("observations", "next_observations", "actions", "rewards", "dones", "timeouts")
_STATISTICS = ("obs_rms", "ret_rms")


def write_state(folder: Path, row: Algorithm, model: Any, streams: Streams) -> None:
    """Write the state of a run into an existing folder."""
    modules, optimizers, variables = _parts(model)
    tensors = {f"{name}.{key}": value for name, part in modules.items() for key, value in part.state_dict().items()}
    tensors |= {f"variable.{name}": getattr(model, name).detach() for name in variables}
    write_atomic(folder / "networks.safetensors", tensors_to_bytes(_own_memory(tensors)))
    moments, settings = _optimizer_state(optimizers)
    write_atomic(folder / "optimizers.safetensors", tensors_to_bytes(_own_memory(moments)))
    arrays = {f"stream.{name}": array for name, array in streams.arrays().items()}
    arrays |= _statistics(model) | episode_arrays(model)
    write_atomic(folder / "arrays.safetensors", arrays_to_bytes(arrays))
    if row.family == "off-policy":
        _write_replay(folder, model.replay_buffer)
    write_json(
        folder / "state.json",
        {
            "format": FORMAT,
            "algorithm": row.name,
            "counters": {name: getattr(model, name) for name in _COUNTERS if hasattr(model, name)},
            "optimizers": settings,
            "replay": _replay_position(model) if row.family == "off-policy" else None,
            "latest_episodes": [[float(episode["r"]), int(episode["l"])] for episode in model.ep_info_buffer],
            "action_stream": model.action_space.np_random.bit_generator.state,
        },
    )


def read_state(folder: Path, row: Algorithm, model: Any, streams: Streams) -> None:
    """Put a saved state into a freshly built model.

    Raises `SuiteError` for another algorithm and `DamagedFileError` where the files do not fit the model.
    """
    state = read_json(folder / "state.json")
    if not isinstance(state, dict) or (state.get("format"), state.get("algorithm")) != (FORMAT, row.name):
        raise SuiteError(
            f"{folder}/state.json is not a state of {row.name}. Resume with the recipe that began the run."
        )
    try:
        _read_networks(folder, model, state["optimizers"])
        arrays = load_arrays(folder / "arrays.safetensors")
        streams.restore({name.removeprefix("stream."): a for name, a in arrays.items() if name.startswith("stream.")})
        _read_statistics(arrays, model)
        if row.family == "off-policy":
            _read_replay(folder, model.replay_buffer, state["replay"])
        for name in _COUNTERS:
            if hasattr(model, name):
                setattr(model, name, state["counters"][name])
        model.ep_info_buffer = deque(
            ({"r": r, "l": length} for r, length in state["latest_episodes"]), model.ep_info_buffer.maxlen
        )
        model.action_space.np_random.bit_generator.state = state["action_stream"]
        take_up_episodes(model, arrays)
    except (SafetensorError, OSError, RuntimeError, KeyError, TypeError, ValueError, AttributeError) as error:
        reason = " ".join(str(error).split())[:200]
        raise DamagedFileError(
            f"{folder} does not fit this run ({reason}). Resume with the recipe that began it, or start anew."
        ) from error


def _parts(model: Any) -> tuple[dict[str, Any], dict[str, Any], list[str]]:
    """The model's networks, optimisers and single tensors, by the names that Stable-Baselines3 gives them."""
    names, variables = model._get_torch_save_params()
    parts = {name: _attribute(model, name) for name in names}
    modules = {name: part for name, part in parts.items() if isinstance(part, torch.nn.Module)}
    return modules, {name: part for name, part in parts.items() if name not in modules}, variables


def _attribute(model: Any, dotted: str) -> Any:
    for name in dotted.split("."):
        model = getattr(model, name)
    return model


def _own_memory(tensors: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Copies on the CPU, none sharing memory with another, as safetensors demands."""
    return {name: value.detach().cpu().clone().contiguous() for name, value in tensors.items()}


def _optimizer_state(optimizers: dict[str, Any]) -> tuple[dict[str, torch.Tensor], dict[str, Any]]:
    """Tensors by "optimiser/parameter/name" and all else as JSON."""
    tensors: dict[str, torch.Tensor] = {}
    settings: dict[str, Any] = {}
    for name, optimizer in optimizers.items():
        state = optimizer.state_dict()
        numbers: dict[str, dict[str, Any]] = {}
        for index, values in state["state"].items():
            for key, value in values.items():
                if isinstance(value, torch.Tensor):
                    tensors[f"{name}/{index}/{key}"] = value
                else:
                    numbers.setdefault(str(index), {})[key] = value
        settings[name] = {"groups": state["param_groups"], "numbers": numbers}
    return tensors, settings


def _read_networks(folder: Path, model: Any, settings: dict[str, Any]) -> None:
    modules, optimizers, variables = _parts(model)
    tensors = load_tensors(folder / "networks.safetensors")
    for name, module in modules.items():
        prefix = f"{name}."
        module.load_state_dict({k.removeprefix(prefix): v for k, v in tensors.items() if k.startswith(prefix)})
    for name in variables:
        getattr(model, name).data.copy_(tensors[f"variable.{name}"])
    moments = load_tensors(folder / "optimizers.safetensors")
    for name, optimizer in optimizers.items():
        state: dict[int, dict[str, Any]] = {int(i): dict(v) for i, v in settings[name]["numbers"].items()}
        for key, value in moments.items():
            owner, index, field = key.split("/")
            if owner == name:
                state.setdefault(int(index), {})[field] = value
        groups = [
            {key: tuple(value) if key == "betas" else value for key, value in group.items()}
            for group in settings[name]["groups"]
        ]
        optimizer.load_state_dict({"state": state, "param_groups": groups})
    if hasattr(model, "weights"):  # ARS keeps its parameters a second time, as one vector
        model.weights = torch.nn.utils.parameters_to_vector(model.policy.parameters()).detach()


def _statistics(model: Any) -> dict[str, Any]:
    wrapper = model.get_vec_normalize_env()
    arrays: dict[str, Any] = {}
    for name in _STATISTICS:
        statistics = getattr(wrapper, name, None)
        if isinstance(statistics, RunningMeanStd):
            arrays[f"{name}.mean"] = np.asarray(statistics.mean)
            arrays[f"{name}.var"] = np.asarray(statistics.var)
            arrays[f"{name}.count"] = np.asarray(statistics.count, np.float64)
    if wrapper is not None:
        arrays["returns"] = wrapper.returns
    return arrays


def _read_statistics(arrays: dict[str, Any], model: Any) -> None:
    wrapper = model.get_vec_normalize_env()
    for name in _STATISTICS:
        statistics = getattr(wrapper, name, None)
        if isinstance(statistics, RunningMeanStd):
            statistics.mean, statistics.var = arrays[f"{name}.mean"], arrays[f"{name}.var"]
            statistics.count = float(arrays[f"{name}.count"])
    if wrapper is not None:
        wrapper.returns = arrays["returns"]


def _replay_position(model: Any) -> dict[str, Any]:
    return {"position": int(model.replay_buffer.pos), "full": bool(model.replay_buffer.full)}


def _write_replay(folder: Path, buffer: Any) -> None:
    """One file an array, written straight from the buffer: a replay memory may be larger than what is left of the RAM."""
    for name in _REPLAY_ARRAYS:
        np.save(folder / f"replay-{name}.npy", getattr(buffer, name)[: buffer.size()], allow_pickle=False)


def _read_replay(folder: Path, buffer: Any, place: dict[str, Any]) -> None:
    buffer.pos, buffer.full = int(place["position"]), bool(place["full"])
    for name in _REPLAY_ARRAYS:
        saved = np.load(folder / f"replay-{name}.npy", mmap_mode="r", allow_pickle=False)
        target = getattr(buffer, name)[: buffer.size()]
        if saved.shape != target.shape or saved.dtype != target.dtype:
            raise ValueError(
                f"{name}: {saved.dtype} {saved.shape} does not fit a buffer of {target.dtype} {target.shape}"
            )
        target[...] = saved
