"""All that a policy with a memory is besides its numbers; policy.json says `memory` too. Source: ours."""

from __future__ import annotations

from dataclasses import dataclass, field, fields

from agents.interface import Task
from agents.policy_gradient.options import MemoryOptions, NetworkOptions
from agents.policy_gradient.recurrent.network import RecurrentNetwork
from agents.policy_gradient.spec import PolicySpec, spec_for
from sim_suite.envs.views import View


@dataclass(frozen=True)
class RecurrentSpec(PolicySpec):
    """A policy with a memory, without its numbers."""

    memory: MemoryOptions = field(default_factory=MemoryOptions)

    def module(self) -> RecurrentNetwork:
        """A fresh network. Its weights come from torch's global generator."""
        return RecurrentNetwork(
            self.seen_shape(), self.outputs, self.choices == 0, self.network, self.critic, self.memory
        )


def recurrent_spec_for(task: Task, view: View, network: NetworkOptions, memory: MemoryOptions) -> RecurrentSpec:
    """The spec for a task, with a critic. Raises `SuiteError` as `spec_for` does."""
    plain = spec_for(task, view, network, critic=True)
    return RecurrentSpec(**{one.name: getattr(plain, one.name) for one in fields(plain)}, memory=memory)
