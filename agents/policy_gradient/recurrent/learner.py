"""Recurrent PPO as a training run: that of `PolicyLearner` with a policy that remembers. Sources: sequences.py, network.py."""

from __future__ import annotations

from agents.interface import Task
from agents.policy_gradient.acting import Actor
from agents.policy_gradient.config import PolicyConfig
from agents.policy_gradient.learner import PolicyLearner
from agents.policy_gradient.networks import PolicyNetwork
from agents.policy_gradient.recurrent.actor import RecurrentActor
from agents.policy_gradient.recurrent.agent import RecurrentAgent
from agents.policy_gradient.recurrent.config import RecurrentPpoConfig
from agents.policy_gradient.recurrent.network import RecurrentNetwork
from agents.policy_gradient.recurrent.spec import RecurrentSpec, recurrent_spec_for


class RecurrentLearner(PolicyLearner):
    """One training run. Its state holds what was remembered of the open episodes too."""

    @property
    def agent(self) -> RecurrentAgent:
        """The policy as it is now; its network is the one in training."""
        assert isinstance(self._spec, RecurrentSpec)
        assert isinstance(self._ascent.network, RecurrentNetwork)
        return RecurrentAgent(self._spec, self._ascent.network)

    def _spec_for(self, task: Task, config: PolicyConfig) -> RecurrentSpec:
        assert isinstance(config, RecurrentPpoConfig)
        return recurrent_spec_for(task, config.view, config.network, config.memory)

    def _actor_of(self, network: PolicyNetwork, config: PolicyConfig) -> Actor:
        assert isinstance(network, RecurrentNetwork)
        return RecurrentActor(self._spec, network, config.envs, config.hold)
