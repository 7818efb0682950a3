"""What page and server say to each other."""

import contextlib
import json
import math

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim_suite.episodes.cockpit.seat import Command, Hand, Hud
from sim_suite.episodes.cockpit.web.messages import Drawn, Held, Pressed, pack, read_message, say_hello, unpack


def held(**changes):
    return json.dumps({"type": "held", "keys": ["up"], "hand": None, "present": True, **changes})


def test_what_the_page_says_is_read():
    assert read_message(held()) == Held(frozenset({"up"}), None, True)
    assert read_message(held(hand=[0.5, 1, 0], keys=[])) == Held(frozenset(), Hand(0.5, 1.0, 0.0), True)
    assert read_message('{"type": "pressed", "command": "keep"}') == Pressed(Command.KEEP)
    assert read_message('{"type": "drawn", "frame": 7}') == Drawn(7)


def test_a_hand_stays_within_its_reach():
    assert read_message(held(hand=[-9, 9, -9])) == Held(frozenset({"up"}), Hand(-1.0, 1.0, 0.0), True)


@pytest.mark.parametrize(
    "text",
    ["", "[]", "7", "{}", "nul", '{"type": "other"}', '{"type": "held"}', '{"type": "pressed", "command": "explode"}',
     '{"type": "pressed", "command": ["keep"]}', '{"type": "drawn", "frame": "7"}', held(keys="up"), held(keys=[1]),
     held(keys=["a"] * 17), held(present=1), held(hand=[1, 2]), held(hand=["1", 0, 0]), held(hand=[True, 0, 0]),
     held(hand=[math.nan, 0, 0]), held(hand=[math.inf, 0, 0]), held(hand=[10**400, 0, 0]), held(hand={}), "[" * 4000, b"\x00", b"{}"],
)  # fmt: skip
def test_what_our_page_would_not_say_is_refused(text):
    with pytest.raises(ValueError, match=r"."):
        read_message(text)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["type", "keys", "hand", "frame"]), inner)
    ),
)


@settings(max_examples=40, deadline=None)
@given(
    st.dictionaries(st.sampled_from(["type", "keys", "hand", "present", "command", "frame"]), _JSON), _JSON, st.text()
)
def test_nothing_said_does_more_than_be_refused(said, other, text):
    kinds = [{**said, "type": kind} for kind in ("held", "pressed", "drawn")]
    for message in (*map(json.dumps, [said, other, *kinds]), text):
        with contextlib.suppress(ValueError):
            read_message(message)


def test_a_picture_and_its_hud_travel_together():
    picture = np.full((40, 60, 3), (200, 100, 30), np.uint8)
    hud = Hud(hand=Hand(0.5, 1.0, 0.0), speed_mps=math.nan, infractions=(("off road", 2),), overlay=("Paused",))
    facts, jpeg = unpack(pack(picture, hud, 7, 12.5))
    assert facts["hand"] == {"steer": 0.5, "throttle": 1.0, "brake": 0.0}
    assert facts["infractions"] == [["off road", 2]]
    assert (facts["speed_mps"], facts["frame"], facts["round_trip_ms"]) == (None, 7, 12.5)
    shown = cv2.cvtColor(cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)
    assert shown.shape == picture.shape
    assert np.abs(shown.astype(int) - picture).max() <= 4


def test_a_command_shows_its_first_key():
    said = json.loads(say_hello({"up": None, "escape": "quit", "q": "quit", "p": "pause"}))
    assert said == {"keys": ["up", "escape", "q", "p"], "commands": {"quit": "escape", "pause": "p"}}
