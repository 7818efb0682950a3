"""`sim-suite explain`: a page of a shipped agent, and mistakes in one line."""

from __future__ import annotations

import json

import pytest

from sim_suite.cli.main import main

POLE = "zoo:cart-pole-ppo"


def ask(capsys, *words):
    status = main(["explain", *(str(word) for word in words)])
    printed = capsys.readouterr()
    return status, printed.out, printed.err


@pytest.fixture(scope="module")
def explained(tmp_path_factory):
    folder = tmp_path_factory.mktemp("explained") / "pole"
    words = ["explain", POLE, "--out", folder, "--steps", 2, "--episodes", 2, "--groups", 1, "--smooth", 2]
    assert main([str(word) for word in words]) == 0
    return folder


def test_a_shipped_agent_is_explained(explained):
    figures = json.loads((explained / "explanation.json").read_text())
    assert figures["env"] == "CartPole-v1"
    assert [part["name"] for part in figures["ablation"]["parts"]] == ["dense 1", "dense 2"]
    assert all(part["change"]["high"] < -100 for part in figures["ablation"]["parts"])
    for moment in figures["moments"]:
        assert max(moment["outputs"], key=moment["outputs"].get) == moment["action"] == moment["asked"][0]["output"]


def test_figures_are_printed_as_json_and_nothing_moves_without_a_terminal(capsys, tmp_path):
    words = ["--steps", 1, "--episodes", 0, "--smooth", 0, "--output", "left", "--json"]
    status, out, err = ask(capsys, POLE, "--out", tmp_path / "why", *words)
    printed = json.loads(out)
    assert (status, err) == (0, "")
    assert printed.pop("page") == str(tmp_path / "why" / "index.html")
    assert printed == json.loads((tmp_path / "why" / "explanation.json").read_text())
    assert printed["ablation"] is None
    assert [asked["output"] for moment in printed["moments"] for asked in moment["asked"]] == ["left"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 400])
def test_the_page_opens_alone_and_fits(explained, browser, scheme, width):
    page = explained / "index.html"
    browser.open(page, width=width, scheme=scheme)
    assert browser.evaluate("document.title") == "zoo:cart-pole-ppo, explained"
    assert browser.problems() == []
    assert [url for url in browser.requests() if not url.startswith(("data:", page.as_uri()))] == []
    assert browser.evaluate("document.documentElement.scrollWidth") <= width
    assert browser.evaluate("[...document.images].every(image => image.naturalWidth > 0)")
    assert browser.evaluate("document.images.length") == 2


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["random", "CartPole-v1"], "random cannot be explained: RandomAgent opens no network"),
        (["zoo:frozen-lake-4x4-q-learning"], "TabularAgent opens no network"),
        ([POLE, "CartPol-v1"], "unknown environment 'CartPol-v1'. Did you mean 'CartPole-v1'"),
        ([POLE, "Pendulum-v1"], "acts discrete, but Pendulum-v1 has"),
        ([POLE, "--steps", "0"], "--steps must be 1 or more, not 0"),
        ([POLE, "--episodes", "1"], "one has no interval"),
        (
            [POLE, "--output", "leftt", "--episodes", "0"],
            "unknown output of zoo:cart-pole-ppo 'leftt'. Did you mean 'left'",
        ),
        (["zoo:nobody"], "unknown zoo agent 'nobody'"),
        (["random"], "say where random is to be explained"),
    ],
)
def test_mistakes_are_one_line(words, message, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    status, out, err = ask(capsys, *words, "--out", "why")
    lines = [line for line in err.splitlines() if line.startswith("error:")]
    assert (status, out, len(lines)) == (2, "", 1)
    assert message in lines[0]
    assert not (tmp_path / "why").exists()


def test_a_folder_in_use_is_left_alone(capsys, tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    status, _, err = ask(capsys, POLE, "--out", tmp_path)
    assert status == 2
    assert "is not empty. Name a new folder with --out" in err
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
