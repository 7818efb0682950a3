"""YOLO v3 and its smaller sister as network files say it, for any number of classes. Source: Redmon & Farhadi 2018, table 1 and yolov3.cfg.

Darknet-53: five times a convolution of stride 2 and 1, 2, 8, 8, 4 residual blocks. From its last three levels predictions go out, finer
ones from features that were upsampled and joined with the level's own.
"""

from __future__ import annotations

from typing import Final

from perception.detection.darknet.layers import (
    Convolutional,
    Layer,
    Maxpool,
    Net,
    Network,
    Route,
    Shortcut,
    Upsample,
    Yolo,
)

ANCHORS: Final = (
    (10.0, 13.0), (16.0, 30.0), (33.0, 23.0), (30.0, 61.0), (62.0, 45.0), (59.0, 119.0), (116.0, 90.0), (156.0, 198.0), (373.0, 326.0),
)  # fmt: skip
"""Of COCO at 416 x 416, section 2.3."""
TINY_ANCHORS: Final = ((10.0, 14.0), (23.0, 27.0), (37.0, 58.0), (81.0, 82.0), (135.0, 169.0), (344.0, 319.0))
"""yolov3-tiny.cfg."""
_BLOCKS: Final = (1, 2, 8, 8, 4)
_PER_SCALE: Final = 3


def yolov3(
    classes: int,
    size: tuple[int, int] = (416, 416),
    anchors: tuple[tuple[float, float], ...] = ANCHORS,
    filters: int = 32,
    blocks: tuple[int, ...] = _BLOCKS,
) -> Network:
    """Darknet-53 and three scales. size: (height, width), multiples of 32; anchors: nine, rising; filters: of the first convolution."""
    layers: list[Layer] = [_normed(filters, 3)]
    levels = []
    for level, count in enumerate(blocks):
        wide = filters * 2 ** (level + 1)
        layers.append(_normed(wide, 3, stride=2))
        for _ in range(count):
            layers += [_normed(wide // 2, 1), _normed(wide, 3), Shortcut(-3)]
        levels.append(len(layers) - 1)
    for scale, level in enumerate(reversed(levels[-3:])):
        wide = filters * 2 ** (len(blocks) - scale)
        if scale:
            layers += [Route((-4,)), _normed(wide // 2, 1), Upsample(2), Route((-1, level))]
        layers += [_normed(wide // 2 if n % 2 == 0 else wide, 1 if n % 2 == 0 else 3) for n in range(6)]
        layers += _predictions(classes, anchors, 2 - scale)
    return Network(Net(size[1], size[0]), tuple(layers))


def yolov3_tiny(
    classes: int,
    size: tuple[int, int] = (416, 416),
    anchors: tuple[tuple[float, float], ...] = TINY_ANCHORS,
    filters: int = 16,
) -> Network:
    """Convolutions and max pools, two scales. size: (height, width), multiples of 32; anchors: six, rising."""
    layers: list[Layer] = []
    for level in range(5):
        layers += [_normed(filters * 2**level, 3), _pool(2)]
    layers += [_normed(filters * 32, 3), _pool(1), _normed(filters * 64, 3), _normed(filters * 16, 1)]
    layers += [_normed(filters * 32, 3), *_predictions(classes, anchors, 1)]
    layers += [Route((-4,)), _normed(filters * 8, 1), Upsample(2), Route((-1, 8)), _normed(filters * 16, 3)]
    # Its file names anchors 1, 2, 3 for the finer scale, 0 goes unused; weights were trained so.
    layers += _predictions(classes, anchors, 0, first=1)
    return Network(Net(size[1], size[0]), tuple(layers))


def _normed(filters: int, size: int, stride: int = 1) -> Convolutional:
    return Convolutional(filters, size, stride, size // 2, batch_normalize=True, activation="leaky")


def _pool(stride: int) -> Maxpool:
    return Maxpool(stride, size=2, padding=1)


def _predictions(classes: int, anchors: tuple[tuple[float, float], ...], scale: int, first: int = 0) -> list[Layer]:
    begin = first + _PER_SCALE * scale
    mask = tuple(range(begin, begin + _PER_SCALE))
    return [Convolutional(_PER_SCALE * (5 + classes), 1, activation="linear"), Yolo(anchors, mask, classes)]
