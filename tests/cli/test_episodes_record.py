"""`sim-suite episodes record`, `list` and `index` from the command line."""

from __future__ import annotations

import json

import numpy as np

from sim_suite.cli.main import main
from sim_suite.envs.making import make
from sim_suite.episodes.store.dataset import Dataset


def ask(capsys, *words):
    status = main(["episodes", *map(str, words)])
    printed = capsys.readouterr()
    return status, printed.out, printed.err


def test_an_agents_episodes_are_recorded_as_they_went(capsys, tmp_path):
    folder = tmp_path / "poles"
    words = ("record", "CartPole-v1", "--agent", "cart-pole-lqr", "--episodes", 2, "--seed", 7, "--out", folder)
    status, out, _ = ask(capsys, *words, "--tag", "steady", "--json")
    made = json.loads(out)
    assert status == 0
    assert [(one["seed"], one["steps"], one["episode_return"], one["tags"]) for one in made] == [
        (7, 500, 500.0, ["steady"]), (8, 500, 500.0, ["steady"]),
    ]  # fmt: skip
    dataset = Dataset(folder)
    with make("CartPole-v1") as env, dataset.open(dataset.entries[1]) as episode:
        observations = [env.reset(seed=8)[0]] + [env.step(action)[0] for action in episode.read("action")]
        assert np.array_equal(episode.read("observation"), observations)
        assert episode.head.agent is not None
        assert (episode.head.agent.name, episode.head.agent.expert) == ("cart-pole-lqr", False)
    status, out, _ = ask(capsys, "list", folder, "--json")
    assert json.loads(out) == made
    status, out, _ = ask(capsys, "list", folder)
    assert [line.split() for line in out.splitlines()[1:]] == [
        ["0", "CartPole-v1", "7", "500", "500.00", "truncated", "agent", "steady"],
        ["1", "CartPole-v1", "8", "500", "500.00", "truncated", "agent", "steady"],
    ]


def test_who_reads_the_state_is_an_expert_and_pixels_are_stored(capsys, tmp_path):
    words = ("record", "sim_suite/CarRacing-v0", "--agent", "car-racing-pursuit", "--out", tmp_path / "laps", "--json")
    status, out, err = ask(capsys, *words, "--seed", 10_000)
    (made,) = json.loads(out)
    assert status == 0
    assert "the leaderboard's" in err
    assert made["by"] == [0, 0, made["steps"]]
    with Dataset(tmp_path / "laps").open(Dataset(tmp_path / "laps").entries[0]) as episode:
        assert episode.read("observation").shape == (made["steps"] + 1, 96, 96, 3)


def test_an_agent_that_faults_leaves_whole_episodes_only(capsys, tmp_path, clumsy):
    words = ("record", "CartPole-v1", "--agent", f"{clumsy}:Raises", "--episodes", 3, "--out", tmp_path / "poles")
    status, _, err = ask(capsys, *words)
    assert status == 2
    assert "agent_error: RuntimeError: two lines" in err
    assert len(Dataset(tmp_path / "poles")) == int(err.split("). ")[1].split()[0])
    assert not list((tmp_path / "poles" / "open").iterdir())


def test_the_index_is_made_anew_from_the_files(capsys, tmp_path):
    folder = tmp_path / "poles"
    assert ask(capsys, "record", "CartPole-v1", "--agent", "random", "--episodes", 3, "--out", folder)[0] == 0
    before = (folder / "index.jsonl").read_bytes()
    (folder / "index.jsonl").write_text("nonsense")
    status, out, _ = ask(capsys, "index", folder)
    assert (status, out) == (0, f"{folder}: 3 episodes\n")
    assert (folder / "index.jsonl").read_bytes() == before
    (folder / "episodes" / "000001.episode").write_bytes(b"torn")
    status, out, _ = ask(capsys, "index", folder, "--json")
    assert status == 1
    assert json.loads(out)["episodes"] == 2
    assert list(json.loads(out)["damaged"]) == ["000001.episode"]


def test_what_is_no_folder_of_episodes_is_said(capsys, tmp_path):
    status, _, err = ask(capsys, "list", tmp_path)
    assert status == 2
    assert "holds no episodes" in err
    assert ask(capsys, "record", "CartPole-v1", "--agent", "random", "--episodes", 0, "--out", tmp_path / "a")[0] == 2


def test_worlds_side_by_side_give_the_episodes_of_one_after_the_other(capsys, tmp_path):
    """Five episodes in three worlds: two take a second seed, one is left; each byte is what it is alone."""
    words = (
        "record", "sim_suite/Driving-v0", "--agent", "idm", "--episodes", 5, "--seed", 40, "--tag", "idm", "--json",
        "--set", "map=curves", "route_m=[30,90]",
    )  # fmt: skip
    _, out, _ = ask(capsys, *words, "--out", tmp_path / "alone")
    alone = json.loads(out)
    status, out, err = ask(capsys, *words, "--out", tmp_path / "many", "--worlds", 3)
    assert status == 0, err
    many = sorted(json.loads(out), key=lambda one: one["seed"])
    assert len({one["steps"] for one in alone}) > 1
    for one, other in zip(alone, many, strict=True):
        same = {key: value for key, value in one.items() if key not in ("file", "digest", "size")}
        assert same == {key: other[key] for key in same}
        with (
            Dataset(tmp_path / "alone").open(entry_of(tmp_path / "alone", one)) as first,
            Dataset(tmp_path / "many").open(entry_of(tmp_path / "many", other)) as second,
        ):
            assert first.head == second.head
            for column in first.head.columns:
                assert np.array_equal(first.read(column.name), second.read(column.name), equal_nan=True), column.name


def entry_of(folder, told):
    return next(entry for entry in Dataset(folder).entries if entry.file == told["file"])


def test_worlds_side_by_side_need_a_driver_and_one_map(capsys, tmp_path):
    for words, message in (
        (("CartPole-v1", "--agent", "random", "--worlds", 2), "not with random on CartPole-v1: leave it out"),
        (("sim_suite/Driving-v0", "--agent", "random", "--worlds", 2), "not with random on sim_suite/Driving-v0"),
        (("sim_suite/Driving-v0", "--agent", "idm", "--worlds", 0), "--worlds must be 1 or more"),
        (
            (
                "sim_suite/Driving-v0",
                "--agent",
                "idm",
                "--worlds",
                2,
                "--episodes",
                2,
                "--set",
                'map=["curves","village"]',
            ),
            "share a map; name one, not curves, village",
        ),
    ):
        status, _, err = ask(capsys, "record", *words, "--out", tmp_path / "x")
        assert status == 2
        assert message in err
