"""Settings of the loop that trains perception networks. Source: ours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from perception.augmentation.augmenter import NONE
from sim_suite.errors import SuiteError
from sim_suite.refusals import refuse_less, refuse_outside

Precision = Literal["auto", "float32", "bfloat16"]
Layout = Literal["auto", "channels_first", "channels_last"]


@dataclass(frozen=True)
class TrainingOptions:
    """AdamW (Loshchilov and Hutter 2019, arXiv:1711.05101) with a warm-up and half a cosine (2017, arXiv:1608.03983)."""

    updates: int = 1000
    """Steps of the optimiser."""
    batch_size: int = 16
    """Examples of an update, 1 to 4096."""
    learning_rate: float = 3e-3
    """The greatest, after the warm-up."""
    weight_decay: float = 1e-4
    """Of weights that multiply; biases and the parameters of norms have none."""
    warm_up: int = 50
    """Updates over which the learning rate rises."""
    betas: tuple[float, float] = (0.9, 0.999)
    """Decays of AdamW's averages, of the gradient and of its square, 0 to below 1; adversaries take a first one of 0.5 or 0."""
    average: float = 0.0
    """Decay of an average of the parameters over the updates, which is then what is judged and kept, 0 to below 1; 0 keeps none."""
    clip: float = 1.0
    """Longest gradient, over all parameters."""
    precision: Precision = "auto"
    """Arithmetic of the network; auto tries both and keeps the faster. Equal bytes from machine to machine need a named one."""
    layout: Layout = "auto"
    """How pictures lie in memory; auto as above."""
    threads: int = 0
    """Of torch; 0 leaves as many as it takes by itself. Sums depend on it in their last bits."""
    ahead: int = 2
    """Batches drawn in the background before they are asked for, 0 to 64; 0 draws none."""
    report_every: int = 20
    """Updates between two lines of metrics."""
    judge_every: int = 0
    """Updates between two judgements on held-out data; 0 judges at the end alone."""
    augment: str = NONE
    """What shows pictures otherwise while they are learned from: none, classical, or a checkpoint of a network that makes pictures of
    pictures, such as vae or cyclegan."""
    augment_share: float = 0.5
    """Share of the pictures that are shown so, 0 to 1."""

    def __post_init__(self) -> None:
        refuse_less(self, {"updates": 1, "warm_up": 0, "threads": 0, "report_every": 1, "judge_every": 0})
        refuse_outside(self, "batch_size", 1, 4096)
        refuse_outside(self, "learning_rate", 0.0, 1.0, open_below=True)
        refuse_outside(self, "weight_decay", 0.0, 1.0)
        refuse_outside(self, "clip", 0.0, 1e6, open_below=True)
        refuse_outside(self, "ahead", 0, 64)
        refuse_outside(self, "augment_share", 0.0, 1.0)
        for name, decays in (("betas", self.betas), ("average", (self.average,))):
            if not all(0.0 <= decay < 1.0 for decay in decays):
                raise SuiteError(f"{name} must be 0 to below 1, not {getattr(self, name)}.")
