"""Tells Gymnasium about the environments that are ours, so that `gymnasium.make("sim_suite/...")` finds them.

`import sim_suite.envs` calls `register`; calling it again does nothing. Entry points are strings: nothing is loaded before
an environment is made.
"""

from __future__ import annotations

from gymnasium.envs.registration import register as gymnasium_register
from gymnasium.envs.registration import registry

from sim_suite.envs.catalog import cards


def register() -> None:
    """Register each card with an entry point of its own, once."""
    for card in cards().values():
        if card.entry_point is not None and card.id not in registry:
            gymnasium_register(
                card.id,
                entry_point=card.entry_point,
                vector_entry_point=card.vector_entry_point,
                max_episode_steps=card.max_episode_steps,
                kwargs=dict(card.kwargs),
            )
