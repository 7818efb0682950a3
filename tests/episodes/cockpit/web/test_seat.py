"""The seat over real connections: who is served, what keys become, what happens when nobody is there."""

import contextlib
import http.client
import json
import socket
import time
from urllib.parse import urlsplit

import cv2
import numpy as np
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from sim_suite.episodes.cockpit.keys import KeyHand
from sim_suite.episodes.cockpit.seat import Command, Hand, Hud
from sim_suite.episodes.cockpit.web.messages import Held, Pressed, unpack
from sim_suite.episodes.cockpit.web.seat import SILENCE_S, WebSeat
from sim_suite.episodes.cockpit.web.server import ENDED, IN_FLIGHT, MISSAID, TAKEN
from sim_suite.errors import SuiteError

STEP_S = 0.02
PICTURE = np.zeros((400, 600, 3), np.uint8)
PATIENCE_S = 100.0


class FakeTime:
    """The people's clock, stopped."""

    def __init__(self):
        self.now_s = 50.0

    def __call__(self):
        return self.now_s


@pytest.fixture
def people():
    return FakeTime()


@pytest.fixture
def seat(people):
    with contextlib.closing(WebSeat(0, clock=people, patience_s=PATIENCE_S)) as seat:
        yield seat


def get(seat, path=None, **headers):
    address = urlsplit(seat.address)
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=10)
    with contextlib.closing(connection):
        connection.request("GET", f"/?{address.query}" if path is None else path, headers=headers)
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read().decode()


@contextlib.contextmanager
def enter(seat, **changes):
    """A page's socket that has received its greeting."""
    address = urlsplit(seat.address)
    options = {"origin": f"http://{address.netloc}", "compression": None, "open_timeout": 10, **changes}
    with connect(f"ws://{address.netloc}/socket?{address.query}", **options) as page:
        assert "keys" in json.loads(page.recv(timeout=10))
        yield page


def say(page, *keys, hand=None, present=True):
    page.send(json.dumps({"type": "held", "keys": keys, "hand": hand, "present": present}))


def read(seat, *, until, step_s=STEP_S, now_s=0.0):
    """Readings until one is as wished; all of them."""
    readings = []
    deadline = time.monotonic() + 10
    while not (readings and until(readings[-1])):
        assert time.monotonic() < deadline, readings[-3:]
        readings.append(seat.read(now_s, step_s, 5.0))
        time.sleep(0.001)
    return readings


def closing(page):
    """(code, reason) with which the server closes a socket."""
    with pytest.raises(ConnectionClosed) as caught:
        all(page.recv(timeout=10) is not None for _ in range(1000))
    return caught.value.rcvd.code, caught.value.rcvd.reason


# ---- who is served ----


def test_the_page_is_whole_and_may_ask_nobody_else(seat):
    status, headers, text = get(seat)
    assert status == 200
    assert "/*STYLE*/" not in text
    assert "/*SCRIPT*/" not in text
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert (headers["Cache-Control"], headers["Referrer-Policy"]) == ("no-store", "no-referrer")
    assert int(headers["Content-Length"]) == len(text.encode())


def test_strangers_get_no_page(seat):
    assert get(seat, "/")[0] == 403
    assert get(seat, "/?token=guess")[0] == 403
    assert get(seat, Host="evil.example")[0] == 403
    assert get(seat, Origin="http://evil.example")[0] == 403
    assert get(seat, f"/favicon.ico?{urlsplit(seat.address).query}")[0] == 404


@pytest.mark.parametrize("changes", [{"origin": "http://evil.example"}, {"origin": None}, {"origin": "null"}])
def test_another_page_gets_no_socket(seat, changes):
    with pytest.raises(InvalidStatus) as caught, enter(seat, **changes):
        pass
    assert caught.value.response.status_code == 403


def test_a_wrong_token_gets_no_socket(seat):
    address = urlsplit(seat.address)
    wanted = f"ws://{address.netloc}/socket?token=guess"
    with pytest.raises(InvalidStatus) as caught, connect(wanted, origin=f"http://{address.netloc}"):
        pass
    assert caught.value.response.status_code == 403


def test_only_this_machine_is_served(seat):
    assert seat._server._socket.getsockname()[0] == "127.0.0.1"


@pytest.mark.parametrize(
    ("said", "code", "reason"),
    [("nonsense", MISSAID, "not understood"), ('{"type": "held"}', MISSAID, "none of held"), (b"\x00", MISSAID, "binary"),
     (json.dumps({"type": "held", "keys": ["x" * 5000], "hand": None, "present": True}), 1009, "")],
)  # fmt: skip
def test_who_talks_nonsense_is_sent_off_with_the_reason(seat, said, code, reason):
    with enter(seat) as page:
        page.send(said)
        closed = closing(page)
    assert closed[0] == code
    assert reason in closed[1]
    with enter(seat) as page:  # the next one is served as ever
        say(page, "up")
        read(seat, until=lambda reading: reading.touched)


def test_a_port_that_is_taken_is_said_with_what_to_do():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SuiteError, match=f"port {port} of 127.0.0.1 is in use.*0 for any free one"):
            WebSeat(port)


@pytest.mark.parametrize("port", [-1, 65536])
def test_a_port_that_is_none_is_refused(port):
    with pytest.raises(SuiteError, match=f"port {port} does not exist"):
        WebSeat(port)


# ---- driving ----


def test_keys_move_the_hand_as_in_the_window(seat):
    with enter(seat) as page:
        say(page, "up", "left")
        first = read(seat, until=lambda reading: reading.touched)[-1].hand
        same = KeyHand()
        assert first == same.hold({"up", "left"}, 5.0, STEP_S)
        for _ in range(20):
            assert seat.read(0.0, STEP_S, 5.0).hand == same.hold({"up", "left"}, 5.0, STEP_S)
        say(page)
        read(seat, until=lambda reading: not reading.touched)
        assert seat.read(0.0, STEP_S, 5.0).hand.throttle == 0.0


def hear(seat, *keys):
    """As if the page had said it, but at once."""
    seat.heard(Held(frozenset(keys), None, True))


def test_a_tap_between_two_readings_counts_once(seat):
    for keys in (["up"], [], ["t"]):
        hear(seat, *keys)
    first, second = (seat.read(0.0, STEP_S, 0.0) for _ in range(2))
    assert (first.touched, first.commands) == (True, (Command.TAG,))
    assert (second.touched, second.commands) == (False, ())


def test_a_key_that_is_held_commands_once(seat):
    for keys in (["p"], ["p"], ["p", "up"], ["up"], ["up", "p"]):
        hear(seat, *keys)
    seat.heard(Pressed(Command.HELP))
    assert seat.read(0.0, STEP_S, 0.0).commands == (Command.PAUSE, Command.PAUSE, Command.HELP)


def test_a_wheel_of_the_page_is_taken_as_it_is_and_keys_go_before_it(seat):
    with enter(seat) as page:
        say(page, hand=[-0.25, 0.5, 0.0])
        assert read(seat, until=lambda reading: reading.touched)[-1].hand == Hand(-0.25, 0.5, 0.0)
        say(page, "down", hand=[-0.25, 0.5, 0.0])
        assert read(seat, until=lambda reading: reading.hand.brake > 0)[-1].hand.throttle == 0.0
        say(page, hand=[0.0, 0.02, 0.0])
        assert not read(seat, until=lambda reading: reading.hand.throttle == 0.02)[-1].touched


def test_an_input_is_dated_by_the_sessions_clock(seat, people):
    with enter(seat) as page:
        say(page, "up")
        read(seat, until=lambda reading: reading.touched)
        people.now_s += 0.5
        assert seat.read(1000.0, STEP_S, 0.0).at_s == pytest.approx(999.5)


def test_a_session_begins_paused_whatever_was_pressed_while_it_was_loaded(seat):
    hear(seat, "r")
    seat.begins(1)
    assert seat.read(0.0, STEP_S, 0.0).commands == (Command.PAUSE,)
    seat.begins(2)
    assert seat.read(0.0, STEP_S, 0.0).commands == ()


def test_an_episode_begins_with_the_wheel_in_the_middle(seat):
    hear(seat, "left", "up")
    seat.read(0.0, STEP_S, 0.0)
    hear(seat)
    seat.begins(2)
    assert seat.read(0.0, 0.0, 0.0).hand == Hand()


# ---- nobody there ----


def test_a_session_that_runs_is_paused_until_somebody_is_there(seat):
    assert seat.read(0.0, STEP_S, 0.0).commands == (Command.PAUSE,)
    assert seat.read(0.0, 0.0, 0.0).commands == ()
    with enter(seat) as page:
        say(page)
        read(seat, until=lambda reading: not reading.commands)


@pytest.mark.parametrize("how", ["blur", "leave", "silence"])
def test_who_goes_lets_all_keys_go_and_pauses(seat, people, how):
    with enter(seat) as page:
        say(page, "up")
        read(seat, until=lambda reading: reading.touched)
        if how == "blur":
            say(page, "up", present=False)
        elif how == "leave":
            page.close()
        else:
            people.now_s += SILENCE_S + 0.1
        reading = read(seat, until=lambda reading: Command.PAUSE in reading.commands)[-1]
        assert not reading.touched
        assert reading.hand.throttle == 0.0
        assert not seat.closed


def test_the_seat_closes_once_nobody_was_there_for_long(seat, people):
    with enter(seat) as page:
        say(page)
        read(seat, until=lambda reading: not reading.commands)
    read(seat, until=lambda reading: reading.commands)
    people.now_s += PATIENCE_S - 1
    seat.read(0.0, 0.0, 0.0)
    assert not seat.closed
    people.now_s += 2
    seat.read(0.0, 0.0, 0.0)
    assert seat.closed


def test_the_last_page_takes_the_wheel(seat):
    with enter(seat) as before, enter(seat) as page:
        assert closing(before)[0] == TAKEN
        say(page, "up")
        read(seat, until=lambda reading: reading.touched)
        time.sleep(0.05)
        assert seat.read(0.0, STEP_S, 0.0).touched  # that the first has gone changes nothing


def test_the_page_is_told_that_the_session_is_over(people):
    seat = WebSeat(0, clock=people)
    with enter(seat) as page:
        seat.close()
        assert closing(page)[0] == ENDED
    assert seat.closed
    seat.close()
    seat.show(PICTURE, Hud())


def test_lines_that_say_nothing_or_nonsense_neither_delay_the_end_nor_show_in_the_terminal(people, capfd):
    seat = WebSeat(0, clock=people)
    where = ("127.0.0.1", seat.port)
    with socket.create_connection(where), socket.create_connection(where) as other, enter(seat) as page:
        other.sendall(b"\x16\x03\x01 hello\r\n\r\n")
        other.recv(1000)
        say(page, "up")
        read(seat, until=lambda reading: reading.touched)
        seat.close()
        assert not seat._server._thread.is_alive()
    assert capfd.readouterr() == ("", "")


# ---- pictures ----


def show(seat, count):
    """So many pictures at some rate, numbered by their return."""
    for number in range(count):
        seat.show(PICTURE, Hud(episode_return=number))
        time.sleep(0.002)


def test_a_page_that_draws_gets_each_picture_with_its_hud(seat):
    with enter(seat) as page:
        for number in range(3):
            seat.show(PICTURE, Hud(episode_return=number))
            facts, jpeg = unpack(page.recv(timeout=10))
            assert facts["episode_return"] == number
            assert jpeg.startswith(b"\xff\xd8")
            page.send(json.dumps({"type": "drawn", "frame": facts["frame"]}))


def test_a_page_that_lags_gets_fewer_pictures_and_then_the_newest(seat):
    with enter(seat) as page:
        show(seat, 50)
        got = [unpack(page.recv(timeout=10))[0] for _ in range(IN_FLIGHT)]
        with pytest.raises(TimeoutError):
            page.recv(timeout=0.1)
        page.send(json.dumps({"type": "drawn", "frame": got[0]["frame"]}))
        assert unpack(page.recv(timeout=10))[0]["episode_return"] == 49


def test_the_picture_may_be_drawn_over_after_it_was_shown(seat):
    white = np.full_like(PICTURE, 255)
    with enter(seat) as page:
        seat.show(white, Hud())
        white[:] = 0
        jpeg = unpack(page.recv(timeout=10))[1]
        assert cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR).min() > 250
