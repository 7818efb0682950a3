"""The networks of classification by name: one entry is one more network, held by the tests over all of them. Source: ours."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from perception.classification.nets.classifier_network import ClassifierNetwork, Pictures
from perception.classification.nets.densenet import DenseNetSizes, densenet
from perception.classification.nets.mobilenet import MobileNetSizes, mobilenet
from perception.classification.nets.mobilenet_v2 import MobileNetV2Sizes, mobilenet_v2
from perception.classification.nets.plain import PlainSizes, plain
from perception.classification.nets.resnet import ResNetSizes, resnet
from perception.classification.nets.resnet_v2 import ResNetV2Sizes, resnet_v2
from perception.classification.nets.vgg import VggSizes, vgg
from perception.classification.nets.vit import VitSizes, vit
from sim_suite.errors import UnknownNameError
from sim_suite.settings import build_config


class NetworkEntry(NamedTuple):
    """One name."""

    paper: str
    Sizes: type
    """A frozen dataclass; its defaults suit pictures of 32 x 32."""
    build: Callable[[Pictures, Any], ClassifierNetwork]
    """From its `Sizes`. Raises `SuiteError` where pictures and sizes do not fit."""


NETWORKS: Final[Mapping[str, NetworkEntry]] = {
    "plain": NetworkEntry("He et al. 2016a, section 3.3", PlainSizes, plain),
    "vgg": NetworkEntry("Simonyan and Zisserman 2015", VggSizes, vgg),
    "resnet": NetworkEntry("He et al. 2016a", ResNetSizes, resnet),
    "resnet_v2": NetworkEntry("He et al. 2016b", ResNetV2Sizes, resnet_v2),
    "densenet": NetworkEntry("Huang et al. 2017", DenseNetSizes, densenet),
    "mobilenet": NetworkEntry("Howard et al. 2017", MobileNetSizes, mobilenet),
    "mobilenet_v2": NetworkEntry("Sandler et al. 2018", MobileNetV2Sizes, mobilenet_v2),
    "vit": NetworkEntry("Dosovitskiy et al. 2021", VitSizes, vit),
}


def sizes_of(name: str, values: Mapping[str, Any]) -> Any:
    """The network's `Sizes` with these values changed. Raises `SuiteError` for an unknown network, size or value."""
    if name not in NETWORKS:
        raise UnknownNameError("network", name, NETWORKS)
    return build_config(NETWORKS[name].Sizes, values, f"sizes of {name}")


def build(name: str, pictures: Pictures, values: Mapping[str, Any]) -> ClassifierNetwork:
    """A fresh network. Raises as `sizes_of`, and where pictures and sizes do not fit."""
    sizes = sizes_of(name, values)
    return NETWORKS[name].build(pictures, sizes)
