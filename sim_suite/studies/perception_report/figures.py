"""Figures of a judgement in the order that people read them: each with its interval and what it stands beside, and shares by class.

Source: ours. Names are those of the tasks' judgements.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from sim_suite.leaderboard.report.figures import number
from sim_suite.leaderboard.report.labels import label

_LOW, _HIGH = "_low", "_high"
"""Behind a figure's name: the ends of its interval."""
_BESIDE: Final = {
    "_noise": "of noise",
    "_untranslated": "untranslated",
    "shown_": "as shown",
    "median_": "median filter",
    "non_local_means_": "non-local means",
    "threshold_": "colour threshold",
    "colours_": "colours and contours",
    "_paired": "of real pairs",
    "_real": "of real pictures",
}
"""Before or behind a figure's name: what else was measured so, in the order of columns."""
_BY_CLASS: Final = {"accuracy": "Named rightly, by class", "iou": "IoU by class", "ap50": "AP50 by class"}
_STATE: Final = "r2_"
_STATES: Final = "State that a line through the latents tells (R²)"
_LEADING: Final = ("accuracy", "miou", "ap50", "psnr_db", "named_as_asked", "fid")
"""A network's first figure is the first of these that it has, itself or behind other words."""
_WORDS: Final = {
    "fid": "FID", "kid": "KID", "psnr": "PSNR", "ssim": "SSIM", "miou": "mIoU", "iou": "IoU", "ap": "AP", "ap50": "AP50",
    "ap75": "AP75", "kl": "KL", "l1": "L1", "elbo": "ELBO", "db": "[dB]", "nats": "[nats]",
}  # fmt: skip
MEANINGS: Final = {
    "accuracy": "share of pictures that are named rightly; its 95 % interval is over other pictures of the same styles (Wilson 1927)",
    "miou": "mean over classes of intersection over union of pixels; of translations, as a segmentation network reads what was made",
    "ap50": "average precision as COCO has it: boxes that overlap by half or more; AP over overlaps of 0.50 to 0.95",
    "psnr_db": "peak signal to noise ratio of what comes back; more is better",
    "ssim": "structural similarity (Wang et al. 2004), 1 at best",
    "fid": "distance of features as normal distributions (Heusel et al. 2017); less is better, by the same features alone",
    "kid": "the same by a kernel, without bias (Binkowski et al. 2018)",
    "precision": "share of made pictures that lie among real ones; recall, of real ones among those made (Kynkaanniemi et al. 2019)",
    "density": "precision that outliers move less; coverage, likewise recall (Naeem et al. 2020)",
    "nearest_training_ratio": "distance to the nearest picture learned from, over that of held-out ones; far below 1 is learned by heart",
    "named_as_asked": "share of made signs that a classifier names as they were asked for",
    "reconstruction_nats": "what reconstruction costs of the bound; KL, what the code costs; of a picture each (Kingma and Welling 2014)",
    "l1": "mean absolute difference to the true picture, colours in 0..1; less is better",
}
"""Of figures, for people."""


@dataclass(frozen=True)
class Figure:
    """One row."""

    name: str
    value: float
    low: float | None = None
    high: float | None = None
    """Ends of its interval, where its judgement tells them."""
    beside: Mapping[str, float] = field(default_factory=dict)
    """By column."""


@dataclass(frozen=True)
class Shares:
    """Figures of one kind, 0 to 1 each where they are good for anything."""

    title: str
    bars: tuple[tuple[str, float], ...]
    """Name and value."""


@dataclass(frozen=True)
class Sorted:
    """A judgement."""

    rows: tuple[Figure, ...]
    columns: tuple[str, ...]
    """Of what stands beside any of the rows."""
    shares: tuple[Shares, ...]

    @property
    def has_intervals(self) -> bool:
        """Whether any row has one."""
        return any(row.low is not None for row in self.rows)


def ordered(figures: Mapping[str, float], classes: Sequence[str]) -> Sorted:
    """A judgement's figures: the leading one first, then in alphabetical order. classes: the network's."""
    shares = _shares(figures, classes)
    left = {name: value for name, value in figures.items() if name not in {one for _, names in shares for one in names}}
    rows: dict[str, Figure] = {}
    for name in sorted(left, key=lambda one: (one != leading(left), one)):
        if stands_alone(name, left):
            beside = {column: left[other] for column, other in beside_of(name, left).items()}
            rows[name] = Figure(name, left[name], left.get(name + _LOW), left.get(name + _HIGH), beside)
    columns = [column for column in _BESIDE.values() if any(column in row.beside for row in rows.values())]
    told = tuple(
        Shares(title, tuple((spoken(one.split("_", 1)[1]), figures[one]) for one in names)) for title, names in shares
    )
    return Sorted(tuple(rows.values()), tuple(columns), told)


def leading(figures: Mapping[str, float]) -> str | None:
    """The name of the figure that says most of a network; None of an empty judgement."""
    for wanted in _LEADING:
        fits = [name for name in figures if name == wanted or name.endswith(f"_{wanted}")]
        own = [name for name in fits if stands_alone(name, figures)]
        if own:
            return min(own, key=lambda name: (len(name), name))
    return min(figures, default=None)


def beside_of(name: str, known: Collection[str]) -> dict[str, str]:
    """What else was measured as a figure is, by column: names of those that are known."""
    return {column: _affixed(name, part) for part, column in _BESIDE.items() if _affixed(name, part) in known}


def stands_alone(name: str, known: Collection[str]) -> bool:
    """Whether a figure is a row of its own: no interval's end, and nothing that stands beside one that is known."""
    return _base(name, known) is None


def is_by_class(name: str, classes: Sequence[str]) -> bool:
    """Whether a figure is of one class alone."""
    return any(name == f"{stem}_{one}" for stem in _BY_CLASS for one in classes)


def spoken(name: str) -> str:
    """A figure's name as people say it."""
    words = label(name).split(" ")
    return " ".join(_WORDS.get(word, word) for word in words)


def text(value: float) -> str:
    """Four significant digits, with a true minus sign."""
    return number(value, 0) if abs(value) >= 1000.0 else f"{value:.4g}".replace("-", "−")


def explained(names: set[str]) -> dict[str, str]:
    """Meanings of the figures that occur, alone or behind other words."""
    return {
        one: meaning
        for one, meaning in MEANINGS.items()
        if any(name == one or name.endswith(f"_{one}") for name in names)
    }


def _shares(figures: Mapping[str, float], classes: Sequence[str]) -> list[tuple[str, list[str]]]:
    found = [
        (title, [f"{stem}_{one}" for one in classes if f"{stem}_{one}" in figures]) for stem, title in _BY_CLASS.items()
    ]
    found.append((_STATES, [name for name in figures if name.startswith(_STATE)]))
    return [(title, names) for title, names in found if names]


def _affixed(name: str, part: str) -> str:
    return name + part if part.startswith("_") else part + name


def _base(name: str, figures: Collection[str]) -> str | None:
    """The figure that this one is an interval's end of, or stands beside; None where it stands for itself."""
    for part in (_LOW, _HIGH, *_BESIDE):
        base = name.removesuffix(part) if part.startswith("_") else name.removeprefix(part)
        if base != name and base in figures:
            return base
    return None
