"""Controllers of traffic lights as tables. Source: OpenSCENARIO XML 1.3, class reference `TrafficSignalController`."""

from __future__ import annotations

from typing import Final

from sim_suite.driving.documents.xml import Node
from sim_suite.driving.storyboard.elements.signals import SignalController, SignalPhase
from sim_suite.driving.storyboard.xosc.forms import Attribute, Element, Many
from sim_suite.driving.storyboard.xosc.kinds import NUMBER, TEXT
from sim_suite.driving.storyboard.xosc.reading.context import Context


class _StateForm:
    """TrafficSignalState: a light and what it shows."""

    _SIGNAL: Final = Attribute("trafficSignalId", TEXT)
    _STATE: Final = Attribute("state", TEXT)

    def read(self, node: Node, context: Context) -> tuple[str, str]:
        """See `Form`."""
        return self._SIGNAL.read(node, context), self._STATE.read(node, context)

    def write(self, value: tuple[str, str], tag: str) -> Node:
        """See `Form`."""
        node = Node(tag, {}, 0)
        self._SIGNAL.write(value[0], node)
        self._STATE.write(value[1], node)
        return node


_PHASE: Final = Element(
    SignalPhase,
    name=Attribute("name", TEXT),
    duration=Attribute("duration", NUMBER),
    states=Many("TrafficSignalState", _StateForm()),
)
SIGNAL_CONTROLLER: Final = Element(
    SignalController,
    name=Attribute("name", TEXT),
    delay=Attribute("delay", NUMBER, 0.0, True),
    reference=Attribute("reference", TEXT, "", True),
    phases=Many("Phase", _PHASE),
)
"""Phases one after the other; states of whole groups (1.2) are refused."""
