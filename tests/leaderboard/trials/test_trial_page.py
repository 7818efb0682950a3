"""The page of trials, and what its maps are made from, without a browser."""

import base64
import hashlib
import re
from dataclasses import replace

import numpy as np
import pytest
from example_trials import HOSTILE, choose, judged, scenario, small_gap, trial, vary

from sim_suite.leaderboard.trials.commands import replay_command, trial_command
from sim_suite.leaderboard.trials.page.heat import shade_of
from sim_suite.leaderboard.trials.page.measured import measured
from sim_suite.leaderboard.trials.page.model import MOST_ROWS, view_of
from sim_suite.leaderboard.trials.page.page import render_page
from sim_suite.leaderboard.trials.page.pairs import explained, pairs
from sim_suite.rates import wilson
from tests.leaderboard.html_tags import Tags

FILM = b"\x1aE\xdf\xa3film"


@pytest.fixture(scope="module")
def one():
    return trial()


@pytest.fixture(scope="module")
def page(one):
    return render_page([one], {("cut_in", one.worst.id): FILM})


def test_page_is_well_formed_and_self_contained(page):
    tags = Tags(page)
    assert tags.open == []
    for _, attributes in tags.found:
        for key in ("src", "href", "poster", "srcset", "action"):
            assert attributes.get(key, "#").startswith(("data:", "#"))
    assert re.findall(r"https?://|url\(|@import", page) == []


def test_policy_allows_the_pages_own_script_alone(page):
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page)[1]
    script = re.search(r"<script>(.*)</script>", page, re.DOTALL)[1]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert policy.startswith("default-src 'none'; ")
    assert f"script-src 'sha256-{digest}'" in policy
    assert page.count("<script") == 1


def test_equal_trials_give_equal_bytes(one, page):
    assert render_page([trial()], {("cut_in", one.worst.id): FILM}) == page


def test_hostile_strings_are_escaped_wherever_people_write():
    shown = scenario(
        HOSTILE,
        parameters=(vary(HOSTILE, 0, 100, usual=50, unit=HOSTILE), vary("gap_m", 0, 100, usual=50)),
        summary=HOSTILE,
        source=HOSTILE,
    )

    def hostile(one):
        return replace(small_gap(one), partner=HOSTILE, end=HOSTILE)

    told = {"agent": HOSTILE, "source": HOSTILE, "settings": {HOSTILE: HOSTILE}, "notes": (HOSTILE,)}
    many, single = trial(hostile, shown=shown, **told), trial(hostile, 1, shown=shown, **told)
    text = render_page([many, single], {(HOSTILE, many.worst.id): FILM})
    assert "<script>alert" not in text
    assert text.count("<script") == 1
    assert Tags(text).open == []


def test_page_shows_every_promised_thing(one, page):
    failed = sum(not verdict.passed for verdict in one.verdicts)
    low, high = (100 * end for end in wilson(64 - failed, 64))
    for words in (
        f"Failed in {failed} of 64 variations.",
        f"{100 * (64 - failed) / 64:.1f} % [{low:.1f}, {high:.1f}]",
        "that could be mastered",
        "privileged",
        f"{failed} of 64",
        trial_command(one),
        replay_command(one, one.worst),
        replay_command(one, one.median),
        "broke “no collision” after 2.50 s at x 12.3, y −7.0 m (hit cutter at 4.0 m/s)",
        "impact speed [m/s]",
        f"Within nuPlan's bounds of comfort in {64 - failed} of 64.",
        "Where it fails",
    ):
        assert words in page
    assert page.count("<video ") == 1
    assert base64.b64encode(FILM).decode() in page


def test_films_are_shown_once_each_with_their_command(one):
    ids = [verdict.id for verdict in one.verdicts if not verdict.passed]
    text = render_page([one], {("cut_in", name): FILM for name in ids} | {("other", "0-1"): FILM})
    assert text.count("<video ") == len(ids)
    assert all(text.count(f'variation {name}"></video>') == 1 for name in ids)


def test_only_the_most_severe_variations_are_in_the_table():
    text = render_page([trial(samples=MOST_ROWS + 30)], {})
    table = text[text.index('<table class="overview variations">') :]
    assert table[: table.index("</table>")].count("<tr>") == MOST_ROWS + 1
    assert f"The {MOST_ROWS} most severe of {MOST_ROWS + 30}" in text


def test_many_trials_share_the_rows_and_maps_of_a_page(one):
    view = view_of(one, {}, 80)
    assert (len(view.rows), len(view.maps)) == (50, 1)
    assert [row.severity for row in view.rows] == sorted((v.severity for v in one.verdicts), reverse=True)[:50]


def test_a_single_variation_has_a_time_line_and_no_map(one):
    single = trial(lambda v: judged(v, True), 1)
    text = render_page([single], {("cut_in", "0-0"): FILM})
    assert Tags(text).open == []
    assert 'class="chart timeline"' in text
    assert "broke “no collision”, 2.50 s" in text
    assert 'class="maps"' not in text
    assert text.count("<video ") == 1


def test_several_trials_have_a_table_that_leads_to_them(one):
    text = render_page([one, trial(lambda v: judged(v, False))], {})
    assert "2 trials of scenarios" in text
    for k in (1, 2):
        assert f'href="#trial-{k}"' in text
        assert f'id="trial-{k}"' in text


def test_the_pair_that_explains_failures_comes_first():
    names = ("a", "b", "c", "d")
    shown = scenario(parameters=tuple(vary(name, 0, 1, usual=0.5) for name in names))
    found = pairs(trial(lambda v: judged(v, v.values["b"] + v.values["d"] > 1.0), 256, shown=shown))
    assert (found[0].x.name, found[0].y.name) == ("b", "d")
    assert found[0].explained > 0.7
    assert len(found) == 6
    assert found[-1].explained < 0.1


def test_explained_by_hand():
    aim = np.array([0.0, 0.0, 1.0, 1.0])
    assert explained(aim, np.array([0, 0, 1, 1])) == 1.0
    # Means of 1/2 in both cells: 1 - (1 / 2) / (1 / 3).
    assert explained(aim, np.array([0, 1, 0, 1])) == pytest.approx(-0.5)
    assert explained(aim, np.arange(4)) == 0.0
    assert explained(np.ones(4), np.array([0, 0, 1, 1])) == 0.0


def test_few_values_have_a_column_each():
    shown = scenario(parameters=(choose("lanes", 1, 2, 3, usual=2), vary("gap_m", 0, 100, usual=50, unit="m")))
    pair = pairs(trial(shown=shown))[0]
    lanes = pair.x if pair.x.name == "lanes" else pair.y
    assert lanes.bounds == ("1", "2", "3")
    assert [text for _, text in lanes.ticks] == ["1", "2", "3"]
    assert np.array_equal(lanes.index, np.floor(lanes.place * 3))


def test_unavoidable_ones_are_hollow(one, page):
    assert any(verdict.avoidable is False for verdict in one.verdicts)
    assert "dots failed hole" in page
    assert "dots failed hole" not in render_page([trial(lambda v: replace(small_gap(v), avoidable=None))], {})


def test_maps_show_a_measure_where_all_passed_or_all_failed(one):
    assert shade_of(one).take == "mean"
    passed, failed = (shade_of(trial(lambda v, fails=fails: judged(v, fails))) for fails in (False, True))
    assert (passed.words, passed.take) == ("the smallest gap to anybody, m", "min")
    assert (failed.words, failed.take) == ("the fastest impact, m/s", "max")
    bare = trial(lambda v: replace(judged(v, False), measures={}))
    assert shade_of(bare).take == "mean"
    assert Tags(render_page([bare], {})).open == []


def test_best_median_and_worst_of_a_measure():
    gaps = {"0-0": 3.0, "0-1": 1.0, "0-2": 8.0}
    found = measured(trial(lambda v: replace(judged(v, False), measures={"least_gap_m": gaps[v.id]}), 3))
    assert [(one.name, one.best, one.median, one.worst, one.worst_id) for one in found] == [
        ("least_gap_m", 8.0, 3.0, 1.0, "0-1")
    ]
    assert (found[0].shares[0], found[0].shares[-1]) == (1.0, 1.0)


def test_commands_are_quoted_and_name_what_is_set():
    told = replace(trial(samples=2), source="my cut in.py", settings={"b": "x y", "a": "1"})
    assert trial_command(told) == "sim-suite run 'my cut in.py' --agent idm --samples 2 --seed 0 --set a=1 'b=x y'"
    assert replay_command(told, told.verdicts[1]).endswith("--agent idm --variation 0-1 --set a=1 'b=x y'")
