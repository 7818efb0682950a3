"""The leaderboard page and what it is made from, without a browser."""

import dataclasses
import re
from importlib.resources import files

import numpy as np
import pytest
from example_board import HOSTILE, TASKS, example_board, specialist_section

from sim_suite.errors import SuiteError
from sim_suite.leaderboard.report import charts, figures
from sim_suite.leaderboard.report.assemble import Entrant, make_section
from sim_suite.leaderboard.report.model import Outcomes
from sim_suite.leaderboard.report.page import render, task_plot
from sim_suite.leaderboard.report.sentences import few_sentence, left_out_sentence
from sim_suite.leaderboard.statistics import FEW_RUNS, interval, normalise
from tests.leaderboard.html_tags import Tags


@pytest.fixture(scope="module")
def board():
    return example_board()


@pytest.fixture(scope="module")
def page(board):
    return render(board)


@pytest.fixture(scope="module")
def specialists():
    return specialist_section()


def test_page_is_well_formed_and_self_contained(page):
    tags = Tags(page)
    assert tags.open == []
    for _, attributes in tags.found:
        for key in ("src", "href", "poster", "srcset", "action"):
            if key in attributes:
                assert attributes[key].startswith(("data:", "#"))
    assert re.findall(r"https?://|url\(|@import", page) == []


def test_names_are_escaped_and_only_our_script_may_run(page):
    assert HOSTILE not in page
    assert HOSTILE.replace("<", "&lt;").replace(">", "&gt;").replace("'", "&#39;") in page
    assert page.count("<script>") == 1
    assert re.search(r"script-src 'sha256-[A-Za-z0-9+/=]{44}'", page)


def test_hostile_strings_are_escaped_wherever_people_write():
    evil = '"><img src=x onerror=alert(1)>'
    task = dataclasses.replace(TASKS[0], name=evil, env=evil, metric=evil, random_source=evil, reference_source=evil)
    entrant = Entrant(evil, evil, {evil: [np.arange(4.0)]}, {}, hardware=evil, clips={evil: b"x"})
    section = make_section(evil, evil, [task], [entrant, dataclasses.replace(entrant, label=evil + "2")], seed=0)
    text = render(
        dataclasses.replace(example_board(clips=False), title=evil, sections=(section,), provenance={evil: evil})
    )
    assert "<img" not in text
    assert Tags(text).open == []


def test_same_board_gives_the_same_bytes(board, page):
    assert render(board) == page
    assert render(example_board()) == page


def test_page_shows_every_promised_thing(board, page):
    section = board.sections[0]
    for words in (
        "CartPole-v1",
        "privileged",
        "3 agent",
        "1 env",
        "40 agent",
        "not scored on every task",
        "small dots show the score of each training run",
        "n = 1 training seed",
        "400\u202fk",
        "2-core CPU, 9 min a run",
        *board.provenance.values(),
        *board.notes,
    ):
        assert str(words) in page.replace("&#39;", "'")
    first = section.entries[0].aggregate
    assert f'<span class="value">{figures.point(first)}</span>' in page
    assert page.count("<video ") == 12
    assert page.count('aria-sort="descending"') >= 1


def test_points_are_shown_below_ten_seeds_and_not_from_ten_on(board):
    section = board.sections[0]
    by_label = {e.label: e for e in section.entries}
    few, many, single = (by_label[name].results[0] for name in ("Double DQN", "PPO", "Planner"))
    plots = [charts.interval_plot([charts.Bar(r.mean, 0, r.scores)], [], "t") for r in (few, many, single)]
    assert [p.count('class="run"') for p in plots] == [5, 0, 0]
    assert [p.count('class="episode"') for p in plots] == [0, 0, 40]
    assert f"Fewer than {FEW_RUNS} training seeds" in few_sentence(section, 0)
    alone = dataclasses.replace(section, entries=(by_label["PPO"],))
    assert few_sentence(alone, 0) == ""


def test_section_orders_entries_and_never_averages_over_missing_tasks(board):
    section = board.sections[0]
    points = [e.aggregate.point for e in section.entries if e.aggregate]
    assert points == sorted(points, reverse=True)
    assert section.entries[-1].label == "Broken"
    assert section.entries[-1].aggregate is None
    assert section.entries[-1].results[1].mean is None
    assert section.improvement[4] == (None,) * 5
    assert section.profiles[4] is None
    assert section.unit == "episodes"


def test_section_holds_the_statistics_of_its_scores(board):
    section = board.sections[0]
    entry = next(e for e in section.entries if e.label == "Double DQN")
    scores = entry.results[0].scores
    assert entry.results[0].mean == interval(scores, "mean", seed=0, resamples=2000)
    relative = normalise(scores, random=22.0, reference=500.0)
    assert entry.results[0].normalised.point == pytest.approx(np.mean(relative))
    first, second = section.improvement[0][1], section.improvement[1][0]
    assert first.point + second.point == pytest.approx(1)
    assert (second.low, second.high) == pytest.approx((1 - first.high, 1 - first.low))


def test_comparisons_are_over_runs_where_all_have_many():
    scores = {TASKS[0].name: list(np.random.default_rng(0).normal(100, 10, (FEW_RUNS, 3)))}
    pair = [Entrant(name, name, scores, {}) for name in "ab"]
    section = make_section("s", "", TASKS[:1], pair, seed=0, resamples=200)
    assert section.unit == "runs"
    assert section.improvement[0][1].point == 0.5
    assert "a training run of the row" in render(dataclasses.replace(example_board(clips=False), sections=(section,)))


def test_suite_without_entries_or_scores_still_renders():
    empty = make_section("empty", "", TASKS, [], seed=0)
    crashed = make_section("crashed", "", TASKS, [Entrant("a", "a", {}, {}), Entrant("b", "b", {}, {})], seed=0)
    text = render(dataclasses.replace(example_board(clips=False), sections=(empty, crashed)))
    assert text.count("No agent entered this task.") == 6
    assert text.count("No agent was scored on every task") == 1
    assert "Head to head" not in text
    assert 'href="#suite-2"' in text
    with pytest.raises(SuiteError, match="no tasks"):
        make_section("none", "", [], [], seed=0)


def _article(text, task):
    """The part of a page on one task."""
    return next(part for part in text.split('<article class="task">') if f"<h4>{task}" in part).split("</article>")[0]


def test_a_task_shows_those_that_entered_it_in_their_own_colours(specialists):
    text = render(dataclasses.replace(example_board(clips=False), sections=(specialists,)))
    assert [specialists.entered(task) for task in range(3)] == [(2, 0, 3), (0, 3, 1), ()]
    first, second, last = (_article(text, task.name) for task in TASKS)
    assert re.findall(r'<li><span class="agent c(\d+)"', first.replace("\n", "")) == ["2", "0", "3"]
    assert re.findall(r'<g class="c(\d+)"', first) == ["2", "0", "3"]
    assert re.findall(r'<g class="c(\d+)"', second) == ["0", "3"]
    assert (first.count("no scored episode"), second.count("no scored episode")) == (0, 1)
    assert "No agent entered this task." in last
    assert text.count('title="did not enter"') == 1 + 1 + 4
    assert text.count('title="no scored episode"') == 1


def test_without_a_ranking_there_is_no_overall_comparison(specialists):
    text = render(dataclasses.replace(example_board(clips=False), sections=(specialists,)))
    for words in ("Head to head", "Normalised IQM", 'class="rank"', "Interquartile mean of normalised scores"):
        assert words not in text
    assert "No agent was scored on every task" in text


def test_comparisons_by_task_are_among_those_scored_there(specialists):
    duel = specialists.duels[0]
    assert (duel.entries, duel.unit) == ((2, 0, 3), "episodes")
    assert [duel.cells[i][i] for i in range(3)] == [None] * 3
    assert duel.cells[0][1].point == duel.cells[0][2].point == 1.0
    assert duel.cells[1][2].point == 0.5
    assert specialists.duels[1].entries == (0, 3)
    assert specialists.duels[2] is None
    text = render(dataclasses.replace(example_board(clips=False), sections=(specialists,)))
    assert [_article(text, task.name).count('<table class="heat">') for task in TASKS] == [1, 1, 0]


def test_a_section_of_one_task_compares_once():
    entrants = [Entrant(name, name, {TASKS[0].name: [np.arange(4.0)]}, {}) for name in "ab"]
    section = make_section("s", "", TASKS[:1], entrants, seed=0, resamples=200)
    assert section.duels == (None,)
    text = render(dataclasses.replace(example_board(clips=False), sections=(section,)))
    assert text.count('<table class="heat">') == 1


def test_ranks_and_who_is_left_out_are_said(specialists):
    tasks = TASKS[:2]
    table = {t.name: [np.linspace(t.random, t.reference, 5)] for t in tasks}
    entrants = [
        Entrant("a", "a", table, {}),
        Entrant("b", "b", table, {}),
        Entrant("c", "c", {t.name: [np.full(5, t.random)] for t in tasks}, {}),
        Entrant("d", "d", {tasks[0].name: table[tasks[0].name]}, {}),
        Entrant("e", "e", {}, {tasks[0].name: Outcomes(env_error=1), tasks[1].name: Outcomes(agent_error=1)}),
    ]
    section = make_section("s", "", tasks, entrants, seed=0, resamples=200)
    text = render(dataclasses.replace(example_board(clips=False), sections=(section,)))
    assert re.findall(r'<span class="rank"[^>]*>(\d*)</span>', text) == ["1", "1", "3", "", ""]
    said = (
        "1 agent did not enter every task and is not ranked here. 1 agent finished no episode of some task and is not"
    )
    assert said in text
    assert left_out_sentence(specialists).startswith("4 agents did not enter every task and are not ranked")
    assert len(re.findall(r'<circle class="point"', text.split("<table")[0])) == 3


def test_a_note_that_a_section_says_is_not_said_twice(board):
    section = board.sections[0]
    text = render(dataclasses.replace(board, notes=(section.description, "Once.")))
    assert text.count(section.description) == 1
    assert text.count("Once.") == 1


def test_clips_stand_with_their_task(page):
    for task in TASKS:
        assert re.findall(r'aria-label="([^"]*) on ([^"]*)"></video>', _article(page, task.name)) == [
            (label, task.name) for label in _labels(page, task.name) if label != "Broken"
        ]
    assert "<h3>Clips</h3>" not in page


def _labels(page, task):
    plot = _article(page, task).split("</ul>")[0]
    return re.findall(r'<span class="name" title="([^"]*)"', plot)


def test_twelve_entries_have_twelve_colours():
    entrants = [Entrant(f"{i:02}", "x", {TASKS[0].name: [np.arange(3.0)]}, {}) for i in range(12)]
    section = make_section("s", "", TASKS[:1], entrants, seed=0, resamples=50)
    assert len(set(re.findall(r'<g class="(c\d+)"', task_plot(section, 0)))) == 12
    css = (files("sim_suite.leaderboard.report") / "page.css").read_text()
    for scheme in (css.split("@media")[0], css.split("@media")[1]):
        assert len(set(re.findall(r"--c\d+: (#\w{6})", scheme))) == 12
    assert len(re.findall(r"\.c(\d+) { --own: var\(--c\1\) }", css)) == 12
