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
LOG_SPAN: Final = 100.0
"""Two powers of ten: beyond, all but the largest values of a loss lie on the floor of a linear axis."""


def telling(names: Iterable[str], watched: Collection[str] = ()) -> list[str]:
    """Metrics worth a curve, most telling first: those watched, then returns, what was held out, and losses.

    Where no name is one of these, the first that is there. A name that is watched but not there is passed over.
    """
    present = list(dict.fromkeys(names))
    judged = [name for name in present if _rank(name) < len(_JUDGED)]
    shortest_first = sorted(judged, key=lambda name: (_rank(name), len(name)))  # `loss` before its parts
    chosen = [name for name in dict.fromkeys(watched) if name in present]
    chosen += [name for name in shortest_first if name not in chosen]
    return chosen or present[:1]


def spans_decades(low: float, high: float) -> bool:
    """True where values from `low` to `high` want a logarithmic axis: all positive, and more than `LOG_SPAN` apart."""
    return low > 0.0 and high > LOG_SPAN * low


def _rank(name: str) -> int:
    return next((rank for rank, parts in enumerate(_JUDGED) if any(part in name for part in parts)), len(_JUDGED))
