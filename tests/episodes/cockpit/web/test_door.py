"""Who may come in."""

import pytest

from sim_suite.episodes.cockpit.web.door import Door, knock, new_token

TOKEN = "a-token_of-22-letters0"
HOST = "127.0.0.1:8000"
OWN = f"http://{HOST}"


@pytest.mark.parametrize("host", [HOST, "127.0.0.1", "localhost:9", "LOCALHOST:9", "[::1]:9000"])
def test_the_token_opens_the_page_under_each_name_of_this_machine(host):
    assert knock(f"/?token={TOKEN}", [host], [], TOKEN) is Door.PAGE
    assert knock(f"/socket?token={TOKEN}", [host], [f"http://{host}"], TOKEN) is Door.SOCKET
    assert knock(f"/other?token={TOKEN}", [host], [], TOKEN) is Door.NOTHING


@pytest.mark.parametrize(
    "path",
    ["/", "/?token=", f"/?token={TOKEN}x", f"/?token={TOKEN[:-1]}", f"/?token=x&token={TOKEN}", f"/?token={TOKEN}&token={TOKEN}",
     f"/?Token={TOKEN}", "/?token=ä", "/?" + "&".join(["a=b"] * 9) + f"&token={TOKEN}", "//[?token=", "/other", "/socket"],
)  # fmt: skip
def test_without_the_one_token_there_is_nothing(path):
    assert knock(path, [HOST], [OWN], TOKEN) is Door.FORBIDDEN


@pytest.mark.parametrize(
    "hosts",
    [[], ["evil.example"], ["evil.example:8000"], ["127.0.0.1.evil.example"], ["127.0.0.1:8000@evil.example"], ["0.0.0.0"], ["192.168.0.1"],
     ["localhost."], ["127.0.0.1:999999"], [HOST, HOST], [HOST, "evil.example"], [f"{HOST}\n"], [""]],
)  # fmt: skip
def test_a_rebound_name_is_refused(hosts):
    assert knock(f"/?token={TOKEN}", hosts, [], TOKEN) is Door.FORBIDDEN


@pytest.mark.parametrize(
    "origins",
    [
        [],
        ["null"],
        ["http://evil.example"],
        ["http://127.0.0.1:8001"],
        ["https://127.0.0.1:8000"],
        ["http://localhost:8000"],
        [OWN, OWN],
    ],
)
def test_a_socket_is_opened_by_our_own_page_only(origins):
    assert knock(f"/socket?token={TOKEN}", [HOST], origins, TOKEN) is Door.FORBIDDEN


def test_the_page_is_given_to_no_other_page():
    assert knock(f"/?token={TOKEN}", [HOST], ["http://evil.example"], TOKEN) is Door.FORBIDDEN


def test_tokens_are_long_and_differ():
    tokens = {new_token() for _ in range(100)}
    assert len(tokens) == 100
    assert all(len(token) >= 22 for token in tokens)
