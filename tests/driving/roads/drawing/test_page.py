"""The page of a map without a browser: self-contained, escaped, repeatable, and its facts are the graph's."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from small_map import small_document, small_graph, small_scene

from sim_suite.driving.roads.drawing.page import to_page

HOSTILE = "</script><img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def page():
    return to_page(small_scene(), small_document(), small_graph())


def facts(page):
    return json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)[1])


def test_the_page_fetches_nothing(page):
    assert re.findall(r"https?://(?!www\.w3\.org/2000/svg)|@import|url\(", page) == []
    found = []
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, attributes: found.extend(attributes)
    parser.feed(page)
    assert all(value.startswith(("data:", "#")) for name, value in found if name in ("src", "href"))


def test_only_its_own_script_may_run(page):
    script = re.search(r"<script>(.*?)</script>", page, re.DOTALL)[1]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in page
    assert "default-src 'none'" in page


def test_hostile_names_are_escaped():
    document = small_document()
    hostile = replace(document, roads=(replace(document.roads[0], name=HOSTILE),))
    text = to_page(replace(small_scene(), title=HOSTILE), hostile, small_graph())
    assert "<img" not in text
    assert facts(text)["roads"][0][1] == HOSTILE


def test_same_map_gives_the_same_bytes(page):
    assert to_page(small_scene(), small_document(), small_graph()) == page


def test_facts_are_the_graphs(page):
    data, graph = facts(page), small_graph()
    assert len(data["lanes"]) == graph.num_lanes
    by_id = {row[2]: row for row in data["lanes"]}
    assert [data["kinds"][by_id[one][3]] for one in (1, -1, -2, -3)] == ["driving", "driving", "parking", "sidewalk"]
    assert (by_id[1][4], by_id[-1][4]) == (-1, 1)
    assert by_id[-1][7] == "3.50"
    assert [row[:2] for row in data["signals"]] == [
        ["11", "stop"],
        ["12", "speed limit"],
        ["13", "light"],
        ["14", "yield"],
    ]
    assert [data["lanes"][one][2] for one in data["signals"][0][8]] == [-1]


def test_every_id_that_the_script_may_ask_for_is_drawn_once(page):
    ids = re.findall(r'(?<= )id="([ljscp]\d+)"', page)
    assert len(ids) == len(set(ids))
    assert {"l0", "l3", "s0", "s3", "c0", "p0"} <= set(ids)


def test_scales_double_and_begin_where_all_of_the_map_is_seen(page):
    scales = facts(page)["scales"]
    assert scales[-1] >= 48
    assert all(after == pytest.approx(2 * before, rel=1e-3) for before, after in pairwise(scales))
