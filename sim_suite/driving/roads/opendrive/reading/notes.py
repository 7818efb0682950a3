"""What the reader says while it reads: findings without a flood, refusals with their place. Source: ours."""

from __future__ import annotations

from typing import Final, Literal

from sim_suite.driving.roads.opendrive.findings import Finding, RoadError

MOST_ALIKE: Final = 20
"""Findings of one kind that are listed one by one; those after are counted. Ours: what a person reads through."""

MOST_METRES: Final = 1e8
"""Larger numbers are no lengths, and are shown with their exponent."""

Kind = Literal["repaired", "ignored", "noted"]


class Notes:
    """Collects the findings of one file. `road` is the road that is being read; it goes into findings and refusals."""

    __slots__ = ("_alike", "_findings", "_more", "road", "source")

    def __init__(self, source: str = "") -> None:
        """source: the file's name, for refusals."""
        self.source = source
        self.road: str | None = None
        self._findings: list[Finding] = []
        self._alike: dict[tuple[str, str, str], int] = {}
        self._more: dict[tuple[str, str, str], Finding] = {}

    def say(self, kind: Kind, element: str, line: int, message: str, *values: object) -> None:
        """Add a finding. `message` holds a {} for each value; findings with an equal message count as alike."""
        key = (kind, element, message)
        seen = self._alike[key] = self._alike.get(key, 0) + 1
        if seen > MOST_ALIKE and key in self._more:
            return
        finding = Finding(kind, element, self.road, line, message.format(*map(_short, values)))
        if seen > MOST_ALIKE:
            self._more[key] = finding
        else:
            self._findings.append(finding)

    def repaired(self, element: str, line: int, message: str, *values: object) -> None:
        """The meaning was unambiguous and is used."""
        self.say("repaired", element, line, message, *values)

    def ignored(self, element: str, line: int, message: str, *values: object) -> None:
        """The element is left out."""
        self.say("ignored", element, line, message, *values)

    def noted(self, element: str, line: int, message: str, *values: object) -> None:
        """Odd, kept as written."""
        self.say("noted", element, line, message, *values)

    def refusal(self, element: str, line: int, message: str, *values: object) -> RoadError:
        """The error that refuses the file, to be raised."""
        text = message.format(*map(_short, values))
        return RoadError(text, element=element, road=self.road, line=line, source=self.source)

    def left_out(self, refusal: RoadError, because: str = "") -> None:
        """What would refuse the file, of something that the map can do without; `because` says why it can."""
        fault = refusal.message.removesuffix(" State it.").removesuffix(" Correct it.").removesuffix(".")
        self.ignored(refusal.element, refusal.line, "{}{}; left out", fault, because)

    def findings(self) -> tuple[Finding, ...]:
        """All findings by line, then the sums of those that were too many to list."""
        listed = sorted(self._findings, key=lambda finding: finding.line)
        sums = [
            Finding(last.kind, last.element, None, last.line,
                    f"{self._alike[key] - MOST_ALIKE} more like this from here on: {last.message}")
            for key, last in self._more.items()
        ]  # fmt: skip
        return (*listed, *sums)


def _short(value: object) -> object:
    """A value for a message: long texts are cut, control characters shown as escapes, lengths given to the millimetre."""
    if isinstance(value, float):
        return f"{value:.3f}".rstrip("0").rstrip(".") if 1e3 <= abs(value) < MOST_METRES else f"{value:.6g}"
    if not isinstance(value, str):
        return value
    text = value if value.isprintable() else ascii(value)
    return text if len(text) <= 80 else f"{text[:77]}..."
