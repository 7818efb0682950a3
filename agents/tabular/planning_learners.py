"""Value iteration, policy iteration and policy evaluation as runs that report, stop and resume. Source: ours.

Steps are counted in sweeps. A run is over when it has converged, which is before `max_sweeps` unless that is too few.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

import numpy as np

from agents.interface import Task
from agents.learner import Metrics
from agents.tabular.agent import TabularAgent
from agents.tabular.config import Planning, PolicyEvaluationConfig, PolicyIterationConfig, ValueIterationConfig
from agents.tabular.dynamic_programming import Planned, evaluate_sweeps, improve, optimal_sweeps
from agents.tabular.exact import action_values
from agents.tabular.learner import Arrays, TabularLearner

SWEEPS_PER_REPORT = 100
"""About 5 ms on FrozenLake, where a whole run is some thousand sweeps: a curve with tens of points."""
SWEEPS, CONVERGED = 0, 1
Config = TypeVar("Config", bound=Planning)


class PlanningLearner(TabularLearner[Config]):
    """State values swept until they no longer change."""

    def __init__(self, task: Task, config: Config, seed: int, device: str = "cpu") -> None:
        """Raises `SuiteError` where the environment has no table."""
        super().__init__(task, config, seed, device)
        self._table = self._needs_table("planning")
        self._values = np.zeros(self.num_states)
        self._counters = np.zeros(2, np.int64)

    @property
    def done_steps(self) -> int:
        """Sweeps so far."""
        return int(self._counters[SWEEPS])

    @property
    def total_steps(self) -> int:
        """The most sweeps there may be; once converged, those that were needed."""
        return self.done_steps if self._counters[CONVERGED] else self.config.max_sweeps

    @property
    def agent(self) -> TabularAgent:
        """Greedy by one step of looking ahead on the state values."""
        return TabularAgent(action_values(self._table, self._values, self.config.gamma))

    def _arrays(self) -> Arrays:
        return {"values": self._values, "counters": self._counters}

    def _remember(self, planned: Planned) -> None:
        self._values[:] = planned.values
        self._counters[SWEEPS] += planned.sweeps

    def _metrics(self, change: float) -> Metrics:
        return {
            "step": float(self.done_steps),
            "change": change,
            "converged": float(self._counters[CONVERGED]),
            "start_value": float(self._table.start @ self._values),
            **self._exact_return(self.agent.values),
        }


class ValueIterationLearner(PlanningLearner[ValueIterationConfig]):
    """Sutton and Barto 2018, section 4.4."""

    def run(self) -> Iterator[Metrics]:
        """Sweep until converged."""
        while self.done_steps < self.total_steps:
            sweeps = min(SWEEPS_PER_REPORT, self.config.max_sweeps - self.done_steps)
            planned = optimal_sweeps(self._table, self._values, self.config.gamma, self.config.tolerance, sweeps)
            self._remember(planned)
            self._counters[CONVERGED] = planned.converged
            yield self._metrics(planned.change)


class PolicyEvaluationLearner(PlanningLearner[PolicyEvaluationConfig]):
    """Sutton and Barto 2018, section 4.1, of a given policy; the agent acts greedily on what it is worth."""

    def run(self) -> Iterator[Metrics]:
        """Sweep until converged."""
        policy = self._given_policy(self.config.policy)
        while self.done_steps < self.total_steps:
            sweeps = min(SWEEPS_PER_REPORT, self.config.max_sweeps - self.done_steps)
            planned = evaluate_sweeps(
                self._table, policy, self._values, self.config.gamma, self.config.tolerance, sweeps
            )
            self._remember(planned)
            self._counters[CONVERGED] = planned.converged
            yield self._metrics(planned.change)


class PolicyIterationLearner(PlanningLearner[PolicyIterationConfig]):
    """Sutton and Barto 2018, section 4.3, from the uniform policy, which ends every episode that any policy can end."""

    def __init__(self, task: Task, config: PolicyIterationConfig, seed: int, device: str = "cpu") -> None:
        """Raises `SuiteError` where the environment has no table."""
        super().__init__(task, config, seed, device)
        self._policy = self._given_policy(())

    def _arrays(self) -> Arrays:
        return {**super()._arrays(), "policy": self._policy}

    def run(self) -> Iterator[Metrics]:
        """Evaluate, then improve, until no action is better: one report for each policy."""
        config = self.config
        while self.done_steps < self.total_steps:
            planned = evaluate_sweeps(
                self._table,
                self._policy,
                self._values,
                config.gamma,
                config.tolerance,
                config.max_sweeps - self.done_steps,
            )
            self._remember(planned)
            worth = action_values(self._table, self._values, config.gamma)
            improved = np.eye(self.num_actions)[improve(worth, self._policy.argmax(axis=1))]
            changed = int(np.any(improved != self._policy, axis=1).sum())
            self._policy[:] = improved
            self._counters[CONVERGED] = changed == 0 and planned.converged
            yield {**self._metrics(planned.change), "changed_states": float(changed)}
