"""How the agents of imitation are trained, by their registered names."""

from __future__ import annotations

from agents.imitation.config import BcConfig
from agents.imitation.dagger.config import DaggerConfig
from agents.imitation.dagger.learner import DaggerLearner
from agents.imitation.learner import BcLearner
from agents.learner import Method

METHODS: dict[str, Method] = {
    "bc": Method(BcLearner, BcConfig),
    "dagger": Method(DaggerLearner, DaggerConfig),
}
