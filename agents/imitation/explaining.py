"""A cloned policy, opened for explanation: from pictures to the action, or to the scores it is chosen by. Source: ours.

Policies that act by a mean (of classes by their shares, of a hill's units, or a regression) are explained in the action's own columns;
those that take the likeliest class by the scores of the classes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor, nn

from agents.explaining import Explainable
from agents.imitation.action_grid import ActionGrid
from agents.imitation.heads import hill_shares
from agents.imitation.policy import PolicySpec
from agents.interface import Batch
from sim_suite.errors import SuiteError


def open_policy(spec: PolicySpec, network: nn.Module, actions: Sequence[str]) -> Explainable:
    """The network with its outputs named after `actions`: columns, or choices where actions are whole numbers.

    Raises `SuiteError` where there are more or fewer names than actions.
    """
    count = spec.grid.sizes[0] if spec.grid.whole else sum(len(axis.columns) for axis in spec.grid.axes)
    if len(actions) != count:
        raise SuiteError(f"this policy has {count} actions, so that {len(actions)} names do not fit: {list(actions)}.")
    device = next(network.parameters()).device
    network.eval()
    channels = spec.picture[0] // spec.view.stack

    def prepare(observation: Batch) -> Tensor:
        pictures = spec.cut(spec.uncut(torch.from_numpy(np.asarray(observation)).to(device)))
        return pictures.to(torch.float32, memory_format=torch.channels_last) / 255

    means = _means(spec)
    likeliest = spec.head == "classes" and (spec.grid.whole or spec.act == "likeliest")

    def forward(pictures: Tensor) -> Tensor:
        raw: Tensor = network(pictures)
        return raw if likeliest else means(raw)

    return Explainable(
        network,
        prepare,
        forward,
        class_names(spec.grid, actions) if likeliest else tuple(actions),
        "logit" if likeliest else "action",
        _groups(spec.grid) if likeliest else (),
        channels if spec.view.kind == "pixels" else 0,
    )


def class_names(grid: ActionGrid, actions: Sequence[str]) -> tuple[str, ...]:
    """Of all classes, axis by axis: `gas 0.5, brake 0`; of whole numbers the names of the actions."""
    if grid.whole:
        return tuple(actions)
    return tuple(
        ", ".join(f"{actions[column]} {value:g}" for column, value in zip(axis.columns, point, strict=True))
        for axis in grid.axes
        for point in axis.points
    )


def _groups(grid: ActionGrid) -> tuple[tuple[int, ...], ...]:
    ends = np.cumsum([0, *grid.sizes]).tolist()
    return tuple(tuple(range(a, b)) for a, b in pairwise(ends))


def _means(spec: PolicySpec) -> Callable[[Tensor], Tensor]:
    """Raw outputs [B, n] -> the action's columns [B, A] as the head acts, with a gradient; a regression's before they are clipped."""
    if spec.head == "regression":
        return lambda raw: raw
    order = torch.tensor([column for axis in spec.grid.axes for column in axis.columns]).argsort()
    points = [torch.tensor(axis.points, dtype=torch.float32) for axis in spec.grid.axes]

    def means(raw: Tensor) -> Tensor:
        parts = torch.split(raw, list(spec.grid.sizes), dim=1)
        shares = [hill_shares(part) if spec.head == "hill" else part.softmax(dim=1) for part in parts]
        columns = [share.to(raw.dtype) @ p.to(raw.device) for share, p in zip(shares, points, strict=True)]
        return torch.cat(columns, dim=1)[:, order.to(raw.device)]

    return means
