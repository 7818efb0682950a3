"""The leaderboard page, its charts, clips and terminal table, without a browser."""

import dataclasses
import io
import re
from html.parser import HTMLParser

import av
import numpy as np
import pytest
from example_board import HOSTILE, TASKS, example_board, moving_square
from rich.console import Console

from sim_suite.errors import SuiteError
from sim_suite.leaderboard.report import charts, figures
from sim_suite.leaderboard.report.assemble import Entrant, make_section
from sim_suite.leaderboard.report.clips import clip_size, encode_webm
from sim_suite.leaderboard.report.page import few_sentence, render
from sim_suite.leaderboard.report.terminal import section_table
from sim_suite.leaderboard.statistics import FEW_RUNS, Interval, interval, normalise


@pytest.fixture(scope="module")
def board():
    return example_board()


@pytest.fixture(scope="module")
def page(board):
    return render(board)


class _Tags(HTMLParser):
    """All start tags with their attributes; open tags are matched against close tags."""

    VOID = frozenset({"meta", "link"})

    def __init__(self, text):
        super().__init__()
        self.found, self.open = [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_page_is_well_formed_and_self_contained(page):
    tags = _Tags(page)
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
    assert _Tags(text).open == []


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
    plots = [charts.interval_plot([charts.Bar(r.mean, r.scores)], [], "t") for r in (few, many, single)]
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
    assert "no scored episode" in text
    assert 'href="#suite-2"' in text
    with pytest.raises(SuiteError, match="no tasks"):
        make_section("none", "", [], [], seed=0)


def test_interval_plot_puts_values_where_they_belong():
    """Axis from -5 to 105 after the 5 % margin: 0 lies at 5/110, 50 in the middle."""
    found = Interval(50.0, 0.0, 100.0, FEW_RUNS, 100)
    lines = [charts.Line(0.0, "random", "random"), charts.Line(100.0, "reference", "reference")]
    plot = charts.interval_plot([charts.Bar(found)], lines, "t")
    assert 'cx="50.0%"' in plot
    assert 'class="interval" x1="4.545%" x2="95.455%"' in plot


def test_a_runaway_interval_does_not_squeeze_the_points():
    runs = (np.array([1.0]), np.array([2.0]))
    found = interval(runs, "mean", seed=0)
    assert found.high - found.low > 5
    plot = charts.interval_plot([charts.Bar(found, runs)], [], "t")
    dots = [float(x) for x in re.findall(r'class="run" cx="([\d.]+)%"', plot)]
    assert dots[1] - dots[0] > 40
    assert plot.count('class="cut"') == 2


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0, 1, [0, 0.2, 0.4, 0.6, 0.8, 1.0]),
        (-200, -96, [-200, -180, -160, -140, -120, -100]),
        (3, 503, [100, 200, 300, 400, 500]),
    ],
)
def test_ticks_are_round_numbers(low, high, expected):
    assert figures.ticks(low, high)[0] == pytest.approx(expected)


def test_figures_show_the_digits_that_the_interval_supports():
    found = Interval(12345.678, 12000.0, 12700.0, 3, 9)
    assert (figures.point(found), figures.bounds(found)) == ("12\u202f346", "[12\u202f000, 12\u202f700]")
    small = Interval(-0.12345, -0.16, -0.08, 3, 9)
    assert (figures.point(small), figures.bounds(small)) == ("−0.123", "[−0.160, −0.080]")
    assert figures.number(-0.001, 1) == "0.0"
    assert figures.bounds(Interval(1.0, float("nan"), float("nan"), 1, 1, method="none")) == ""
    assert [figures.count(n) for n in (None, 950, 12_000, 1_500_000)] == ["–", "950", "12\u202fk", "1.5\u202fM"]
    assert figures.plain(-200.0) == "−200"


def test_clip_decodes_to_the_same_picture():
    data = encode_webm(moving_square(), width=320)
    with av.open(io.BytesIO(data)) as container:
        stream = container.streams.video[0]
        assert (stream.codec_context.name, stream.width, stream.height) == ("vp8", 320, 192)
        decoded = [frame.to_ndarray(format="rgb24") for frame in container.decode(stream)]
        assert float(stream.average_rate) == 15
    assert len(decoded) == 30
    small = next(moving_square())
    assert np.abs(decoded[0][::2, ::2].astype(int) - small).mean() < 8


def test_clips_are_deterministic_and_stop_at_their_length():
    source = moving_square(frames=60)
    first = encode_webm(source, seconds=2)
    assert len(list(source)) == 30
    assert encode_webm(moving_square(frames=60), seconds=2) == first


def test_clip_sizes_are_even_and_keep_the_aspect():
    assert clip_size(210, 160, 320) == (320, 420)
    assert clip_size(95, 161, 321) == (320, 188)
    assert clip_size(1, 1000, 320) == (320, 2)


def test_bad_frames_are_refused():
    with pytest.raises(SuiteError, match="at least one frame"):
        encode_webm([])
    with pytest.raises(SuiteError, match="float64"):
        encode_webm([np.zeros((8, 8, 3))])
    with pytest.raises(SuiteError, match="after"):
        encode_webm([np.zeros((8, 8, 3), np.uint8), np.zeros((8, 10, 3), np.uint8)])


def test_terminal_table_shows_names_as_text(board):
    out = io.StringIO()
    section = board.sections[0]
    named = dataclasses.replace(section.entries[0], label="[red]x[/red]")
    shown = dataclasses.replace(section, entries=(named, *section.entries[1:]))
    Console(file=out, width=160).print(section_table(shown))
    text = out.getvalue()
    assert "[red]x[/red] *" in text
    assert figures.bounds(section.entries[1].aggregate) in text
    assert "3 agent, 1 env" in text
    assert "privileged" in text
    assert "n = 1 training seed" in text
