"""How the agents of world models are trained, by their registered names."""

from __future__ import annotations

from agents.learner import Method
from agents.world_models.config import WorldModelsConfig
from agents.world_models.learner import WorldModelsLearner

METHODS: dict[str, Method] = {"world-models": Method(WorldModelsLearner, WorldModelsConfig)}
