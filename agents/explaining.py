"""What an agent answers that lets itself be looked into: its network, and a function from what the network is shown to named numbers.

Any agent with `explainable(actions)` can be explained (`sim-suite explain`). Acting and explaining share one network, so that a layer
that is put out of action there is out of action when the agent acts. Source: ours.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable

from torch import Tensor, nn

from agents.interface import Batch, Interface
from sim_suite.errors import SuiteError

Meaning = Literal["action", "mean", "logit", "action value"]
"""action: in the action's own unit; mean: the same before it is squashed or clipped to its bounds; logit: a score whose softmax is a
chance; action value: discounted return that is expected."""


@dataclass(frozen=True)
class Explainable:
    """An agent's network, opened."""

    network: nn.Module
    """What the agent acts by, set to acting."""
    prepare: Callable[[Batch], Tensor]
    """Observations [B, ...] in the agent's view -> what the network is shown: [B, D] or, of pictures, [B, C, H, W] float32."""
    forward: Callable[[Tensor], Tensor]
    """That -> outputs [B, N], with a gradient. What is said of one row depends on no other."""
    outputs: tuple[str, ...]
    """Names of the N outputs."""
    meaning: Meaning
    choices: tuple[tuple[int, ...], ...] = ()
    """Outputs among which the largest decides, for each choice that is made; empty where the outputs are the action itself."""
    colours: int = 0
    """Channels of one frame, the newest frame last in C: 1 grey, 3 RGB in 0..1; 0 where the input is no picture of frames."""

    def __post_init__(self) -> None:
        if not self.outputs or len(set(self.outputs)) != len(self.outputs):
            raise SuiteError(f"outputs have names of their own, one or more, not {self.outputs}.")
        if any(not group or not all(0 <= k < len(self.outputs) for k in group) for group in self.choices):
            raise SuiteError(
                f"choices name outputs by their numbers, 0 to {len(self.outputs) - 1}, not {self.choices}."
            )
        if self.colours not in (0, 1, 3):
            raise SuiteError(f"a frame has 1 or 3 channels, or 0 for no picture, not {self.colours}.")


@runtime_checkable
class ExplainableAgent(Protocol):
    """An agent that acts by a torch network."""

    interface: Interface

    def explainable(self, actions: Sequence[str]) -> Explainable:
        """The network, opened. actions: names of the choices of a `Discrete` space, or of the columns of a `Box`, in order.

        Raises `SuiteError` for networks whose outputs depend on more than the observation.
        """
