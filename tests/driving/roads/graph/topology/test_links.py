"""Which lane leads into which: every way in which two roads can be joined, by hand."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim_suite.driving.roads.graph.topology.links import index_lanes, link_lanes
from sim_suite.driving.roads.opendrive.junctions import Connection, Junction, LaneLink
from sim_suite.driving.roads.opendrive.model import Cubic, RoadLink
from tests.driving.roads.graph.straight import document, lane, lanes_of, road, section, two_way


def links(doc):
    """({(road, section, lane): set of the same}, findings)."""
    lanes, points = lanes_of(doc)
    successors, predecessors, findings = link_lanes(doc, lanes, points, index_lanes(lanes))
    names = [
        (doc.roads[r].id, s, k)
        for r, s, k in zip(lanes.road.tolist(), lanes.section.tolist(), lanes.lane_id.tolist(), strict=True)
    ]
    follows = {}
    backward = set()
    for number, name in enumerate(names):
        listed = successors.lane[successors.first[number] : successors.first[number + 1]].tolist()
        assert listed == sorted(set(listed))
        if listed:
            follows[name] = {names[other] for other in listed}
        before = predecessors.lane[predecessors.first[number] : predecessors.first[number + 1]].tolist()
        assert before == sorted(set(before))
        backward |= {(other, number) for other in before}
    sources = np.repeat(np.arange(len(names)), np.diff(successors.first)).tolist()
    assert backward == set(zip(sources, successors.lane.tolist(), strict=True))
    return follows, findings


def test_sections_of_a_road_both_ways():
    doc = document(road("1", two_way(after=(1,)), dataclasses.replace(two_way(before=(1,)), s=60.0)))
    assert links(doc) == ({("1", 0, -1): {("1", 1, -1)}, ("1", 1, 1): {("1", 0, 1)}}, [])


def test_left_hand_traffic_mirrors():
    doc = document(road("1", two_way(after=(1,)), dataclasses.replace(two_way(before=(1,)), s=60.0), rule="LHT"))
    assert links(doc)[0] == {("1", 0, 1): {("1", 1, 1)}, ("1", 1, -1): {("1", 0, -1)}}


def test_a_reversed_lane_runs_the_other_way():
    doc = document(
        road("1", section(lane(-1, after=(-1,), direction="reversed")),
             section(lane(-1, before=(-1,), direction="reversed"), s=50.0))
    )  # fmt: skip
    assert links(doc)[0] == {("1", 1, -1): {("1", 0, -1)}}


@pytest.mark.parametrize("stated_by", ["both", "leaving", "entering"])
def test_a_link_stated_on_one_side_only(stated_by):
    after, before = (-1,) * (stated_by != "entering"), (-1,) * (stated_by != "leaving")
    doc = document(
        road("a", section(lane(-1, after=after)), after=("road", "b", "start")),
        road("b", section(lane(-1, before=before)), start=(100.0, 0.0), before=("road", "a", "end")),
    )
    assert links(doc) == ({("a", 0, -1): {("b", 0, -1)}}, [])


def test_roads_joined_end_to_end():
    """Two roads drawn towards each other: the right lane of the one is the left lane of the other."""
    doc = document(
        road("a", section(lane(1, after=(-1,)), lane(-1, after=(1,))), after=("road", "b", "end")),
        road("b", section(lane(1, after=(-1,)), lane(-1, after=(1,))), start=(200.0, 0.0), heading=np.pi,
             after=("road", "a", "end")),
    )  # fmt: skip
    assert links(doc) == ({("a", 0, -1): {("b", 0, 1)}, ("b", 0, -1): {("a", 0, 1)}}, [])


def test_roads_joined_start_to_start():
    doc = document(
        road("a", section(lane(1, before=(-1,)), lane(-1, before=(1,))), before=("road", "b", "start")),
        road("b", section(lane(1, before=(-1,)), lane(-1, before=(1,))), heading=np.pi, before=("road", "a", "start")),
    )
    assert links(doc) == ({("a", 0, 1): {("b", 0, -1)}, ("b", 0, 1): {("a", 0, -1)}}, [])


def test_a_road_that_is_its_own_successor():
    ring = road(
        "1", section(lane(-1, before=(-1,), after=(-1,))), before=("road", "1", "end"), after=("road", "1", "start")
    )
    assert links(document(ring)) == ({("1", 0, -1): {("1", 0, -1)}}, [])


def test_a_contact_point_that_the_file_leaves_out_is_found_by_the_link_back():
    doc = document(
        road("a", section(lane(-1, after=(1,))), after=("road", "b")),
        road("b", section(lane(1, after=(-1,))), start=(200.0, 0.0), heading=np.pi, after=("road", "a", "end")),
    )
    assert links(doc)[0] == {("a", 0, -1): {("b", 0, 1)}}


def taper(width_in, width_out, length=100.0):
    return (Cubic(0.0, width_in, (width_out - width_in) / length),)


def test_a_lane_that_tapers_off_runs_into_its_neighbour():
    doc = document(
        road(
            "a",
            section(lane(-1, after=(-1,)), lane(-2, width=taper(3.5, 0.0), after=(-1,))),
            after=("road", "b", "start"),
        ),
        road("b", section(lane(-1, before=(-1,))), before=("road", "a", "end")),
    )
    assert links(doc)[0] == {("a", 0, -1): {("b", 0, -1)}, ("a", 0, -2): {("b", 0, -1)}}


@pytest.mark.parametrize(("width_in", "forks"), [(0.0, False), (3.5, True)])
def test_a_lane_that_opens_is_no_fork_but_a_split_is(width_in, forks):
    doc = document(
        road("a", section(lane(-1, after=(-1,))), after=("road", "b", "start")),
        road("b", section(lane(-1, before=(-1,)), lane(-2, width=taper(width_in, 3.5), before=(-1,))), before=("road", "a", "end")),
    )  # fmt: skip
    assert links(doc)[0] == {("a", 0, -1): {("b", 0, -1), ("b", 0, -2)} if forks else {("b", 0, -1)}}


def test_links_that_lead_nowhere_are_said():
    doc = document(
        road("a", section(lane(-1, after=(-3,))), after=("road", "b", "start")),
        road("b", section(lane(-1)), after=("road", "none", "start")),
    )
    follows, findings = links(doc)
    assert follows == {}
    assert [(found.kind, found.road) for found in findings] == [("ignored", "a"), ("ignored", "b")]
    assert "lane -3" in findings[0].message
    assert "'none'" in findings[1].message


def test_lanes_that_meet_head_on_are_not_linked():
    doc = document(
        road("a", section(lane(-1, after=(-1,))), after=("road", "b", "end")),
        road("b", section(lane(-1, after=(-1,))), after=("road", "a", "end")),
    )
    follows, findings = links(doc)
    assert follows == {}
    assert "head-on" in findings[0].message


def three_arms(lane_links=((-1, -1),), contact="start", **connector):
    """Road a ends at a junction that connects it to b by a connector c."""
    before, after = connector.pop("before", (-1,)), connector.pop("after", (-1,))
    kept = [LaneLink(*pair) for pair in lane_links]
    return document(
        road("a", two_way(), after=("junction", "j")),
        road("b", two_way(), before=("junction", "j"), start=(110.0, 0.0)),
        road("c", section(lane(-1, before=before, after=after)), junction="j", length=10.0, start=(100.0, 0.0),
             before=("road", "a", "end"), after=("road", "b", "start")),
        junctions=(Junction("j", connections=(Connection("0", "a", "c", contact, tuple(kept)),)),),
    )  # fmt: skip


THROUGH = {("a", 0, -1): {("c", 0, -1)}, ("c", 0, -1): {("b", 0, -1)}}


def test_through_a_junction():
    assert links(three_arms()) == (THROUGH, [])


def test_a_connection_without_lane_links_joins_as_the_connector_says_or_equal_ids():
    assert links(three_arms(lane_links=())) == (THROUGH, [])
    assert links(three_arms(lane_links=(), before=())) == (THROUGH, [])


def test_a_junction_overrules_its_connecting_road():
    """The connector names lane 1 of road a, where traffic leaves the junction: only the junction's link can be driven."""
    doc = three_arms(before=(-2,))
    wide = dataclasses.replace(doc, roads=(road("a", two_way(lanes=2), after=("junction", "j")), *doc.roads[1:]))
    assert links(wide) == (THROUGH, [])


def test_a_connection_at_the_wrong_end_of_its_road_is_mended():
    follows, findings = links(three_arms(contact="end"))
    assert follows == THROUGH
    assert [finding.kind for finding in findings] == ["repaired"]
    assert "names road a at its other end" in findings[0].message


def test_a_missing_lane_of_a_connection_is_said():
    follows, findings = links(three_arms(lane_links=((-5, -1),), before=()))
    assert follows == {("c", 0, -1): {("b", 0, -1)}}
    assert "lane -5 of road a" in findings[0].message


def test_both_ends_of_a_road_at_one_junction():
    """A loop that leaves a junction and comes back: LibCarla finds nothing behind its ends, we do."""
    loop = road("a", two_way(), before=("junction", "j"), after=("junction", "j"))
    through = road("c", section(lane(-1, before=(-1,), after=(-1,))), junction="j", before=("road", "a", "end"),
                   after=("road", "a", "start"))  # fmt: skip
    back = road("d", section(lane(-1, before=(1,), after=(1,))), junction="j", before=("road", "a", "start"),
                after=("road", "a", "end"))  # fmt: skip
    connections = (
        Connection("0", "a", "c", "start", (LaneLink(-1, -1),)),
        Connection("1", "a", "d", "start", (LaneLink(1, -1),)),
    )
    doc = document(loop, through, back, junctions=(Junction("j", connections=connections),))
    assert links(doc) == (
        {("a", 0, -1): {("c", 0, -1)}, ("c", 0, -1): {("a", 0, -1)}, ("a", 0, 1): {("d", 0, -1)}, ("d", 0, -1): {("a", 0, 1)}},
        [],
    )  # fmt: skip


def test_a_direct_junction_links_roads_without_connectors():
    doc = document(
        road("a", section(lane(-1), lane(-2)), after=("junction", "j")),
        road("b", section(lane(-1)), before=("junction", "j")),
        road("ramp", section(lane(-1)), before=("junction", "j")),
        junctions=(
            Junction("j", type="direct", connections=(
                Connection("0", "a", "b", "start", (LaneLink(-1, -1),)),
                Connection("1", "a", "ramp", "start", (LaneLink(-2, -1),)),
            )),
        ),
    )  # fmt: skip
    assert links(doc) == ({("a", 0, -1): {("b", 0, -1)}, ("a", 0, -2): {("ramp", 0, -1)}}, [])


@pytest.mark.parametrize(("s", "joined"), [(60.0, True), (60.4, True), (75.0, False)])
def test_a_virtual_junction_joins_where_a_section_begins(s, joined):
    main = road("a", section(lane(-1, after=(-1,))), section(lane(-1, before=(-1,)), s=60.0))
    exit_road = road("c", section(lane(-1, before=(-1,))), junction="j")
    exit_road = dataclasses.replace(exit_road, predecessor=RoadLink("road", "a", None, s, "+"))
    doc = document(
        main, exit_road,
        junctions=(Junction("j", type="virtual", main_road="a", s_start=50.0, s_end=80.0,
                            connections=(Connection("0", "a", "c", "start", (LaneLink(-1, -1),)),)),),
    )  # fmt: skip
    follows, findings = links(doc)
    assert follows == {("a", 0, -1): {("a", 1, -1), ("c", 0, -1)} if joined else {("a", 1, -1)}}
    assert bool(findings) != joined


@given(
    st.lists(
        st.tuples(st.sampled_from("abc"), st.sampled_from(["start", "end", None]), st.lists(st.integers(-3, 3), max_size=2)),
        min_size=6, max_size=6,
    ),
    st.sampled_from(["RHT", "LHT"]),
)  # fmt: skip
def test_whatever_a_file_links_predecessors_are_successors_turned_round(statements, rule):
    roads = []
    for number, name in enumerate("abc"):
        (before, contact_before, ids_before), (after, contact_after, ids_after) = statements[
            2 * number : 2 * number + 2
        ]
        members = [lane(k, before=tuple(ids_before), after=tuple(ids_after)) for k in (2, 1, -1, -2)]
        roads.append(
            road(name, section(*members), before=("road", before, contact_before), after=("road", after, contact_after), rule=rule)
        )  # fmt: skip
    links(document(*roads))
