"""What one sees while an agent trains: what is drawn, how often, what it costs, and that it is silent where nobody looks."""

from __future__ import annotations

import io
import json

import pytest
from rich.console import Console

from sim_suite.cli import console, train, training_display
from sim_suite.cli.history import CAPACITY
from sim_suite.cli.main import main
from sim_suite.cli.training_display import REDRAWS_PER_S, TrainingDisplay


class Clock:
    """Seconds that pass when told; each reading takes `tick_s`."""

    def __init__(self, tick_s=0.0):
        self.now_s, self.tick_s = 0.0, tick_s

    def __call__(self):
        self.now_s += self.tick_s
        return self.now_s


def terminal(width=100, height=40, encoding="utf-8"):
    out = io.TextIOWrapper(io.BytesIO(), encoding=encoding, write_through=True)
    return Console(file=out, force_terminal=True, width=width, height=height, color_system=None, legacy_windows=False)


def lines(display, shown):
    with shown.capture() as captured:
        shown.print(display.picture())
    return [line.rstrip() for line in captured.get().splitlines()]


def rising(display, count=8):
    for step in range(count):
        display.watch(step, 100, {"loss": 8.0 - step, "episode_return": float(step), "epsilon": 0.5, "round": 1.0})


def test_the_course_of_known_numbers_is_these_characters():
    shown = terminal(width=60, height=13)
    display = TrainingDisplay(shown, "dqn", 100, clock=Clock())
    rising(display)
    text = lines(display, shown)
    assert text[0].startswith("dqn ")
    assert " 7 %" in text[0]
    curve = slice(23, 41)
    assert [line[curve].replace("⠀", " ").rstrip() for line in text[2:6]] == [
        "             ⢀⣀⠤⠒⠉",  # dot i of 36 is round(i * 15 / 35) high, counted from below
        "         ⣀⠤⠔⠊⠁",
        "    ⢀⡠⠔⠒⠉",
        "⣀⠤⠒⠉⠁",
    ]
    assert text[2].startswith("episode_return ")
    assert text[2].endswith("max 7")
    assert text[3].startswith("7 ")
    assert text[5].endswith("min 0")
    assert text[7].startswith("loss ")
    assert text[8].startswith("1 ")


def test_returns_come_first_then_losses_and_the_rest_when_watched():
    shown = terminal()
    display = TrainingDisplay(shown, "dqn", 100, clock=Clock(), watched=("epsilon", "no_such"))
    rising(display)
    assert [line.split()[0] for line in lines(display, shown)[2::5]] == ["epsilon", "episode_return", "loss"]


def test_what_was_recorded_before_stands_in_front():
    whole, shown = TrainingDisplay(terminal(), "dqn", 100, done=0, clock=Clock()), terminal()
    rising(whole)
    before = [(step, {"loss": 8.0 - step, "episode_return": float(step)}) for step in range(5)]
    resumed = TrainingDisplay(shown, "dqn", 100, done=4, before=before, clock=Clock())
    for step in range(5, 8):
        resumed.watch(step, 100, {"loss": 8.0 - step, "episode_return": float(step)})
    assert lines(resumed, shown)[1:] == lines(whole, terminal())[1:]


@pytest.mark.parametrize(
    ("width", "height", "encoding"), [(59, 40, "utf-8"), (100, 3, "utf-8"), (100, 40, "ascii"), (20, 1, "utf-8")]
)
def test_a_window_without_room_shows_the_bar_alone(width, height, encoding):
    shown = terminal(width, height, encoding)
    display = TrainingDisplay(shown, "dqn", 100, clock=Clock())
    rising(display)
    text = lines(display, shown)
    assert len(text) == 1
    assert text[0].startswith("dqn")


@pytest.mark.parametrize("width", [60, 75, 89, 90, 100, 237])
@pytest.mark.parametrize("height", range(1, 45))
def test_it_fits_any_window(width, height):
    shown = terminal(width, height)
    display = TrainingDisplay(shown, "dqn", 100, clock=Clock(), watched=("epsilon", "round"))
    rising(display)
    text = lines(display, shown)
    assert len(text) <= max(1, height - 2)
    assert max(map(len, text)) <= width


def test_four_redraws_a_second_at_most():
    clock = Clock()
    with TrainingDisplay(terminal(), "dqn", 10_000, clock=clock) as display:
        for step in range(10_000):
            clock.now_s = step / 1000
            display.watch(step, 10_000, {"loss": 1.0})
    assert display.drawn == 10 * REDRAWS_PER_S


def test_a_slow_terminal_takes_a_hundredth_of_the_time():
    """A drawing that takes 0.1 s happens every 10 s: the clock moves 0.1 s between the two readings around it."""
    clock = Clock()
    display = TrainingDisplay(terminal(), "dqn", 100_000, clock=clock)

    def slow():
        clock.now_s += 0.1

    display._live.refresh = slow
    while clock.now_s < 1000.0:
        clock.now_s += 0.1
        display.watch(1, 100_000, {"loss": 1.0})
    assert display.drawn * 0.1 <= 0.01 * 1000 + 0.1
    assert display.drawn >= 95


def test_a_drawing_of_a_long_run_computes_no_more_than_one_of_a_short(monkeypatch):
    """Counted, not timed: points that reach the drawing, and records touched by a report."""
    given = []
    real = training_display.braille_curve
    monkeypatch.setattr(
        training_display, "braille_curve", lambda steps, *rest: given.append(len(steps)) or real(steps, *rest)
    )
    shown = terminal()
    display = TrainingDisplay(shown, "dqn", 10**6, clock=Clock())
    for step in range(20_000):
        display._take(step, {"loss": 1.0 / (1 + step)})
    lines(display, shown)
    assert given == [display._histories["loss"].points]
    assert given[0] < CAPACITY


def test_a_loss_over_decades_has_a_logarithmic_axis_and_says_so():
    shown = terminal(width=60, height=13)
    display = TrainingDisplay(shown, "bc", 100, clock=Clock())
    for step in range(8):
        display.watch(step, 100, {"loss": 10.0 ** (4 - step)})
    text = lines(display, shown)
    assert text[3].startswith("0.001 (log axis)")
    straight = TrainingDisplay(shown, "bc", 100, clock=Clock())
    for step in range(8):
        straight.watch(step, 100, {"loss": 4.0 - step})
    assert [line[23:41] for line in text[2:6]] == [line[23:41] for line in lines(straight, shown)[2:6]]


def test_a_loss_that_is_no_number_any_more_is_seen():
    shown = terminal()
    display = TrainingDisplay(shown, "bc", 100, clock=Clock())
    for step, value in enumerate([3.0, 2.0, float("nan")]):
        display.watch(step, 100, {"loss": value})
    text = lines(display, shown)
    assert text[3].startswith("nan ")
    assert text[2].endswith("max 3")


def test_it_is_silent_where_nobody_looks():
    out = io.StringIO()
    with TrainingDisplay(Console(file=out), "dqn", 100, clock=Clock()) as display:
        rising(display)
    assert out.getvalue() == ""
    assert display.drawn == 0


def test_ctrl_c_leaves_the_last_picture_and_the_cursor():
    shown = terminal()

    def stopped():
        with TrainingDisplay(shown, "dqn", 100, clock=Clock()) as display:
            rising(display)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stopped()
    shown.file.flush()
    text = shown.file.buffer.getvalue().decode()
    assert text.rstrip().endswith("\x1b[?25h")
    assert "episode_return" in text


SHORT = ("--set", "steps=3000")


def test_training_shows_curves_and_a_resumed_run_those_from_before(tmp_path, monkeypatch, capsys):
    shown = terminal()
    monkeypatch.setattr(console, "err", shown)
    command = ["train", "q-learning", "FrozenLake-v1", *SHORT, "--watch", "epsilon", "no_such"]
    assert main([*command, "--out", str(tmp_path / "run")]) == 0
    text = shown.file.buffer.getvalue().decode()
    assert "episode_return" in text
    assert "epsilon" in text
    assert "--watch: unknown metric 'no_such'" in text
    capsys.readouterr()
    recorded = [json.loads(line) for line in (tmp_path / "run/metrics.jsonl").read_text().splitlines()]
    training = train.resume(tmp_path / "run")
    before = list(train._recorded(training))
    assert [(row.pop("step"), row) for row in recorded] == before


def test_training_is_silent_without_a_terminal(tmp_path, capfd):
    assert main(["train", "q-learning", "FrozenLake-v1", *SHORT, "--out", str(tmp_path / "run")]) == 0
    said = capfd.readouterr().err
    assert "steps/s" not in said
    assert "⣀" not in said
