"""The tabular methods by name: the one place that says which learner and which configuration a name means."""

from __future__ import annotations

from agents.learner import Method
from agents.tabular import config as configs
from agents.tabular import planning_learners as planning
from agents.tabular import sampling_learners as sampling

METHODS: dict[str, Method] = {
    "policy-evaluation": Method(
        planning.PolicyEvaluationLearner,
        configs.PolicyEvaluationConfig,
    ),
    "policy-iteration": Method(
        planning.PolicyIterationLearner,
        configs.PolicyIterationConfig,
    ),
    "value-iteration": Method(
        planning.ValueIterationLearner,
        configs.ValueIterationConfig,
    ),
    "mc-first-visit-es": Method(
        sampling.FirstVisitExploringStartsLearner,
        configs.ExploringStartsConfig,
    ),
    "mc-every-visit-es": Method(
        sampling.EveryVisitExploringStartsLearner,
        configs.ExploringStartsConfig,
    ),
    "mc-first-visit-eps": Method(
        sampling.FirstVisitLearner,
        configs.MonteCarloConfig,
    ),
    "mc-every-visit-eps": Method(
        sampling.EveryVisitLearner,
        configs.MonteCarloConfig,
    ),
    "td0": Method(sampling.TD0Learner, configs.TD0Config),
    "sarsa": Method(sampling.SarsaLearner, configs.SarsaConfig),
    "q-learning": Method(sampling.QLearner, configs.QLearningConfig),
    "double-q-learning": Method(
        sampling.DoubleQLearner,
        configs.DoubleQLearningConfig,
    ),
}
