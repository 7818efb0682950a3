"""The file that drives: what it says, when it is done, and what is wrong with a bad one."""

from __future__ import annotations

import pytest

from sim_suite.episodes.cockpit.script import Line, ScriptedHand, read_script
from sim_suite.episodes.cockpit.seat import Command, Hand
from sim_suite.errors import SuiteError


def script(tmp_path, text):
    path = tmp_path / "drive.jsonl"
    path.write_text(text, encoding="utf-8")
    return read_script(path)


def test_a_file_is_read_in_its_order(tmp_path):
    found = script(
        tmp_path,
        '# a lap\n\n{"at_s": 0, "keys": ["up", "a"]}\n{"step": 3, "hand": {"steer": -0.5, "brake": 1}}\n'
        '{"at_s": 1.5, "episode": 2, "commands": ["reset"]}\n{"at": "end", "commands": ["tag", "keep"]}\n',
    )
    assert found == (
        Line(at_s=0.0, keys=frozenset({"up", "a"})), Line(step=3, hand=Hand(-0.5, 0.0, 1.0)),
        Line(at_s=1.5, episode=2, commands=(Command.RESET,)), Line(commands=(Command.TAG, Command.KEEP)),
    )  # fmt: skip
    assert [line.at_end for line in found] == [False, False, False, True]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "says nothing"),
        ("# only this\n", "says nothing"),
        ('{"at_s": 0, "keys": ["up"]}\n{"at_s": 0', r"line 2 is no JSON"),
        ('["up"]', "line 1 must be an object"),
        ('{"keys": ["up"]}', "must say when"),
        ('{"at_s": 0, "step": 0, "keys": []}', "must say when"),
        ('{"at": "start", "commands": ["keep"]}', "can only be"),
        ('{"at_s": 0}', "must say what"),
        ('{"at_s": 0, "keys": [], "hand": {}}', "must say what"),
        ('{"at_s": -1, "keys": []}', '"at_s" must be a number from 0'),
        ('{"at_s": "0", "keys": []}', '"at_s" must be a number from 0'),
        ('{"at_s": 1e999, "keys": []}', '"at_s" must be a number from 0'),
        ('{"step": 1.5, "keys": []}', '"step" must be a whole number of 0 or more'),
        ('{"step": 1, "episode": 0, "keys": []}', '"episode" must be a whole number of 1 or more'),
        ('{"at_s": 0, "keys": "up"}', '"keys" must be a list of words'),
        ('{"at_s": 0, "keys": ["upp"]}', "unknown word of keys .*'upp'. Did you mean 'up'"),
        ('{"at_s": 0, "commands": ["pauze"]}', "Did you mean 'pause'"),
        ('{"at_s": 0, "hand": {"steer": 2}}', '"steer" must be a number from -1 to 1'),
        ('{"at_s": 0, "hand": {"gas": 1}}', "unknown part of the hand"),
        ('{"at_s": 0, "hand": 1}', '"hand" must be an object'),
        ('{"at_s": 0, "key": ["up"]}', "unknown word .*Did you mean 'keys'"),
    ],
)
def test_a_bad_file_says_which_line_and_how_to_mend_it(tmp_path, text, message):
    with pytest.raises(SuiteError, match=message) as caught:
        script(tmp_path, text)
    assert "drive.jsonl" in str(caught.value)


def test_a_file_that_is_none(tmp_path):
    with pytest.raises(SuiteError, match="does not exist"):
        read_script(tmp_path / "none.jsonl")
    (tmp_path / "raw").write_bytes(b"\xff\xfe")
    with pytest.raises(SuiteError, match="is no text"):
        read_script(tmp_path / "raw")


def test_moments_count_driven_steps_only_and_commands_come_one_line_a_reading(tmp_path):
    hand = ScriptedHand(script(
        tmp_path,
        '{"step": 1, "hand": {"throttle": 1}}\n{"at_s": 0.1, "commands": ["pause"]}\n{"at_s": 0.1, "commands": ["pause"]}\n'
        '{"at_s": 0.2, "keys": ["left"]}\n{"at_s": 0.25, "keys": []}\n',
    ))  # fmt: skip
    hand.begins(1)
    seen = [hand.read(5.0, 0.05, 0.0) for _ in range(2)]
    assert [(one.hand.throttle, one.touched, one.at_s) for one in seen] == [(0.0, False, 5.0), (1.0, True, 5.0)]
    paused = hand.read(5.1, 0.05, 0.0)
    assert paused.commands == (Command.PAUSE,)
    assert hand.read(5.2, 0.0, 0.0).commands == (
        Command.PAUSE,
    )  # nothing moves, so the next line at 0.1 s ends the pause
    later = [hand.read(5.3, 0.05, 0.0) for _ in range(4)]
    assert [bool(one.hand.steer) for one in later] == [False, False, True, False]
    assert [one.touched for one in later] == [True, True, True, False]


def test_each_episode_begins_anew_and_is_kept_unless_the_file_says_otherwise(tmp_path):
    hand = ScriptedHand(script(
        tmp_path, '{"step": 0, "keys": ["up"]}\n{"at": "end", "episode": 1, "commands": ["discard"]}\n'
    ))  # fmt: skip
    decided = []
    for episode in (1, 2):
        hand.begins(episode)
        throttles = [hand.read(0.0, 0.1, 0.0).hand.throttle for _ in range(3)]
        assert throttles == pytest.approx([0.2, 0.4, 0.6])
        hand.ends()
        decided.append([hand.read(0.0, 0.0, 0.0).commands for _ in range(3)])
    assert decided == [[(Command.DISCARD,), (Command.KEEP,), ()], [(Command.KEEP,), (), ()]]
