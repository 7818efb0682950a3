"""Reads and writes Darknet's weights files. Source: load_weights and save_weights of Darknet's src/parser.c.

    major, minor, revision: int32; seen, pictures of training so far: uint64 from version 0.2 on, else uint32
    each [convolutional] in order, float32: biases (or batch norm's shifts), then with batch norm scales, means, variances;
    then weights [filters, channels / groups, size, size]

All numbers are little-endian. The file says nothing of the network, so its length is all there is to check: it must be exact.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from perception.detection.darknet.network import ConvolutionalLayer, DarknetNetwork
from sim_suite.errors import DamagedFileError, SuiteError
from sim_suite.files import write_pieces

_VERSION_BYTES: Final = 12
_NUMBER: Final = np.dtype("<f4")


@dataclass(frozen=True)
class Header:
    """What stands before the numbers."""

    major: int = 0
    minor: int = 2
    revision: int = 5
    """0.2.5 is what Darknet writes since 2016."""
    seen: int = 0

    @property
    def num_bytes(self) -> int:
        """Of the header in a file: `seen` has 8 bytes from version 0.2 on, else 4."""
        return _VERSION_BYTES + (8 if self.wide else 4)

    @property
    def wide(self) -> bool:
        """Darknet's own rule; versions of 1000 and more mark files that are laid otherwise."""
        return self.major * 10 + self.minor >= 2 and self.major < 1000 and self.minor < 1000


def read_weights(path: Path, network: DarknetNetwork) -> Header:
    """Put a file's numbers into the network. Raises DamagedFileError where the file is longer or shorter than the network needs."""
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise SuiteError(f"{path} does not exist. Name a Darknet weights file, such as yolov3.weights.") from error
    header = _read_header(path, data)
    needed = header.num_bytes + 4 * sum(each.numel() for each in numbers_of(network))
    if len(data) != needed:
        kind = "shorter" if len(data) < needed else "longer"
        raise DamagedFileError(
            f"{path} has {len(data):,} bytes, {kind} than the {needed:,} that this network needs. "
            "Give the cfg that belongs to these weights, or fetch the file anew."
        )
    numbers: NDArray[np.float32] = np.frombuffer(data, _NUMBER, offset=header.num_bytes)
    if not np.isfinite(numbers).all():
        raise DamagedFileError(f"{path} holds numbers that are not finite. Fetch the file anew.")
    begin = 0
    with torch.no_grad():
        for target in numbers_of(network):
            part = numbers[begin : begin + target.numel()].astype(np.float32)
            target.copy_(torch.from_numpy(part).view(target.shape))
            begin += target.numel()
    return header


def write_weights(path: Path, network: DarknetNetwork, header: Header | None = None) -> None:
    """Write the network's numbers as Darknet does, in one step."""
    header = header or Header()
    versions = np.array([header.major, header.minor, header.revision], "<i4").tobytes()
    seen = np.array([header.seen], "<u8" if header.wide else "<u4").tobytes()
    pieces = (each.detach().cpu().numpy().astype(_NUMBER).tobytes() for each in numbers_of(network))
    write_pieces(path, (piece for group in ([versions, seen], pieces) for piece in group))


def numbers_of(network: DarknetNetwork) -> Iterator[Tensor]:
    """The network's tensors in the order of a file."""
    for layer in network.modules_of.values():
        assert isinstance(layer, ConvolutionalLayer)
        if layer.norm is None:
            assert layer.convolution.bias is not None
            yield layer.convolution.bias
        else:
            assert layer.norm.running_mean is not None
            assert layer.norm.running_var is not None
            yield from (layer.norm.bias, layer.norm.weight, layer.norm.running_mean, layer.norm.running_var)
        yield layer.convolution.weight


def _read_header(path: Path, data: bytes) -> Header:
    if len(data) >= _VERSION_BYTES:
        versions = Header(*(int(number) for number in np.frombuffer(data, "<i4", 3)))
        if len(data) >= versions.num_bytes:
            seen = np.frombuffer(data, "<u8" if versions.wide else "<u4", 1, _VERSION_BYTES)
            return Header(versions.major, versions.minor, versions.revision, int(seen[0]))
    raise DamagedFileError(f"{path} has {len(data)} bytes, too few for a header. Fetch the file anew.")
