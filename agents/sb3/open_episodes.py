"""The episodes that are under way when a Stable-Baselines3 run is saved, and how a resumed run takes them up.

Source: ours; what there is to carry over follows `collect_rollouts` of Stable-Baselines3 2.9.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def episode_arrays(model: Any) -> dict[str, NDArray[Any]]:
    """Actions so far, latest observations, recurrent memory and correlated noise, as named arrays."""
    arrays: dict[str, NDArray[Any]] = {
        "last_observation": np.asarray(model._last_obs),
        "last_episode_start": np.asarray(model._last_episode_starts),
        "shown": _shown(model),
        "episode": np.array([env.episode for env in _environments(model)], np.int64),
    }
    if model._last_original_obs is not None:
        arrays["last_original_observation"] = np.asarray(model._last_original_obs)
    arrays |= {f"actions.{index}": env.actions() for index, env in enumerate(_environments(model))}
    arrays |= {f"memory.{index}": part.cpu().numpy() for index, part in enumerate(_memory(model))}
    return arrays | {f"noise.{index}": noise.noise_prev for index, noise in enumerate(_noises(model))}


def take_up_episodes(model: Any, arrays: dict[str, NDArray[Any]]) -> None:
    """Repeat the open episodes and restore what `episode_arrays` kept.

    An environment that does not repeat itself, because it changed or never followed from seed and actions, is begun anew; the
    cut counts as a truncation.
    """
    for index, env in enumerate(_environments(model)):
        env.take_up(int(arrays["episode"][index]), arrays[f"actions.{index}"])
    if not np.array_equal(_shown(model), arrays["shown"]):
        _begin_anew(model)
        return
    model._last_obs = arrays["last_observation"]
    model._last_episode_starts = arrays["last_episode_start"]
    model._last_original_obs = arrays.get("last_original_observation")
    for index, part in enumerate(_memory(model)):
        part.copy_(part.new_tensor(arrays[f"memory.{index}"]))
    for index, noise in enumerate(_noises(model)):
        noise.noise_prev = arrays[f"noise.{index}"]


def _begin_anew(model: Any) -> None:
    buffer = getattr(model, "replay_buffer", None)
    if buffer is not None and buffer.size():
        # So marked, n-step returns do not run on into the next episode, and learning still bootstraps.
        newest = (buffer.pos - 1) % buffer.buffer_size
        buffer.timeouts[newest] = np.where(buffer.dones[newest] == 0, 1, buffer.timeouts[newest])
        buffer.dones[newest] = 1
    model._last_obs = model.env.reset()
    model._last_episode_starts = np.ones(model.n_envs, dtype=bool)
    if model._last_original_obs is not None:
        model._last_original_obs = model.get_vec_normalize_env().get_original_obs()


def _environments(model: Any) -> list[Any]:
    """The run's `SeededEpisodes`, in order."""
    environments: list[Any] = model.env.unwrapped.envs
    return environments


def _shown(model: Any) -> NDArray[Any]:
    return np.stack([np.asarray(env.latest) for env in _environments(model)])


def _memory(model: Any) -> list[Any]:
    """Hidden and cell states of actor and critic; none for policies without memory."""
    states = getattr(model, "_last_lstm_states", None)
    return [] if states is None else [*states.pi, *states.vf]


def _noises(model: Any) -> list[Any]:
    """Action noises that remember what they drew: Ornstein-Uhlenbeck, one for each environment."""
    noise = model.action_noise
    return [one for one in getattr(noise, "noises", [noise]) if hasattr(one, "noise_prev")]
