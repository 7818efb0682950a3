"""A dream: M foretells the next latents from its own, with no picture of the world; V makes pictures of them.

Source: Ha and Schmidhuber 2018 (arXiv:1803.10122), "Car Racing Dreams"; https://worldmodels.github.io shows CarRacing so.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from agents.world_models.controller import act
from agents.world_models.mdn_rnn import MdnRnn
from agents.world_models.mixture import drawn, tempered
from sim_suite.errors import SuiteError


class Dream(NamedTuple):
    """T decisions."""

    latents: Tensor
    """[T, N]: those that were seen up to `awake`, then those that were dreamt."""
    actions: Tensor
    """[T, 3]"""


def dream(
    memory: MdnRnn, controller: Tensor, latents: Tensor, actions: Tensor, awake: int, temperature: float, seed: int,
    acts: bool,
) -> Dream:  # fmt: skip
    """Dream of a drive after its first `awake` decisions.

    controller: [P]; latents: [T, N] as V saw the drive; actions: [T, 3] that were taken in it; acts: the controller acts in the dream,
    else the drive's actions are dreamt to be taken. Raises `SuiteError` for a temperature of 0 or less and for an `awake` outside 1..T.
    """
    if not temperature > 0.0 or not 1 <= awake <= len(latents):
        raise SuiteError(
            f"a dream has a temperature above 0 and begins after 1 to {len(latents)} decisions, not {temperature} and {awake}."
        )
    generator = torch.Generator().manual_seed(seed)
    state = memory.blank(1)
    seen, done = [], []
    with torch.inference_mode():
        for step in range(len(latents)):
            dreams = step >= awake
            now = drawn(tempered(memory.foretold(state), temperature), generator) if dreams else latents[step, None]
            action = act(controller[None], now, state[:, 0]) if dreams and acts else actions[step, None]
            state = memory.step(now, action, state)
            seen.append(now[0])
            done.append(action[0])
    return Dream(torch.stack(seen), torch.stack(done))
