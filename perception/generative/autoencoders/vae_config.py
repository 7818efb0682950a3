"""What a recipe may say about a variational autoencoder, checked once before anything is drawn. Source: ours."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from perception.generative.autoencoders.nets import NetworkName
from perception.generative.data.options import DataOptions
from perception.training.options import TrainingOptions
from sim_suite.refusals import refuse_less, refuse_outside

Likelihood = Literal["gaussian", "bernoulli"]


@dataclass(frozen=True)
class VaeJudging:
    """How a network is judged."""

    pictures: int = 256
    """Held out, 8 to 10,000; as many of the training split to fit probes to, and as many samples."""

    def __post_init__(self) -> None:
        refuse_outside(self, "pictures", 8, 10_000)


@dataclass(frozen=True)
class VaeConfig:
    """Configuration of a VAE. Defaults: a small one on CarRacing, for two cores of a processor."""

    data: DataOptions = field(default_factory=DataOptions)
    network: NetworkName = "small"
    """small, or world_models: the one of Ha and Schmidhuber 2018."""
    width: int = 16
    """Maps of the small network's first layer, doubled at each of three further ones, 1 to 256."""
    latents: int = 32
    """1 to 1024."""
    conditional: bool = False
    """Tell both halves what the picture is to show: the source's conditions."""
    likelihood: Likelihood = "gaussian"
    """Of a pixel's colour about what is decoded: gaussian, or bernoulli as Kingma and Welling have it."""
    deviation: float = 0.1
    """gaussian: standard deviation, parts of white, above 0 to 1."""
    beta: float = 1.0
    """Weight of the KL (Higgins et al. 2017), 0 to 1000; 1 is the VAE."""
    free_bits: float = 0.0
    """Nats of each latent's KL that cost nothing, 0 to 100."""
    kl_warm_up: int = 0
    """Updates over which the KL's weight rises."""
    judging: VaeJudging = field(default_factory=VaeJudging)
    training: TrainingOptions = field(default_factory=TrainingOptions)

    def __post_init__(self) -> None:
        refuse_outside(self, "width", 1, 256)
        refuse_outside(self, "latents", 1, 1024)
        refuse_outside(self, "deviation", 0.0, 1.0, open_below=True)
        refuse_outside(self, "beta", 0.0, 1000.0)
        refuse_outside(self, "free_bits", 0.0, 100.0)
        refuse_less(self, {"kl_warm_up": 0})
