"""The leaderboard in a terminal, wide and narrow."""

import dataclasses
import io

import pytest
from example_board import example_board, specialist_section
from rich.console import Console

from sim_suite.leaderboard.report import figures
from sim_suite.leaderboard.report.terminal import section_table


@pytest.fixture(scope="module")
def board():
    return example_board(clips=False)


@pytest.fixture(scope="module")
def specialists():
    return specialist_section()


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


@pytest.mark.parametrize("width", [60, 80, 120, 160])
def test_terminal_never_breaks_a_figure(board, specialists, width):
    for section in (board.sections[0], specialists):
        out = io.StringIO()
        Console(file=out, width=width).print(section_table(section))
        lines = out.getvalue().splitlines()
        assert max(map(len, lines)) <= width
        assert "…" not in out.getvalue()
        for entry in section.entries:
            for result in entry.results:
                assert any(figures.bounds(result.mean) in line for line in lines)
                assert any(figures.point(result.mean) in line for line in lines)


def test_terminal_shows_one_table_where_it_fits_and_a_table_a_task_where_not(board):
    section = board.sections[0]
    wide, narrow = io.StringIO(), io.StringIO()
    Console(file=wide, width=160).print(section_table(section))
    Console(file=narrow, width=80).print(section_table(section))
    assert (wide.getvalue().count("Seeds"), narrow.getvalue().count("Seeds")) == (1, 1 + len(section.tasks))
    assert "1 agent finished no episode of some task" in narrow.getvalue()
