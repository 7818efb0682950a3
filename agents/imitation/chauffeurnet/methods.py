"""How the ChauffeurNets are trained, by their registered names."""

from __future__ import annotations

from agents.imitation.chauffeurnet.config import ChauffeurConfig
from agents.imitation.chauffeurnet.learner import ChauffeurLearner, FastChauffeurLearner
from agents.learner import Method

METHODS: dict[str, Method] = {
    "chauffeurnet": Method(ChauffeurLearner, ChauffeurConfig),
    "chauffeurnet-fast": Method(FastChauffeurLearner, ChauffeurConfig),
}
