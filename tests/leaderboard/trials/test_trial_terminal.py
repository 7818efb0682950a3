"""A trial in a terminal."""

import io
from dataclasses import replace

import pytest
from example_trials import judged, trial
from rich.console import Console

from sim_suite.leaderboard.trials.terminal import trial_table


def printed(one, width=100):
    out = io.StringIO()
    Console(file=out, width=width).print(trial_table(one))
    return out.getvalue()


def test_many_variations_show_rate_criteria_worst_and_median():
    one = trial()
    failed = sum(not verdict.passed for verdict in one.verdicts)
    text = printed(one)
    assert text.startswith("cut_in  idm *\n")
    assert f"Failed in {failed} of 64 variations." in text
    assert f"Pass rate: {100 * (64 - failed) / 64:.1f} % [" in text
    assert "that could be mastered" in text
    assert f"{failed} of 64" in text
    for which in (one.worst, one.median):
        assert which.id in text
        assert f"sim-suite run cut_in.py --agent idm --variation {which.id}\n" in text
    assert "* privileged" in text


def test_a_single_failure_shows_value_limit_time_and_place():
    one = trial(lambda v: judged(v, True), 1)
    line = next(line for line in printed(one).splitlines() if line.startswith("no collision"))
    assert line.split() == ["no", "collision", "broken", "1", "0", "2.50", "s,", "x", "12.3", "y", "−7.0", "m"]
    assert "4 m/s  5 m/s" in printed(one)
    assert "Pass rate" not in printed(one)


def test_all_passed():
    assert "Passed in all 3 variations." in printed(trial(lambda v: judged(v, False), 3))


def test_names_are_text_and_notes_are_shown():
    text = printed(replace(trial(), agent="[red]x[/red]", notes=("[b]mind[/b]",)))
    assert "[red]x[/red] *" in text
    assert "[b]mind[/b]" in text


@pytest.mark.parametrize("width", [60, 80, 120])
def test_nothing_is_cut_off(width):
    text = printed(trial(), width)
    assert "…" not in text
    others = [line for line in text.splitlines() if "sim-suite run" not in line]
    assert max(map(len, others)) <= width
