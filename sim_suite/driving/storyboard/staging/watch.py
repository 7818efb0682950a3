"""Watches triggers: edges, delays, and conditions that hold together, in all variations at once. Source: OpenSCENARIO XML 1.3, 7.6.

A condition's edge needs two looks: at the first one nothing has risen or fallen yet.
"""

from __future__ import annotations

import numpy as np

from sim_suite.driving.storyboard.elements.conditions import Condition, Trigger
from sim_suite.driving.storyboard.staging.judging import States, holds
from sim_suite.driving.storyboard.staging.view import Bools, Ints, View
from sim_suite.driving.world.kinds import TICK_S
from sim_suite.driving.world.layout import TICK


class TriggerWatch:
    """One trigger of one part of a storyboard."""

    def __init__(self, trigger: Trigger, worlds: int) -> None:
        self._groups = [[_ConditionWatch(one, worlds) for one in group.conditions] for group in trigger.groups]
        self._worlds = worlds

    def look(self, mask: Bools, view: View, states: States) -> Bools:
        """[W] Whether it holds now; in the worlds of the mask it is being waited for."""
        if not mask.any():
            for group in self._groups:
                for one in group:
                    one.forget()
            return np.zeros(self._worlds, np.bool_)
        if not self._groups:
            return mask.copy()
        found = np.zeros(self._worlds, np.bool_)
        for group in self._groups:
            together = np.ones(self._worlds, np.bool_)
            for one in group:
                together &= one.look(mask, view, states)
            found |= together
        return found & mask

    def who(self, view: View, states: States) -> tuple[tuple[str, ...], Bools]:
        """Triggering entities of all conditions, and [E, W] which of them meet theirs now."""
        names, met = [], []
        for group in self._groups:
            for one in group:
                for entity in one.condition.entities:
                    names.append(entity)
                    met.append(holds(one.condition.of, entity, view, states))
        return tuple(names), np.array(met, np.bool_).reshape(len(names), self._worlds)


class _ConditionWatch:
    def __init__(self, condition: Condition, worlds: int) -> None:
        self.condition = condition
        self._before = np.zeros(worlds, np.bool_)
        self._seen = np.zeros(worlds, np.bool_)
        self._history: list[tuple[Ints, Bools]] = []
        """Ticks, and where it was found then; as far back as the delay reaches."""

    def forget(self) -> None:
        """Nobody waits for it in any world."""
        self._seen[:] = False

    def look(self, mask: Bools, view: View, states: States) -> Bools:
        condition = self.condition
        each = [holds(condition.of, entity, view, states) for entity in condition.entities or ("",)]
        now = np.all(each, axis=0) if condition.every else np.any(each, axis=0)
        known = self._seen & mask
        found = {
            "none": now, "rising": now & ~self._before & known, "falling": ~now & self._before & known,
            "risingOrFalling": (now != self._before) & known,
        }[condition.edge]  # fmt: skip
        # Where nobody waits for it, it is forgotten.
        self._before, self._seen = now, mask.copy()
        return self._delayed(found & mask, view)

    def _delayed(self, found: Bools, view: View) -> Bools:
        ticks = np.rint(view.number(self.condition.delay) / TICK_S).astype(np.int64)
        longest = int(ticks.max(initial=0))
        if longest == 0:
            return found
        now = view.state.world[:, TICK].copy()
        self._history.append((now, found))
        del self._history[: -longest - 1]
        return np.asarray(np.any([before & (then == now - ticks) for then, before in self._history], axis=0))
