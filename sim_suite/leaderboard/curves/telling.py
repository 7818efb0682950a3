"""Which metrics tell most of a run, by their names, and which want a logarithmic axis. Source: ours."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final

_JUDGED: Final = (
    ("return", "reward", "score"),
    ("held_out", "validation", "eval"),
    ("loss", "error"),
)
"""Parts of names, from what a run is for to how it gets there."""
FIRST: Final = 2
"""Of one kind, before the next kind has its turn: a learner of ten losses still shows what was held out."""
LOG_SPAN: Final = 100.0
"""Two powers of ten: beyond, all but the largest values of a loss lie on the floor of a linear axis."""


def telling(names: Iterable[str], watched: Collection[str] = ()) -> list[str]:
    """Metrics worth a curve, most telling first: those watched, then returns, what was held out, and losses.

    Of each of these kinds the `FIRST` with the shortest names come first (`loss` before its parts), then the others. Where no name is
    of such a kind, the first that is there. A name that is watched but not there is passed over.
    """
    present = list(dict.fromkeys(names))
    kinds = [sorted((n for n in present if _kind(n) == kind), key=len) for kind in range(len(_JUDGED))]
    chosen = [name for name in dict.fromkeys(watched) if name in present]
    judged = [name for kind in kinds for name in kind[:FIRST]] + [name for kind in kinds for name in kind[FIRST:]]
    chosen += [name for name in judged if name not in chosen]
    return chosen or present[:1]


def spans_decades(name: str, low: float, high: float) -> bool:
    """True where values of the metric `name` from `low` to `high` want a logarithmic axis: all positive and more than `LOG_SPAN` apart.

    Never a return: how much is won is a difference, and the first small wins are not what a curve is looked at for.
    """
    return _kind(name) != 0 and low > 0.0 and high > LOG_SPAN * low


def _kind(name: str) -> int:
    return next((kind for kind, parts in enumerate(_JUDGED) if any(part in name for part in parts)), len(_JUDGED))
