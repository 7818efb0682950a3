"""Numbers in words: as many digits as an interval supports, real minus signs, short counts. Source: ours."""

from __future__ import annotations

import math

from sim_suite.leaderboard.statistics import Interval

MISSING = "–"
"""What stands where there is no value."""


def decimals(interval: Interval) -> int:
    """Digits after the point that show two significant digits of the interval's half-width, 0 to 3."""
    width = (interval.high - interval.low) / 2
    if not math.isfinite(width) or width <= 0:
        return 0 if float(interval.point).is_integer() else 2
    return min(3, max(0, 1 - math.floor(math.log10(width))))


def number(value: float, digits: int) -> str:
    """A number with a thousands space and a true minus sign; a rounded zero has no sign."""
    text = f"{value:,.{digits}f}".replace(",", "\u202f")
    return text.removeprefix("-") if float(f"{value:.{digits}f}") == 0 else text.replace("-", "−")


def plain(value: float) -> str:
    """A given number as it was written, up to six significant digits."""
    return f"{value:g}".replace("-", "−")


def point(interval: Interval | None) -> str:
    """The statistic alone."""
    return MISSING if interval is None else number(interval.point, decimals(interval))


def bounds(interval: Interval | None) -> str:
    """The interval alone, in brackets."""
    if interval is None or interval.method == "none":
        return ""
    digits = decimals(interval)
    return f"[{number(interval.low, digits)}, {number(interval.high, digits)}]"


def count(value: int | None) -> str:
    """A large count in short: 950, 12 k, 1.5 M."""
    if value is None:
        return MISSING
    for size, suffix in ((1_000_000_000, "G"), (1_000_000, "M"), (1_000, "k")):
        if value >= size:
            return f"{value / size:.3g}\u202f{suffix}"
    return str(value)


def percent(share: float) -> str:
    """A share in whole per cent, without the sign."""
    return str(round(100 * share))


def middle(text: str, length: int) -> str:
    """Text of at most `length` characters: longer ones lose their middle, since a path says most at both ends."""
    if len(text) <= length:
        return text
    tail = (length - 1) * 2 // 3
    return f"{text[: length - 1 - tail]}…{text[len(text) - tail :]}"


def tick(value: float, step: float) -> str:
    """An axis label with the digits that its step needs."""
    return number(value, max(0, -math.floor(math.log10(step) + 1e-9)))


def ticks(low: float, high: float, about: int = 5) -> tuple[list[float], float]:
    """Round positions inside [low, high], 1, 2 or 5 times a power of ten apart, and their step.

    There are at most 1.4 times `about` gaps, since rounding the step up alone would leave as few as two.
    """
    raw = (high - low) / about / 1.4
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(power * m for m in (1, 2, 5, 10) if power * m >= raw)
    first = math.ceil(low / step - 1e-9)
    return [i * step for i in range(first, math.floor(high / step + 1e-9) + 1)], step
