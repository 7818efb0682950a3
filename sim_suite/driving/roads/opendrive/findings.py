"""What a reader says of a file: the one error that refuses it, and the findings of what was repaired or left out. Source: ours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from sim_suite.driving.documents.kinds import DocumentKind
from sim_suite.errors import SuiteError


@dataclass(frozen=True, slots=True)
class Finding:
    """One deviation from the standard that did not stop the reader."""

    kind: Literal["repaired", "ignored", "noted"]
    """repaired: the meaning was unambiguous and is used; ignored: the element is left out; noted: odd, kept as written."""
    element: str
    """The XML element, e.g. "laneSection"."""
    road: str | None
    """Id of the road it belongs to; None outside of roads."""
    line: int
    message: str
    """What was seen and what was made of it, a sentence without a full stop."""

    def __str__(self) -> str:
        road = "" if self.road is None else f", road {self.road}"
        return f"{self.kind}: line {self.line}{road}, <{self.element}>: {self.message}"


class RoadError(SuiteError):
    """A file that cannot be read as a road network. The only error that reading, or building a graph, raises for its contents."""

    def __init__(
        self, message: str, *, element: str = "", road: str | None = None, line: int = 0, source: str = ""
    ) -> None:
        """message: what was wrong, the value seen and how to mend it; the rest says where. `source` is the file's name."""
        place = [
            part
            for part in (source, f"line {line}" if line else "", f"road {road}" if road is not None else "")
            if part
        ]
        where = ", ".join([*place, f"<{element}>"] if element else place)
        super().__init__(f"{where}: {message}" if where else message)
        self.message, self.element, self.road, self.line, self.source = message, element, road, line, source


OPENDRIVE: Final = DocumentKind("OpenDRIVE", "map", "road network", ".xodr", RoadError)
"""What refusals of its files speak of."""
