"""Findings that say the same of many roads."""

from __future__ import annotations

from sim_suite.driving.roads.graph.alike import sum_alike
from sim_suite.driving.roads.opendrive.findings import Finding
from sim_suite.driving.roads.opendrive.reading.notes import MOST_ALIKE


def _turns(count: int) -> list[Finding]:
    return [
        Finding("noted", "geometry", f"road {n}", n, f"the line of road 'r{n}' turns by {n / 7:g} rad at s = -{n}e-3")
        for n in range(count)
    ]


def test_few_findings_stay_as_they_are():
    assert sum_alike(_turns(MOST_ALIKE)) == tuple(_turns(MOST_ALIKE))


def test_many_alike_are_summed_and_others_kept():
    other = Finding("noted", "geometry", "9", 9, "the line jumps by 2 m")
    found = sum_alike([*_turns(MOST_ALIKE + 5), other])
    assert len(found) == MOST_ALIKE + 2
    assert found[MOST_ALIKE] == other
    assert found[-1].message.startswith("5 more like this: the line of road")
    assert found[-1].road is None
    assert found[-1].line == MOST_ALIKE


def test_findings_of_another_kind_or_element_are_not_alike():
    ignored = [Finding("ignored", "link", one.road, one.line, one.message) for one in _turns(MOST_ALIKE)]
    assert len(sum_alike([*_turns(MOST_ALIKE), *ignored])) == 2 * MOST_ALIKE
