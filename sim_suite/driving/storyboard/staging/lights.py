"""Lights that a storyboard switches, and what they show. Source: OpenSCENARIO XML 1.3, 6.11 (traffic signals).

A map's lights follow their own programmes until a scenario says otherwise; they switch in groups.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from sim_suite.driving.storyboard.elements.signals import SignalController
from sim_suite.driving.traffic.lights import light_at
from sim_suite.driving.world.kinds import TICK_S, Light
from sim_suite.driving.world.layout import TICK
from sim_suite.errors import SuiteError, UnknownNameError

if TYPE_CHECKING:
    from sim_suite.driving.storyboard.staging.view import View

_WORDS: Final = {"green": Light.GREEN, "go": Light.GREEN, "yellow": Light.YELLOW, "amber": Light.YELLOW, "red": Light.RED,
                 "stop": Light.RED, "off": Light.OFF}  # fmt: skip


def light_of(state: str) -> Light:
    """What a state means: a word (green, yellow, red, off), or bulbs from red to green as "on;off;off"."""
    text = state.strip().lower()
    if text in _WORDS:
        return _WORDS[text]
    bulbs = [bulb.strip() in ("on", "1", "true", "blink", "flashing") for bulb in text.replace(",", ";").split(";")]
    if len(bulbs) == 3:
        # Red and yellow together still means to stop.
        return Light.RED if bulbs[0] else Light.GREEN if bulbs[2] else Light.YELLOW if bulbs[1] else Light.OFF
    raise SuiteError(
        f"the state of a light is one of {', '.join(_WORDS)}, or three bulbs such as on;off;off for red, not {state!r}."
    )


def group_of(view: View, signal: str) -> int:
    """The group of lights that a signal of the map belongs to. Raises `SuiteError` for one that is no light."""
    graph = view.map.graph
    if signal in graph.signal_ids:
        group = int(graph.signals.group[graph.signal_ids.index(signal)])
        if group >= 0:
            return group
        raise SuiteError(f"signal {signal!r} of the map is no light.")
    raise UnknownNameError("signal", signal, graph.signal_ids)


def show(view: View, signal: str, state: str, mask: NDArray[np.bool_]) -> None:
    """Let a light, and all of its group, show something from now on."""
    view.state.lights[mask, group_of(view, signal)] = light_of(state)


def shown(view: View, signal: str, state: str) -> NDArray[np.bool_]:
    """[W] Whether a light shows it."""
    group = group_of(view, signal)
    programme, wanted = view.map.ground.terrain.programme, light_of(state)
    found = np.zeros(view.num_worlds, np.bool_)
    moments = np.stack([view.state.world[:, TICK], view.state.lights[:, group]], axis=1)
    for tick, told in np.unique(moments, axis=0).tolist():
        here = (moments == (tick, told)).all(axis=1)
        found[here] = light_at(programme, view.state.lights[np.argmax(here)], group, tick) == wanted
    return found


class Phases:
    """Controllers of lights: each goes through its phases again and again."""

    def __init__(self, controllers: Sequence[SignalController], worlds: int) -> None:
        self._controllers = {one.name: one for one in controllers}
        self._shift = {one.name: np.zeros(worlds) for one in controllers}

    def switch(self, view: View) -> None:
        """Let all lights show what their phases say now."""
        for name, one in self._controllers.items():
            number = self._now(view, name)
            for k, phase in enumerate(one.phases):
                for signal, state in phase.states:
                    show(view, signal, state, number == k)

    def is_in(self, view: View, controller: str, phase: str) -> NDArray[np.bool_]:
        """[W] Whether a controller is in a phase."""
        names = [one.name for one in self._known(controller).phases]
        if phase not in names:
            raise UnknownNameError(f"phase of controller {controller!r}", phase, names)
        return np.asarray(self._now(view, controller) == names.index(phase))

    def go_to(self, view: View, controller: str, phase: str, mask: NDArray[np.bool_]) -> None:
        """Let a controller begin a phase now, and go on from there."""
        one = self._known(controller)
        names = [each.name for each in one.phases]
        if phase not in names:
            raise UnknownNameError(f"phase of controller {controller!r}", phase, names)
        before = sum(
            (view.number(each.duration) for each in one.phases[: names.index(phase)]), np.zeros(view.num_worlds)
        )
        self._shift[controller][mask] = (view.time_s - self._delay(view, controller) - before)[mask]

    def _known(self, controller: str) -> SignalController:
        if controller not in self._controllers:
            raise UnknownNameError("controller of lights", controller, self._controllers)
        return self._controllers[controller]

    def _delay(self, view: View, name: str) -> NDArray[np.float64]:
        """[W] By how much it begins after the start, through all that it refers to, s."""
        delay, at = np.zeros(view.num_worlds), name
        for _ in range(len(self._controllers)):
            if not at:
                break
            delay, at = delay + view.number(self._known(at).delay), self._known(at).reference
        return delay

    def _now(self, view: View, name: str) -> NDArray[np.int64]:
        """[W] Number of the phase; the last one before it has begun."""
        one, delay = self._controllers[name], self._delay(view, name)
        ends = np.cumsum([view.number(phase.duration) for phase in one.phases], axis=0)
        # Half of a tick, so that phases change with the tick that they end in.
        passed = np.mod(view.time_s - delay - self._shift[name] + TICK_S / 2, np.maximum(ends[-1], TICK_S))
        return np.asarray(np.minimum((passed[None] >= ends).sum(axis=0), len(one.phases) - 1))
