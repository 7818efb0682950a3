"""A ChauffeurNet of a checkpoint with a safety layer, as `guarded:CHECKPOINT` names it. Source: ours."""

from __future__ import annotations

from pathlib import Path

from agents.imitation.chauffeurnet.agent import ChauffeurAgent
from agents.imitation.chauffeurnet.opening import open_chauffeur
from agents.interface import Task


class GuardedAgent(ChauffeurAgent):
    """Made of the class's driver."""

    driver: Path

    @classmethod
    def for_task(cls, task: Task, seed: int) -> GuardedAgent:
        """Nothing of the task is needed, and nothing is random but what `seed` is told. Raises `SuiteError` for another kind of agent."""
        agent = open_chauffeur(cls.driver)
        guarded = cls(agent.policy, agent.network, agent.source, is_guarded=True)
        guarded.seed(seed)
        return guarded


def guarding(folder: Path) -> type[GuardedAgent]:
    """`GuardedAgent` with the ChauffeurNet of a checkpoint's folder at the wheel."""
    return type("GuardingAgent", (GuardedAgent,), {"driver": folder})
