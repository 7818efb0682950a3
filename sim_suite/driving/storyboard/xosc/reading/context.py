"""What the reader of an element knows of its surroundings: file, version, parameters, catalogs; and what it says. Source: ours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from sim_suite.driving.documents.xml import Node
from sim_suite.driving.storyboard.xosc.errors import ScenarioFileError
from sim_suite.driving.storyboard.xosc.reading.scope import Scope
from sim_suite.errors import SuiteError

if TYPE_CHECKING:
    from sim_suite.driving.storyboard.xosc.reading.catalogs import Catalogs


@dataclass(frozen=True)
class Context:
    """Passed from element to element, changed where one declares parameters or refers to a catalog."""

    source: str
    """The file, for refusals."""
    minor: int = 3
    """Of the version, 1.`minor`."""
    scope: Scope = field(default_factory=Scope)
    assigned: Mapping[str, str] = field(default_factory=dict)
    """What the reference to a catalog gives the parameters that its entry declares."""
    selections: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Members of what names several entities at once."""
    catalogs: Catalogs | None = None
    depth: int = 0
    """How many references to catalogs led here."""
    notes: dict[str, None] = field(default_factory=dict)
    """Sentences for the report, in the order in which they were first said."""

    def refuse(self, node: Node, message: str) -> ScenarioFileError:
        """The error that refuses an element, to be raised."""
        return ScenarioFileError(message, element=node.tag, line=node.line, source=self.source)

    def placed(self, node: Node, error: SuiteError) -> ScenarioFileError:
        """An error with the place that it lacks."""
        return error if isinstance(error, ScenarioFileError) else self.refuse(node, str(error))

    def note(self, sentence: str) -> None:
        """Say something once."""
        self.notes[sentence] = None

    def within(self, scope: Scope) -> Context:
        """The context inside an element that declares parameters."""
        return replace(self, scope=scope, assigned={})

    def members(self, name: str) -> tuple[str, ...]:
        """The entities that a reference means."""
        return self.selections.get(name, (name,))
