"""The arena's page, terminal and plain scores, from records made by hand."""

import json

import pytest
from rich.console import Console

from sim_suite.boards.games.connect_four import CONNECT_FOUR
from sim_suite.leaderboard.arena.films import film, film_path, poster
from sim_suite.leaderboard.arena.page import render
from sim_suite.leaderboard.arena.records import ArenaRecords, GameRow, Judgement, Pairing
from sim_suite.leaderboard.arena.results import plain_scores, provenance, results_csv
from sim_suite.leaderboard.arena.standings import tables
from sim_suite.leaderboard.arena.suite import parse
from sim_suite.leaderboard.arena.terminal import game_tables
from sim_suite.leaderboard.records import EntryRecord, RunRecord
from tests.leaderboard.html_tags import Tags

HOSTILE = "<script>alert(1)</script>"
FIRST_WINS, SECOND_WINS = (3, 0, 3, 0, 3, 0, 3), (0, 3, 0, 3, 1, 3, 1, 3)
SUITE = {
    "name": "trial",
    "version": 1,
    "summary": "For a test.",
    "games": [{"name": "connect_four", "openings": 2, "least_plies": 0}],
}


def row(one, other, number, result, **more):
    moves = {1: FIRST_WINS, -1: SECOND_WINS, None: ()}[result]
    return GameRow(
        "connect_four", one, other, number, "ok" if result is not None else "agent_error", result, 0, moves, **more
    )


@pytest.fixture
def records():
    """`good` wins all against `random`; HOSTILE broke everything off; `late` never played."""
    found = ArenaRecords(
        parse(SUITE, "here"), {"hardware": "x86_64, 2 CPUs", "versions": {"sim-suite": "0.1.0", "numpy": "2.0"}}
    )
    for label, agent in (("good", "mcts"), ("late", "mcts-5"), ("random", "random"), (HOSTILE, "own.py:Own")):
        found.entries[label] = EntryRecord(label, {"connect_four": [0]}, [RunRecord(agent, "f" * 64)])
    played = [row("good", "random", number, 1 if number % 2 == 0 else -1) for number in range(4)]
    played += [row(HOSTILE, "good", number, None, faulty=HOSTILE, message="no") for number in range(4)]
    for one in played:
        found.games[one.pairing, one.number] = one
    found.judgements["connect_four", HOSTILE] = Judgement("connect_four", HOSTILE, (), "ValueError: no")
    return found


def test_the_examples_are_games(records):
    for moves, result in ((FIRST_WINS, 1), (SECOND_WINS, -1)):
        assert CONNECT_FOUR.outcome(CONNECT_FOUR.after(CONNECT_FOUR.start(), *moves)) == result


def test_who_has_no_result_is_missing_and_never_zero(records):
    [table] = tables(records)
    assert [one.label for one in table.standings] == ["good", "random", HOSTILE, "late"]
    good, random, hostile, late = table.standings
    assert table.zero == "random"
    assert (good.score.wins, good.score.share.point) == (4, 1.0)
    assert good.elo.low > 0
    assert random.elo.point == 0
    for one in (hostile, late):
        assert one.elo is None
        assert one.lead is None
        assert one.score.share is None
    assert (hostile.faults, late.faults) == (4, 0)
    assert table.cells[0][1].games == 4
    assert table.cells[0][2].games == 0
    assert table.cells[0][2].share is None
    assert table.cells[0][0] is None


def test_plain_scores_hold_nothing_where_there_is_none(records):
    scores = plain_scores(records, tables(records))
    text = json.dumps(scores, allow_nan=False)
    assert "NaN" not in text
    good, _, hostile, late = scores["games"]["connect_four"]["agents"]
    assert good["against"]["random"] == {
        "wins": 4, "draws": 0, "losses": 0, "point": 1.0, "low": pytest.approx(0.5101, abs=1e-4), "high": 1.0, "n": 4,
    }  # fmt: skip
    assert late["elo"] is None
    assert late["score"] is None
    assert late["against"] == {}
    assert hostile["judge_fault"] == "ValueError: no"


def test_results_name_moves(records):
    lines = results_csv(records).splitlines()
    assert lines[0].startswith("game,first,second,opening,outcome,result,plies,opening_plies,moves")
    assert "connect_four,good,random,0,ok,1,7,0,d a d a d a d,," in lines
    assert f"connect_four,good,{HOSTILE},0,agent_error,,0,0,,{HOSTILE},no" in lines
    assert len(lines) == 9


def page(records, folder=None):
    return render(records.suite, tables(records, folder), provenance(records))


def test_the_page_is_well_formed_escaped_and_self_contained(records, tmp_path):
    path = film_path(tmp_path, Pairing("connect_four", "good", "random"))
    path.parent.mkdir()
    path.write_bytes(film(CONNECT_FOUR, FIRST_WINS))
    text = page(records, tmp_path)
    tags = Tags(text)
    assert tags.open == []
    assert HOSTILE not in text
    assert [tag for tag, _ in tags.found].count("script") == 1
    sources = [attributes.get("src", "") for _, attributes in tags.found if "src" in attributes]
    assert len(sources) == 1
    assert all(source.startswith("data:") for source in sources)
    assert "good, moving first, beat random in 7 plies" in text
    assert text == page(records, tmp_path), "equal records give equal text"


def test_the_page_tells_how_and_whence(records):
    text = page(records)
    for words in (
        "Bradley and Terry", "Bayesian bootstrap", "no game connects it", "4 games", "4 own", "SHA-256", "Points of Elo above random",
        "sim-suite leaderboard trial --agents", "no game with a result",
    ):  # fmt: skip
        assert words in text, words


def test_a_page_without_any_result_still_renders(records):
    records.games.clear()
    [table] = tables(records)
    assert table.zero == ""
    assert all(one.elo is None for one in table.standings)
    assert "nobody is rated" in page(records)


def test_the_terminal_shows_dashes_where_nothing_is(records):
    console = Console(width=160, no_color=True, record=True, file=open("/dev/null", "w"))  # noqa: SIM115, PTH123
    for piece in game_tables(tables(records)[0]):
        console.print(piece)
    text = console.export_text()
    [late] = [line for line in text.splitlines() if line.startswith("late") and line.count("–") > 4][:1]
    assert "0 " not in late.replace("late", "")[: late.rindex("–")]
    assert "100.0 % 51–100" in text
    assert f"{HOSTILE} could not be judged: ValueError: no" in text


def test_a_film_has_every_position_and_fits_its_time():
    import av

    with av.open(__import__("io").BytesIO(film(CONNECT_FOUR, FIRST_WINS))) as container:
        frames = sum(1 for _ in container.decode(video=0))
    assert frames == 1 + len(FIRST_WINS) + 3, "the beginning, each move, and the end held for a second and a half"
    assert film(CONNECT_FOUR, FIRST_WINS) == film(CONNECT_FOUR, FIRST_WINS)
    assert poster(CONNECT_FOUR, FIRST_WINS)[:4] == b"\x89PNG"


@pytest.mark.parametrize("width", [1280, 420])
def test_the_page_in_a_browser(browser, records, tmp_path, width):
    path = tmp_path / "leaderboard.html"
    path.write_text(page(records), encoding="utf-8")
    browser.open(path, width=width)
    assert browser.problems() == []
    assert browser.evaluate("document.documentElement.scrollWidth") <= width
    browser.click("table.overview th:nth-child(2) button")
    browser.click("table.overview th:nth-child(2) button")
    labels = browser.evaluate(
        "[...document.querySelectorAll('table.overview tbody tr')].map(r => r.cells[0].dataset.value)"
    )
    assert labels[-2:] == [HOSTILE, "late"], "who has no rating comes last in either order"
