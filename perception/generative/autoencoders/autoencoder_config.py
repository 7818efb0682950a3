"""What a recipe may say about an autoencoder, checked once before anything is drawn. Source: ours."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from perception.generative.autoencoders.nets import NetworkName
from perception.generative.data.options import DataOptions
from perception.training.options import TrainingOptions
from sim_suite.errors import SuiteError
from sim_suite.refusals import refuse_outside

Corruption = Literal["none", "noise", "grey", "look"]


@dataclass(frozen=True)
class AutoencoderJudging:
    """How a network is judged."""

    pictures: int = 128
    """Held out, 1 to 10,000."""

    def __post_init__(self) -> None:
        refuse_outside(self, "pictures", 1, 10_000)


@dataclass(frozen=True)
class AutoencoderConfig:
    """Configuration of an autoencoder. Defaults: a plain one on CarRacing, for two cores of a processor."""

    data: DataOptions = field(default_factory=DataOptions)
    corruption: Corruption = "none"
    """What it is shown: none, the picture itself; noise; grey; look, the same street in the second of `data.streets.looks`."""
    noise: float = 0.1
    """noise: standard deviation, parts of white, 0 to 1."""
    masked: float = 0.05
    """noise: share of pixels that are black, 0 to 0.9."""
    network: Literal[NetworkName, "unet"] = "small"
    """small and world_models pass everything through their latents; unet adds a correction to what it is shown."""
    width: int = 16
    """Maps of the first layer of small and unet, 1 to 256."""
    latents: int = 32
    """Of small and world_models, 1 to 4096."""
    levels: int = 3
    """Of the U-Net, 2 to 5."""
    judging: AutoencoderJudging = field(default_factory=AutoencoderJudging)
    training: TrainingOptions = field(default_factory=TrainingOptions)

    def __post_init__(self) -> None:
        refuse_outside(self, "noise", 0.0, 1.0)
        refuse_outside(self, "masked", 0.0, 0.9)
        refuse_outside(self, "width", 1, 256)
        refuse_outside(self, "latents", 1, 4096)
        refuse_outside(self, "levels", 2, 5)
        if self.corruption == "none" and self.network == "unet":
            raise SuiteError(
                "network=unet gives back what it is shown by doing nothing; choose network=small, or a corruption of noise, grey, look."
            )
        if self.corruption == "look" and (self.data.source != "streets" or len(self.data.streets.looks) < 2):
            raise SuiteError(
                f"corruption=look shows a street in another look, not {self.data.source} in {list(self.data.streets.looks)}; set "
                f"data.source=streets, and two names in data.streets.looks."
            )
