"""Monte Carlo and temporal-difference methods as runs that report, stop and resume between episodes. Source: ours.

On an environment with a table the world is played inside compiled code, from that table and the run's own random
stream; on any other it is stepped through Gymnasium.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from typing import ClassVar, TypeVar

import numpy as np
from numpy.typing import NDArray

from agents.interface import Task
from agents.learner import Metrics
from agents.tabular import monte_carlo, temporal_difference
from agents.tabular.agent import TabularAgent
from agents.tabular.config import Exploring, ExploringStartsConfig, MonteCarloConfig, Sampling, TD0Config
from agents.tabular.dynamic_programming import evaluate_sweeps
from agents.tabular.exact import action_values
from agents.tabular.learner import Arrays, TabularLearner
from agents.tabular.memory import (
    ABS_ERROR,
    ENDED,
    EPISODES,
    NUM_SUMS,
    RETURNS,
    STEPS,
    UPDATES,
    epsilon_at,
    fresh_memory,
    schedule_of,
)
from agents.tabular.stepping import difference_learn_by_stepping, monte_carlo_learn_by_stepping
from agents.tabular.table import absorbing_states, closed_cumulative

REPORTS = 50
"""Points of a run's learning curve."""
MOST_STEPS_PER_REPORT = 1_000_000
"""About 0.3 s of compiled steps."""
MOST_STEPPED_PER_REPORT = 20_000
"""About 0.5 s of steps through Gymnasium."""
Config = TypeVar("Config", bound=Sampling)


class SamplingLearner(TabularLearner[Config]):
    """A run that plays whole episodes and learns from each."""

    tables: ClassVar[int] = 1
    """Tables of values, of which behaviour uses the sum."""
    state_values: ClassVar[bool] = False
    """True where the values are those of states."""

    def __init__(self, task: Task, config: Config, seed: int, device: str = "cpu") -> None:
        """See `TabularLearner`."""
        super().__init__(task, config, seed, device)
        columns = 1 if self.state_values else self.num_actions
        self.memory = fresh_memory((self.tables, self.num_states, columns), config.initial_value, seed)
        self.schedule = schedule_of(config)

    @property
    def done_steps(self) -> int:
        """Environment steps so far, at most `total_steps`, though the last episode was played to its end."""
        return min(int(self.memory.counters[STEPS]), self.config.steps)

    @property
    def total_steps(self) -> int:
        """Environment steps of the whole run."""
        return self.config.steps

    @property
    def agent(self) -> TabularAgent:
        """Greedy on the values learned so far (the mean over the tables)."""
        return TabularAgent(self.memory.values.mean(axis=0))

    def run(self) -> Iterator[Metrics]:
        """Play episodes until `total_steps`, reporting about every fiftieth of them."""
        most = MOST_STEPPED_PER_REPORT if self.table is None else MOST_STEPS_PER_REPORT
        chunk = max(1, min(self.config.steps // REPORTS, most))
        while self.done_steps < self.total_steps:
            sums = np.zeros(NUM_SUMS)
            self._learn(min(self.total_steps, (self.done_steps // chunk + 1) * chunk), sums)
            yield self._metrics(sums)

    @abstractmethod
    def _learn(self, until: int, sums: NDArray[np.float64]) -> None:
        """Play and learn whole episodes until `until` steps are done."""

    def _arrays(self) -> Arrays:
        return dict(self.memory._asdict())

    def _metrics(self, sums: NDArray[np.float64]) -> Metrics:
        metrics = {
            "step": float(self.memory.counters[STEPS]),
            "episode": float(self.memory.counters[EPISODES]),
            "episode_return": float(sums[RETURNS] / sums[ENDED]),
            "td_error": float(sums[ABS_ERROR] / sums[UPDATES]),
            **self._exact_return(self.agent.values),
        }
        if isinstance(self.config, Exploring):
            metrics["epsilon"] = float(epsilon_at(self.schedule, self.done_steps))
        return metrics


class DifferenceLearner(SamplingLearner[Config]):
    """Temporal-difference learning by one of the rules of `temporal_difference`."""

    rule: ClassVar[int]

    def _learn(self, until: int, sums: NDArray[np.float64]) -> None:
        policy = closed_cumulative(self._behaviour())
        if self.table is not None:
            temporal_difference.learn_on_table(self.rule, self.table, self.memory, self.schedule, policy, until, sums)
        else:
            difference_learn_by_stepping(
                self.rule, self.env, self.seed, self.limit, self.memory, self.schedule, policy, until, sums
            )

    def _behaviour(self) -> NDArray[np.float64]:
        """[S, A] the policy that TD(0) plays; the other rules make their own and ignore it."""
        return self._given_policy(())


class SarsaLearner(DifferenceLearner[Exploring]):
    """SARSA: Sutton and Barto 2018, section 6.4."""

    rule = temporal_difference.SARSA


class QLearner(DifferenceLearner[Exploring]):
    """Q-learning: Sutton and Barto 2018, section 6.5."""

    rule = temporal_difference.Q_LEARNING


class DoubleQLearner(DifferenceLearner[Exploring]):
    """Double Q-learning: Sutton and Barto 2018, section 6.7."""

    rule = temporal_difference.DOUBLE_Q_LEARNING
    tables = 2


class TD0Learner(DifferenceLearner[TD0Config]):
    """TD(0) evaluation of a given policy: Sutton and Barto 2018, section 6.1.

    The agent looks one step ahead on the table and acts greedily on the state values; without a table it cannot, and
    plays the likeliest action of the policy that was evaluated.
    """

    rule = temporal_difference.TD0
    state_values = True

    def __init__(self, task: Task, config: TD0Config, seed: int, device: str = "cpu") -> None:
        """Raises `SuiteError` when the configured policy does not fit the environment."""
        super().__init__(task, config, seed, device)
        self._policy = self._given_policy(config.policy)
        self._true_values: NDArray[np.float64] | None = None
        if self.table is not None:
            # The most sweeps bound the time where an undiscounted policy never ends; the error is then no longer told.
            planned = evaluate_sweeps(self.table, self._policy, np.zeros(self.num_states), config.gamma, 1e-9, 100_000)
            self._true_values = planned.values if planned.converged else None

    @property
    def agent(self) -> TabularAgent:
        """Greedy by one step of looking ahead, where there is a table to look into."""
        if self.table is None:
            return TabularAgent(self._policy)
        return TabularAgent(action_values(self.table, self.memory.values[0, :, 0], self.config.gamma))

    def _behaviour(self) -> NDArray[np.float64]:
        return self._policy

    def _metrics(self, sums: NDArray[np.float64]) -> Metrics:
        metrics = super()._metrics(sums)
        visited = self.memory.visits[0, :, 0] > 0
        if self._true_values is not None:
            error = (self.memory.values[0, :, 0] - self._true_values)[visited]
            metrics["rms_error"] = float(np.sqrt(np.mean(error**2)))
        return metrics


class MonteCarloLearner(SamplingLearner[Config]):
    """Monte Carlo control by first or every visit."""

    first_visit: ClassVar[bool]

    def _learn(self, until: int, sums: NDArray[np.float64]) -> None:
        if self.table is not None:
            monte_carlo.learn_on_table(
                self.first_visit, self._starts(), self.table, self.memory, self.schedule, until, sums
            )
        else:
            monte_carlo_learn_by_stepping(
                self.first_visit, self.env, self.seed, self.limit, self.memory, self.schedule, until, sums
            )

    def _starts(self) -> NDArray[np.int64]:
        """States to begin in, with a random action; none: the world's own start."""
        return np.empty(0, np.int64)


class FirstVisitLearner(MonteCarloLearner[MonteCarloConfig]):
    """First-visit Monte Carlo, epsilon-greedy: Sutton and Barto 2018, section 5.4."""

    first_visit = True


class EveryVisitLearner(MonteCarloLearner[MonteCarloConfig]):
    """Every-visit Monte Carlo, epsilon-greedy: Sutton and Barto 2018, section 5.4."""

    first_visit = False


class ExploringStartsLearner(MonteCarloLearner[ExploringStartsConfig]):
    """Monte Carlo with exploring starts: Sutton and Barto 2018, section 5.3. Greedy after a random state and action."""

    def __init__(self, task: Task, config: ExploringStartsConfig, seed: int, device: str = "cpu") -> None:
        """Raises `SuiteError` where there is no table: an environment cannot otherwise be put into any state."""
        super().__init__(task, config, seed, device)
        self._starting = np.flatnonzero(~absorbing_states(self._needs_table("exploring starts")))

    def _starts(self) -> NDArray[np.int64]:
        return self._starting


class FirstVisitExploringStartsLearner(ExploringStartsLearner):
    """First-visit Monte Carlo with exploring starts."""

    first_visit = True


class EveryVisitExploringStartsLearner(ExploringStartsLearner):
    """Every-visit Monte Carlo with exploring starts."""

    first_visit = False
