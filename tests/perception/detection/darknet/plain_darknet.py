"""Darknet's forward pass in numpy, read from the files' text and bytes alone: an oracle that shares nothing with the suite's own."""

from __future__ import annotations

import numpy as np


def plain_forward(cfg, weights, picture):
    """The maps of all yolo layers, [A (5 + K), h, w] float64. cfg: text; weights: bytes; picture: [C, H, W]."""
    sections, numbers, outputs, maps = plain_sections(cfg), plain_numbers(weights), [], []
    seen = picture.astype(np.float64)
    for index, (kind, options) in enumerate(sections[1:]):
        integer = lambda name, default, options=options: int(options.get(name, default))  # noqa: E731
        if kind == "convolutional":
            filters, size, stride = integer("filters", 1), integer("size", 1), integer("stride", 1)
            pad = size // 2 if integer("pad", 0) else integer("padding", 0)
            groups = integer("groups", 1)
            bias = numbers(filters)
            normed = integer("batch_normalize", 0)
            if normed:
                scale, mean, variance = numbers(filters), numbers(filters), numbers(filters)
            kernel = numbers(filters * len(seen) // groups * size * size)
            kernel = kernel.reshape(filters, len(seen) // groups, size, size)
            seen = plain_convolution(seen, kernel, stride, pad, groups)
            if normed:
                seen = (seen - mean[:, None, None]) / np.sqrt(variance + 1e-5)[:, None, None] * scale[:, None, None]
            seen = seen + bias[:, None, None]
        elif kind == "shortcut":
            seen = seen + outputs[index + int(options["from"])]
        elif kind == "route":
            chosen = [int(word) for word in options["layers"].split(",")]
            read = [outputs[index + word if word < 0 else word] for word in chosen]
            groups, part = integer("groups", 1), integer("group_id", 0)
            seen = np.concatenate([np.split(each, groups)[part] for each in read])
        elif kind == "upsample":
            seen = seen.repeat(integer("stride", 2), axis=1).repeat(integer("stride", 2), axis=2)
        elif kind == "maxpool":
            stride = integer("stride", 1)
            size = integer("size", stride)
            seen = plain_pool(seen, size, stride, integer("padding", size - 1))
        elif kind == "yolo":
            maps.append(seen)
        seen = plain_activation(seen, options.get("activation", "logistic" if kind == "convolutional" else "linear"))
        outputs.append(seen)
    assert numbers.left() == 0
    return maps


def plain_sections(text):
    sections = []
    for line in text.splitlines():
        line = line.replace(" ", "")
        if line.startswith("["):
            sections.append((line.strip("[]"), {}))
        elif line and line[0] not in "#;":
            name, value = line.split("=")
            sections[-1][1][name] = value
    return sections


def plain_numbers(data):
    """A function that hands out the next `count` numbers of a file of version 0.2."""
    place = [20]

    def take(count):
        part = np.frombuffer(data, "<f4", count, place[0]).astype(np.float64)
        place[0] += 4 * count
        return part

    take.left = lambda: len(data) - place[0]
    return take


def plain_convolution(seen, kernel, stride, pad, groups):
    padded = np.pad(seen, ((0, 0), (pad, pad), (pad, pad)))
    filters, inner, size, _ = kernel.shape
    rows, columns = ((side - size) // stride + 1 for side in padded.shape[1:])
    out = np.zeros((filters, rows, columns))
    for number in range(filters):
        begin = number // (filters // groups) * inner
        for row in range(rows):
            for column in range(columns):
                window = padded[begin : begin + inner, row * stride : row * stride + size]
                out[number, row, column] = (
                    window[:, :, column * stride : column * stride + size] * kernel[number]
                ).sum()
    return out


def plain_pool(seen, size, stride, padding):
    """Places outside count as nothing; the first window begins padding // 2 before the picture."""
    begin = -(padding // 2)
    rows, columns = ((side + padding - size) // stride + 1 for side in seen.shape[1:])
    out = np.zeros((len(seen), rows, columns))
    for row in range(rows):
        for column in range(columns):
            top, left = begin + row * stride, begin + column * stride
            window = seen[:, max(top, 0) : max(top + size, 0), max(left, 0) : max(left + size, 0)]
            out[:, row, column] = window.max((1, 2))
    return out


def plain_activation(seen, name):
    return {
        "linear": lambda x: x,
        "leaky": lambda x: np.where(x > 0, x, 0.1 * x),
        "relu": lambda x: np.maximum(x, 0),
        "logistic": lambda x: 1 / (1 + np.exp(-x)),
        "mish": lambda x: x * np.tanh(np.log1p(np.exp(x))),
        "swish": lambda x: x / (1 + np.exp(-x)),
    }[name](seen)
