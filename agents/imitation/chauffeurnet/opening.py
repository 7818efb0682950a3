"""The ChauffeurNet of a checkpoint's folder, for agents that are made of one. Source: ours."""

from __future__ import annotations

from pathlib import Path

from agents import checkpoint
from agents.imitation.chauffeurnet.agent import ChauffeurAgent
from sim_suite.errors import SuiteError


def open_chauffeur(folder: Path) -> ChauffeurAgent:
    """As it was saved. Raises `SuiteError` for another kind of agent."""
    agent, _ = checkpoint.load(folder)
    if not isinstance(agent, ChauffeurAgent):
        raise SuiteError(
            f"{folder} is no ChauffeurNet. Name a run of `sim-suite train chauffeurnet`, or zoo:chauffeurnet-m4."
        )
    return agent
