"""Metrics' names as people read them: `driving_score_2_0` is "driving score 2.0", `min_ttc_s` "min ttc [s]". Source: ours."""

from __future__ import annotations

import re
from typing import Final

UNITS: Final = {
    "s": "s", "m": "m", "percent": "%", "mps": "m/s", "mps2": "m/s²", "mps3": "m/s³", "radps": "rad/s", "rad": "rad",
}  # fmt: skip
"""Last words of a name that are units."""


def label(metric: str) -> str:
    """What is no plain name (it has capitals, blanks, brackets) is shown as it is."""
    if not re.fullmatch(r"[a-z0-9_]+", metric):
        return metric
    *words, last = metric.split("_")
    unit = UNITS.get(last) if words else None
    text = " ".join(words if unit else [*words, last])
    return re.sub(r"(?<=\d) (?=\d)", ".", text) + (f" [{unit}]" if unit else "")
