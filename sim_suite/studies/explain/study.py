"""One agent on one environment, explained: an episode, gradients and occlusion at some of its steps, layers put out of action.

Source: ours; the methods are in `saliency.py`, `occlusion.py` and `ablation.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from agents.explaining import Explainable, ExplainableAgent
from agents.interface import Agent
from agents.naming import task_of
from sim_suite.envs.catalog import card
from sim_suite.envs.names import action_names, input_names
from sim_suite.errors import SuiteError, UnknownNameError
from sim_suite.leaderboard.report import figures
from sim_suite.learning.torch_blocks import threads
from sim_suite.studies.explain import ablation, layers, occlusion, saliency
from sim_suite.studies.explain.episode import Episode, Place, episode_return, photographs, spread, watched
from sim_suite.studies.explain.findings import Asked, Explanation, Moment
from sim_suite.studies.explain.options import NO_ABLATION, ExplainOptions

MOST_OUTPUTS: Final = 4
"""Of a continuous action without a choice by name: more would not stand side by side."""
CHOSEN: Final = "chosen"
VIEWS: Final = ("vector", "pixels", "raster")
"""That are one array."""

Stage = Callable[[str, int], AbstractContextManager[Callable[[], None]]]
"""Opens a stage (what, units in all) and gives a function that is called after each unit."""


def explain(agent: Agent, name: str, place: Place, options: ExplainOptions, stage: Stage) -> Explanation:
    """Explain an agent that fits the environment. The same arguments give the same findings, on one thread of a processor.

    Raises `SuiteError` for agents without a network, for views that are neither numbers nor pictures, for outputs that there are not,
    and where an episode fails.
    """
    with threads(1):
        task = task_of(place.env_id, dict(place.kwargs))
        about = card(place.env_id)
        actions = action_names(about, task.action_space)
        opened = opened_agent(agent, name, actions)
        with stage("episode", 1) as done:
            episode = watched(place, agent, options.seed)
            done()
        steps = spread(len(episode.actions), options.moments)
        shown = opened.prepare(np.stack([episode.observations[step] for step in steps]))
        if shown.ndim not in (2, 4):
            raise SuiteError(
                f"{name} prepares an input of shape {tuple(shown.shape)}: it must be [B, D] numbers or [B, C, H, W] pictures."
            )
        with torch.inference_mode():
            outputs = opened.forward(shown)
        is_picture = shown.ndim > 2
        asked = []
        wanted = targets(opened, outputs, options.outputs, name)
        with stage("inputs", len(wanted)) as done:
            look = _pictures if is_picture else _numbers
            for each in look(opened, shown, episode, wanted, options):
                asked.append(each)
                done()
        frames = (
            _frames(opened, shown) if is_picture else photographs(place, agent, options.seed, episode.actions, steps)
        )
        names = () if is_picture else input_names(about, task.observation_space, shown.shape[1])
        rows = outputs.cpu().tolist()
        moments = tuple(
            Moment(step, _did(actions, episode.actions[step]), tuple(rows[k]), frames[k] if frames else None)
            for k, step in enumerate(steps)
        )
        found = None if options.episodes == NO_ABLATION else _ablated(agent, opened, place, episode, options, stage)
        return Explanation(
            name, place.env_id, dict(place.kwargs), options, opened.meaning, opened.outputs, names, len(episode.actions),
            episode.episode_return, moments, tuple(asked), found,
        )  # fmt: skip


def opened_agent(agent: Agent, name: str, actions: Sequence[str]) -> Explainable:
    """The agent's network. Raises `SuiteError` where it has none, or where it looks at neither numbers nor pictures."""
    if not isinstance(agent, ExplainableAgent):
        raise SuiteError(
            f"{name} cannot be explained: {type(agent).__name__} opens no network. Name a clone (zoo:car-racing-bc), a Stable-Baselines3 "
            f"agent (zoo:cart-pole-ppo), or give your class explainable(actions) as in agents/explaining.py."
        )
    if agent.interface.observation.kind not in VIEWS:
        raise SuiteError(
            f"{name} looks at {agent.interface.observation.kind!r}; explained are agents that look at {', '.join(VIEWS)}."
        )
    return agent.explainable(actions)


def targets(
    opened: Explainable, outputs: Tensor, names: Sequence[str], agent: str
) -> list[tuple[str, NDArray[np.int64]]]:
    """What is asked about: names with a column of the outputs [M, N] for each moment.

    names: outputs, or `chosen` for the one that decides at each moment (`chosen 2` where a second choice is made). Without names the
    chosen ones, or the first numbers of a continuous action. Raises `UnknownNameError` for a name that is none.
    """
    known = {name: np.full(len(outputs), k, np.int64) for k, name in enumerate(opened.outputs)}
    for number, group in enumerate(opened.choices):
        best = outputs[:, list(group)].argmax(dim=1).cpu().numpy()
        known[CHOSEN if number == 0 else f"{CHOSEN} {number + 1}"] = np.asarray(group, np.int64)[best]
    chosen = [name for name in known if name not in opened.outputs]
    picked = list(dict.fromkeys(names)) or chosen or list(opened.outputs[:MOST_OUTPUTS])
    for name in picked:
        if name not in known:
            raise UnknownNameError(f"output of {agent}", name, known)
    return [(name, known[name]) for name in picked]


def _pictures(
    opened: Explainable,
    shown: Tensor,
    episode: Episode,
    wanted: Sequence[tuple[str, NDArray[np.int64]]],
    options: ExplainOptions,
) -> list[Asked]:
    reach = shown.flatten(1).amax(dim=1) - shown.flatten(1).amin(dim=1)
    noise = (options.noise * reach)[:, None, None, None]
    height, width = int(shown.shape[2]), int(shown.shape[3])
    masks = occlusion.patches(height, width, options.patch, options.stride)
    fill = occlusion.filled(shown, options.fill)
    lost = occlusion.spread_over_pixels(occlusion.hide_patches(opened.forward, shown, fill, masks), masks)
    found = []
    rows = np.arange(len(shown))
    stacked = opened.colours > 0 and shown.shape[1] > opened.colours
    for name, columns in wanted:
        at = torch.from_numpy(columns).to(shown.device)
        slopes = saliency.smooth_gradient(opened.forward, shown, at, noise, options.smooth, options.seed)
        shares = saliency.shares_by_frame(slopes, opened.colours).cpu().numpy() if stacked else None
        found.append(
            Asked(
                name, tuple(columns.tolist()), saliency.saliency_map(slopes).cpu().numpy(),
                lost.cpu().numpy()[rows, columns], shares,
            )
        )  # fmt: skip
    return found


def _numbers(
    opened: Explainable,
    shown: Tensor,
    episode: Episode,
    wanted: Sequence[tuple[str, NDArray[np.int64]]],
    options: ExplainOptions,
) -> list[Asked]:
    seen = torch.cat(list(_batches(opened, episode)))
    usual, deviation = seen.mean(dim=0), seen.std(dim=0, correction=0)
    noise = options.noise * (seen.amax(dim=0) - seen.amin(dim=0))
    lost = occlusion.hide_inputs(opened.forward, shown, usual).cpu().numpy()
    found = []
    rows = np.arange(len(shown))
    for name, columns in wanted:
        at = torch.from_numpy(columns).to(shown.device)
        slopes = saliency.smooth_gradient(opened.forward, shown, at, noise, options.smooth, options.seed)
        found.append(
            Asked(
                name, tuple(columns.tolist()), (slopes * deviation).cpu().numpy(), lost[rows, :, columns], None
            )
        )  # fmt: skip
    return found


def _ablated(
    agent: Agent, opened: Explainable, place: Place, episode: Episode, options: ExplainOptions, stage: Stage
) -> ablation.Ablation:
    found = layers.layers_of(opened, next(_batches(opened, episode)))
    if options.instead == "mean":
        instead = layers.mean_activations(opened, found, _batches(opened, episode))
    else:
        instead = tuple(torch.zeros(layer.shape) for layer in found)
    seeds = range(options.seed, options.seed + options.episodes)
    with stage("layers", ablation.episodes_of(found, len(seeds), options.groups)) as done:
        return ablation.ablate(
            lambda seed: episode_return(place, agent, seed), found, instead, seeds, options.groups, done
        )


def _batches(opened: Explainable, episode: Episode) -> Any:
    """What the network was shown, step by step, in batches."""
    for begin in range(0, len(episode.observations), layers.AT_ONCE):
        yield opened.prepare(np.stack(episode.observations[begin : begin + layers.AT_ONCE]))


def _frames(opened: Explainable, shown: Tensor) -> list[NDArray[np.uint8]]:
    """The newest frame of each row [B, C, H, W], uint8 [H, W, 3]; of other inputs the brightest channel at each place."""
    newest = shown[:, -opened.colours :] if opened.colours else shown.amax(dim=1, keepdim=True)
    pictures = (newest * 255).round().clamp(0, 255).to(torch.uint8).permute(0, 2, 3, 1)
    return list(pictures.expand(-1, -1, -1, 3).cpu().numpy())


def _did(names: Sequence[str], action: NDArray[Any]) -> str:
    """The action in words: the name of a choice, or the action's numbers by name."""
    if np.issubdtype(action.dtype, np.integer) and action.ndim == 0:
        return names[int(action)]
    numbers = zip(names, np.ravel(action).tolist(), strict=True)
    return ", ".join(f"{name} {figures.number(value, 2)}" for name, value in numbers)
