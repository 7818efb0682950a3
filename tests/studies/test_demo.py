"""The demonstration: what it replaces, and what it never touches."""

from __future__ import annotations

import av
import pytest

from agents import recipe as recipes
from agents.naming import find
from sim_suite.envs.catalog import card
from sim_suite.errors import SuiteError
from sim_suite.leaderboard import suite as suites
from sim_suite.studies import demo


def test_it_clears_what_an_earlier_one_left(tmp_path):
    (tmp_path / "training" / "x").mkdir(parents=True)
    for name in ("journal.jsonl", "leaderboard.html", "town.html", ".lock"):
        (tmp_path / name).write_text("old")
    demo.clear(tmp_path)
    assert list(tmp_path.iterdir()) == []
    demo.clear(tmp_path / "new")


def test_it_never_clears_a_folder_with_anything_else_in_it(tmp_path):
    (tmp_path / "journal.jsonl").write_text("old")
    (tmp_path / "thesis.tex").write_text("years of work")
    with pytest.raises(SuiteError, match=r"holds 'thesis\.tex', which no demonstration wrote"):
        demo.clear(tmp_path)
    assert len(list(tmp_path.iterdir())) == 2


def test_it_shows_a_trained_or_scripted_agent_on_every_task():
    shown = {recipes.load(name).env for name in demo.RECIPES}
    for name in demo.SCRIPTED:
        entry = find(name).entry
        shown |= set(entry.envs) if entry is not None else set()
    assert {card(task.env).id for task in suites.load(demo.SUITE).tasks} <= shown


def test_it_draws_a_town_that_it_made(tmp_path):
    page = demo.draw_town(tmp_path / demo.TOWN).read_text()
    assert page.startswith("<!doctype html>")
    assert "traffic light" in page


def test_it_shows_recorded_laps(tmp_path):
    page, film = demo.show_laps(tmp_path / demo.LAPS_PAGE, tmp_path / demo.LAP)
    assert demo.LAPS in page.read_text()
    with av.open(str(film)) as container:
        frames = sum(1 for _ in container.decode(video=0))
    assert frames == 734  # the first lap's 733 steps and what it began with


def test_it_films_a_game_between_agents_that_search(tmp_path):
    with av.open(str(demo.film_game(tmp_path / demo.GAME))) as container:
        frames = sum(1 for _ in container.decode(video=0))
    assert 7 + 1 < frames <= 42 + 1 + 8  # no game is over before the seventh move, and the last position is held
