"""A ChauffeurNet as it lies on disk: what it is, in chauffeur.json, beside its numbers in model.safetensors. Source: ours."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from torch import nn

from agents.imitation.chauffeurnet.nets.fast import FastChauffeurNet
from agents.imitation.chauffeurnet.nets.model import ChauffeurNet
from agents.imitation.chauffeurnet.nets.sizes import Sizes
from agents.imitation.chauffeurnet.spec import DRIVING, WORLDS, ChauffeurSpec
from perception.sources import SceneOptions
from sim_suite.driving.sensors.raster.raster_spec import RasterSpec, preset
from sim_suite.errors import DamagedFileError, SuiteError
from sim_suite.files import read_json, write_json
from sim_suite.learning.weights import load_weights, save_weights
from sim_suite.settings import build_config, plain_config

MODEL: Final = "model.safetensors"
POLICY: Final = "chauffeur.json"
_FORMAT: Final = 1
NETWORKS: Final[Mapping[str, Callable[[ChauffeurSpec, Sizes], nn.Module]]] = MappingProxyType(
    {"chauffeurnet": ChauffeurNet, "chauffeurnet-fast": FastChauffeurNet}
)
"""By the registered names of their methods. Each maps rasters uint8 [B, C, H, W] to a `Prediction`."""


@dataclass(frozen=True)
class ChauffeurPolicy:
    """All that a ChauffeurNet is besides its numbers."""

    network: str
    """A name of NETWORKS."""
    raster: str
    """Preset of the raster, as the environment is asked for it."""
    spec: ChauffeurSpec
    sizes: Sizes = field(default_factory=Sizes)
    scene: SceneOptions = field(default_factory=SceneOptions)
    """How it perceives when it drives."""
    world: str = DRIVING
    """Where, one of WORLDS."""
    says_road: bool = True
    """Whether a `ChauffeurNet` learned to say where there is road, ..."""
    says_objects: bool = True
    """... and where others will be."""

    def build(self) -> nn.Module:
        """A fresh network. Its weights come from torch's global generator."""
        network = NETWORKS[self.network](self.spec, self.sizes)
        if isinstance(network, ChauffeurNet):
            network.leave_out(not self.says_road, not self.says_objects)
        return network

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        spec = {
            "raster": self.spec.raster.to_dict(),
            "stride": self.spec.stride,
            "waypoints": self.spec.waypoints,
            "spread": self.spec.spread,
        }
        return {
            "format": _FORMAT, "network": self.network, "raster": self.raster, "spec": spec, "sizes": plain_config(self.sizes),
            "scene": asdict(self.scene), "world": self.world, "says_road": self.says_road, "says_objects": self.says_objects,
        }  # fmt: skip

    @staticmethod
    def from_dict(data: dict[str, Any], where: str) -> ChauffeurPolicy:
        """The inverse of `to_dict`. Raises `DamagedFileError` for what is no policy, `SuiteError` where its raster is no longer drawn."""
        try:
            world = data.get("world", DRIVING)  # written since there was a choice
            if data["format"] != _FORMAT or data["network"] not in NETWORKS or world not in WORLDS:
                raise ValueError(f"format {data['format']}, network {data['network']!r}, world {world!r}")
            spec = data["spec"]
            policy = ChauffeurPolicy(
                data["network"],
                data["raster"],
                ChauffeurSpec(
                    RasterSpec.from_dict(spec["raster"]),
                    spec["stride"],
                    spec["waypoints"],
                    float(spec.get("spread", 0.0)),  # likewise
                ),
                build_config(Sizes, data["sizes"], where),
                build_config(SceneOptions, data["scene"], where),
                world,
                bool(data.get("says_road", True)),  # likewise
                bool(data.get("says_objects", True)),
            )
        except (KeyError, TypeError, ValueError, SuiteError) as error:
            raise DamagedFileError(
                f"{where} describes no ChauffeurNet ({error}). Restore it from a copy or train anew."
            ) from error
        if preset(policy.raster) != policy.spec.raster:
            raise SuiteError(
                f"{where} was trained on a raster {policy.raster!r} that has changed since: this version draws it otherwise. Train anew."
            )
        return policy


def write_policy(folder: Path, policy: ChauffeurPolicy, network: nn.Module) -> None:
    """Write chauffeur.json and model.safetensors into an existing folder."""
    write_json(folder / POLICY, policy.to_dict())
    save_weights(network, folder / MODEL)


def read_policy(folder: Path) -> tuple[ChauffeurPolicy, nn.Module]:
    """The inverse of `write_policy`. Raises `DamagedFileError` for numbers that do not fit."""
    policy = ChauffeurPolicy.from_dict(read_json(folder / POLICY), str(folder / POLICY))
    network = policy.build()
    load_weights(network, folder / MODEL)
    return policy, network
