"""The tabular methods by name: the one place that says which learner and which configuration a name means."""

from __future__ import annotations

from agents.learner import Method
from agents.tabular import config as configs
from agents.tabular import planning_learners as planning
from agents.tabular import sampling_learners as sampling

METHODS: dict[str, Method] = {
    "policy-evaluation": Method(
        "values of a given policy by sweeps over the table; acts greedily on them",
        planning.PolicyEvaluationLearner,
        configs.PolicyEvaluationConfig,
    ),
    "policy-iteration": Method(
        "best policy by evaluating and improving in turn",
        planning.PolicyIterationLearner,
        configs.PolicyIterationConfig,
    ),
    "value-iteration": Method(
        "best policy by sweeps of the optimality equation",
        planning.ValueIterationLearner,
        configs.ValueIterationConfig,
    ),
    "mc-first-visit-es": Method(
        "first-visit Monte Carlo control with exploring starts",
        sampling.FirstVisitExploringStartsLearner,
        configs.ExploringStartsConfig,
    ),
    "mc-every-visit-es": Method(
        "every-visit Monte Carlo control with exploring starts",
        sampling.EveryVisitExploringStartsLearner,
        configs.ExploringStartsConfig,
    ),
    "mc-first-visit-eps": Method(
        "first-visit Monte Carlo control, epsilon-greedy",
        sampling.FirstVisitLearner,
        configs.MonteCarloConfig,
    ),
    "mc-every-visit-eps": Method(
        "every-visit Monte Carlo control, epsilon-greedy",
        sampling.EveryVisitLearner,
        configs.MonteCarloConfig,
    ),
    "td0": Method("values of a given policy by TD(0); acts greedily on them", sampling.TD0Learner, configs.TD0Config),
    "sarsa": Method("on-policy temporal-difference control", sampling.SarsaLearner, configs.SarsaConfig),
    "q-learning": Method("off-policy temporal-difference control", sampling.QLearner, configs.QLearningConfig),
    "double-q-learning": Method(
        "Q-learning with two tables, each judging the other's choice",
        sampling.DoubleQLearner,
        configs.DoubleQLearningConfig,
    ),
}
