"""Networks whose gradients and layers are known without a computer, opened as an agent would open them."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

from agents.explaining import Explainable
from agents.interface import Interface
from sim_suite.envs.views import View


def opened(network, outputs=("left", "right"), **facts):
    """A network as an agent opens it, its observations its inputs."""
    network.eval()

    def prepare(observation):
        return torch.as_tensor(np.asarray(observation), dtype=torch.float32)

    return Explainable(network, prepare, network, tuple(outputs), facts.pop("meaning", "logit"), **facts)


def dense(weights, bias=None):
    """A layer of these weights [out, in]."""
    matrix = torch.tensor(weights, dtype=torch.float32)
    layer = nn.Linear(matrix.shape[1], matrix.shape[0])
    with torch.no_grad():
        layer.weight.copy_(matrix)
        layer.bias.copy_(torch.zeros(len(matrix)) if bias is None else torch.tensor(bias, dtype=torch.float32))
    return layer


class OnePixel(nn.Module):
    """One output: three times a pixel of the newest frame."""

    def __init__(self, row: int, column: int) -> None:
        super().__init__()
        self.row, self.column = row, column

    def forward(self, pictures):
        return 3.0 * pictures[:, -1:, self.row, self.column]


class Balancer:
    """Balances CartPole by two units that see angle and angular velocity; two more are dead."""

    interface = Interface(View("vector"), "discrete")
    envs = ("CartPole-v1",)

    def __init__(self) -> None:
        seen = dense([[0, 0, 1, 0.5], [0, 0, -1, -0.5], [0, 0, 0, 0], [0, 0, 0, 0]])
        self.network = nn.Sequential(seen, nn.ReLU(), dense([[0, 1, 7, 7], [1, 0, -7, 7]]))

    def explainable(self, actions):
        return opened(self.network, actions, choices=((0, 1),))

    def predict(self, observation, state=None, episode_start=None, deterministic=False):
        with torch.inference_mode():
            said = self.network(torch.as_tensor(np.asarray(observation), dtype=torch.float32))
        return said.argmax(dim=1).numpy(), state
