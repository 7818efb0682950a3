"""Persons on the leaderboard: what counts, that it is played again and held to the recording, and how it is shown."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace

import gymnasium as gym
import numpy as np
import pytest

from agents.naming import build, find
from sim_suite.cli.main import main
from sim_suite.episodes.editing.copying import copy_with
from sim_suite.episodes.store.dataset import Dataset
from sim_suite.episodes.store.folder import Recording
from sim_suite.episodes.store.index import write_index
from sim_suite.errors import DamagedFileError, SuiteError
from sim_suite.leaderboard import suite as suites
from sim_suite.leaderboard.compare import Options, Watch, compare
from sim_suite.leaderboard.entries import resolve
from sim_suite.leaderboard.people.counting import count
from sim_suite.leaderboard.people.entering import person_of, who
from sim_suite.leaderboard.people.wording import ranges
from sim_suite.leaderboard.records import JOURNAL, EntryRecord, read
from sim_suite.leaderboard.report.terminal import footnotes
from sim_suite.leaderboard.results import PAGE, RESULTS, SCORES
from sim_suite.leaderboard.suite import TaskSpec
from sim_suite.leaderboard.verify import verify
from sim_suite.version import SIM_VERSION
from tests.leaderboard.people.drives import ADA, BOB, POLE, at, drive, rewrite

HERE = Options(workers=0, clips=False)
TASK = TaskSpec("pole", POLE, 2)


@pytest.fixture(scope="module")
def poles(tmp_path_factory):
    """Three episodes that a person drove."""
    return drive(tmp_path_factory.mktemp("driven") / "poles", (3, 4, 8))


@pytest.fixture
def suite(tmp_path):
    path = tmp_path / "pole.toml"
    path.write_text(f'name = "pole"\nversion = 1\n[[tasks]]\nname = "pole"\nenv = "{POLE}"\nepisodes = 2\n')
    return suites.load(str(path))


def by_hand(seed):
    """Return of the same actions in Gymnasium's own environment."""
    env = gym.make(POLE)
    env.reset(seed=seed)
    total, step, ended = 0.0, 0, False
    while not ended:
        _, reward, terminated, truncated, _ = env.step((1, 0, 0, 1, 1)[step % 5])
        total, step, ended = total + float(reward), step + 1, terminated or truncated
    return total


def reasons(dataset, task=TASK):
    """Why the only episode of a dataset does not count."""
    with pytest.raises(SuiteError) as info:
        count(find(f"human:{dataset}").target, task)
    return str(info.value)


def test_a_persons_row_is_what_their_actions_give(suite, poles, tmp_path):
    compare(suite, [f"human:{poles}", "random"], tmp_path / "out", HERE)
    rows = [row for row in read(tmp_path / "out").sorted_rows() if row.entry == "ada"]
    assert [(row.seed, row.episode, row.outcome) for row in rows] == [(3, 0, "ok"), (4, 1, "ok"), (8, 2, "ok")]
    returns = [row.episode_return for row in rows]
    assert returns == [by_hand(seed) for seed in (3, 4, 8)]
    entry = json.loads((tmp_path / "out" / SCORES).read_text())["sections"]["pole"]["entries"]["ada"]
    assert entry["tasks"]["pole"]["mean"]["value"] == pytest.approx(np.mean(returns))
    assert entry["tasks"]["pole"]["mean"]["episodes"] == 3
    assert entry["tasks"]["pole"]["mean"]["low"] < np.mean(returns) < entry["tasks"]["pole"]["mean"]["high"]
    assert entry["human"]["paired"] is False
    assert [seed for seed, _ in entry["human"]["episodes"]["pole"]] == [3, 4, 8]
    assert "ada,0,0,3,ok" in (tmp_path / "out" / RESULTS).read_text()


def test_a_person_is_ranked_but_compared_with_nobody(suite, poles, tmp_path):
    (section,) = compare(suite, [f"human:{poles}", "random", "do-nothing"], tmp_path / "out", HERE)
    place = [entry.label for entry in section.entries].index("ada")
    assert place in section.ranked
    assert place not in section.compared
    assert len(section.compared) == 2
    assert all(cell is None for cell in section.improvement[place])
    assert all(row[place] is None for row in section.improvement)
    assert section.profiles[place] is None
    assert "† ada on pole: 3 episodes on seeds 3, 4, 8; unpaired with agents" in footnotes(section)
    page = (tmp_path / "out" / PAGE).read_text()
    assert "n = 3, unpaired" in page
    assert "ada: 3 episodes on seeds 3, 4, 8. Unpaired" in page
    assert "people drove their own" in page


def test_an_agent_alone_with_a_person_has_nobody_to_be_compared_with(suite, poles, tmp_path):
    compare(suite, [f"human:{poles}", "random"], tmp_path / "out", HERE)
    assert "Probability of improvement</h4>" not in (tmp_path / "out" / PAGE).read_text()


def test_who_drove_one_task_of_several_stands_there_alone(small_suite, poles, tmp_path):
    left = []
    watch = Watch(entered=lambda entry, missed: left.extend(missed))
    agents = [f"human:{poles}", "random"]
    (section,) = compare(suites.load(str(small_suite)), agents, tmp_path / "out", HERE, watch)
    assert [(one.label, one.task) for one in left] == [("ada", "lake")]
    assert "has no episode of FrozenLake-v1; it has CartPole-v1" in left[0].reason
    assert [entry.label for entry in section.entries] == ["random", "ada"], (
        "without a score on each task nobody is ranked"
    )
    assert section.duels == (None, None)
    assert (tmp_path / "out" / PAGE).read_text().count("Unpaired: agents") == 1


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        ({"agent_from": 0}, "1 driven by an agent"),
        ({"agent_from": 3}, "1 driven in part by an agent"),
        ({"stop_after": 4}, "1 stopped before the end"),
        ({"kwargs": {"sutton_barto_reward": True}}, "1 made with sutton_barto_reward = True where the task has None"),
        ({"kwargs": {"max_episode_steps": 5}}, "1 limited to 5 steps where the task has 500"),
    ],
)
def test_what_an_agent_could_not_have_played_does_not_count(tmp_path, how, reason):
    assert reason in reasons(drive(tmp_path / "a", (3,), **how))


@pytest.mark.parametrize(
    ("head", "reason"),
    [
        ({"sim_version": SIM_VERSION + 1}, f"simulated by version {SIM_VERSION + 1} where this one is {SIM_VERSION}"),
        ({"seed": None}, "of no known seed"),
        ({"resets": 2}, "begun by a reset without a seed"),
        ({"options": {"low": -0.5}}, "reset with low = -0.5, which the task leaves as it is"),
    ],
)
def test_what_cannot_be_simulated_again_does_not_count(poles, tmp_path, head, reason):
    assert reason in reasons(rewrite(poles, tmp_path / "a", head=head))


def test_what_is_left_out_is_counted_and_said(suite, poles, tmp_path):
    folder = drive(tmp_path / "laps", (3, 4))
    drive(folder, (5, 6), agent_from=2)
    drive(folder, (7,), stop_after=3)
    drive(folder, (3,))  # the clock stands still: equal to the last byte
    (section,) = compare(suite, [f"human:{folder}"], tmp_path / "out", HERE)
    (entry,) = section.entries
    assert entry.driven["pole"] == (
        "2 episodes on seeds 3, 4; 1 left out: a copy of another; 2 left out: driven in part by an agent; "
        "1 left out: stopped before the end"
    )


def test_a_drive_and_its_edited_copy_count_once(poles, tmp_path):
    folder = drive(tmp_path / "laps", (3,))
    dataset = Dataset(poles)
    with Recording(folder) as recording:
        for _ in range(2):
            with dataset.open(dataset.entries[1]) as episode:
                copy_with(episode, recording, {}, {"kept": 0.5})
    found = count(Dataset(folder), TASK)
    assert [one.seed for one in found.given] == [3, 4]
    assert found.left_out == {"a copy of another": 1}


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"reward": at(5, 2.0)}, "the reward differs at step 5: 2.0 was recorded, 1.0 comes out now"),
        ({"flags": at(7, 1)}, "the episode's end differs at step 7: terminated was recorded, going on comes out now"),
        (
            {"action": lambda rows: 0 * rows},
            "the episode's end differs at step 8: going on was recorded, terminated comes out now",
        ),
        ({"action": at(2, 7)}, "outside Discrete"),
    ],
)
def test_what_does_not_go_as_recorded_refuses_the_row_and_names_episode_and_step(
    suite, poles, tmp_path, columns, message
):
    folder = rewrite(poles, tmp_path / "altered", columns=columns)
    with pytest.raises(SuiteError) as info:
        compare(suite, ["random", f"mine=human:{folder}"], tmp_path / "out", HERE)
    assert message in str(info.value)
    assert str(info.value).startswith(f"mine is not scored on pole: {folder}/episodes/000000.episode")
    assert (read(tmp_path / "out").rows, read(tmp_path / "out").entries) == ({}, {})


def test_a_claimed_end_that_never_came_is_found(suite, poles, tmp_path):
    folder = rewrite(poles, tmp_path / "altered", end="truncated")
    compare(suite, [f"human:{folder}"], tmp_path / "out", HERE)  # the flags decide, which hold
    cut = drive(tmp_path / "cut", (3,), stop_after=6)
    folder = rewrite(cut, tmp_path / "claimed", columns={"flags": at(5, 1)}, end="terminated")
    with pytest.raises(SuiteError, match="the episode's end differs at step 5: terminated was recorded"):
        compare(suite, [f"human:{folder}"], tmp_path / "out2", HERE)
    folder = rewrite(cut, tmp_path / "open", end="terminated")
    with pytest.raises(SuiteError, match="the recording ends after 6 steps, but the episode goes on"):
        compare(suite, [f"human:{folder}"], tmp_path / "out3", HERE)


def test_any_flipped_byte_refuses_the_row(suite, poles, tmp_path):
    for number, place in enumerate((0.1, 0.5, 0.9, 0.999)):
        folder = drive(tmp_path / f"laps-{number}", (3,))
        path = folder / "episodes" / "000000.episode"
        raw = bytearray(path.read_bytes())
        raw[int(place * len(raw))] ^= 16
        path.write_bytes(bytes(raw))
        with pytest.raises(SuiteError, match=r"000000\.episode"):
            compare(suite, [f"human:{folder}"], tmp_path / f"out-{number}", HERE)


def test_a_file_that_is_no_episode_refuses_the_whole_dataset(suite, tmp_path):
    folder = drive(tmp_path / "laps", (3,))
    (folder / "episodes" / "000007.episode").write_bytes(b"")
    with pytest.raises(DamagedFileError, match=r"holds 000007\.episode, which is damaged, so nobody is scored by it"):
        resolve([f"human:{folder}"], suite, trust=False)


def test_an_index_that_hides_an_agent_is_not_believed(suite, tmp_path):
    folder = drive(tmp_path / "laps", (3,), agent_from=6)
    write_index(folder, [replace(entry, by=(entry.steps, 0, 0)) for entry in Dataset(folder).entries])
    with pytest.raises(SuiteError, match="counts as a person's, but step 6 was an agent's"):
        compare(suite, [f"human:{folder}"], tmp_path / "out", HERE)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("human:{tmp}/nowhere", "holds no episodes: there is no dataset.json"),
        ("human:{tmp}", "holds no episodes: there is no dataset.json"),
        ("human:{lake}", "has no episode of CartPole-v1; it has FrozenLake-v1"),
        ("human:{empty}", "has no episode of CartPole-v1; it has none at all"),
    ],
)
def test_what_is_no_dataset_of_the_task_is_refused_in_one_line(suite, tmp_path, name, message):
    lake = drive(tmp_path / "lake", (0,), env_id="FrozenLake-v1", actions=(2, 1))
    empty = drive(tmp_path / "empty", ())
    with pytest.raises(SuiteError, match=message) as info:
        resolve([name.format(tmp=tmp_path, lake=lake, empty=empty)], suite, trust=False)
    assert "\n" not in str(info.value)


def test_where_chance_takes_actions_no_person_is_scored(poles):
    assert "random action in the place of 5%" in reasons(poles, replace(TASK, epsilon=0.05))


def test_a_pseudonym_is_shown_only_where_it_may_be(suite, tmp_path):
    folder = drive(tmp_path / "laps", (3,), driver=BOB)
    compare(suite, [f"human:{folder}", "random"], tmp_path / "out", HERE)
    assert "a person" in read(tmp_path / "out").entries
    assert all(b"bob" not in (tmp_path / "out" / name).read_bytes() for name in (JOURNAL, PAGE, SCORES, RESULTS))
    drive(folder, (4,), driver=ADA)
    lines = find(f"human:{folder}").target.entries
    assert who(lines) == "ada and a person"
    drive(folder, (5,), driver=replace(BOB, pseudonym="eve"))
    drive(folder, (6,), driver=replace(BOB, consent="share"))  # once private, all of it stays private
    assert who(find(f"human:{folder}").target.entries) == "ada and 2 people"
    assert who(lines[1:]) == "ada"


def test_two_people_need_two_labels(suite, poles, tmp_path):
    other = drive(tmp_path / "other", (9,))
    with pytest.raises(SuiteError, match="two people stand under 'ada'"):
        resolve([f"human:{poles}", f"human:{other}"], suite, trust=False)
    with pytest.raises(SuiteError, match="a person and an agent stand under 'x'"):
        resolve([f"x=human:{poles}", "x=random"], suite, trust=False)
    entries, _ = resolve([f"human:{poles}", f"other=human:{other}"], suite, trust=False)
    assert [entry.label for entry in entries] == ["ada", "other"]


def test_who_drives_on_goes_on_and_verify_plays_them_again(suite, tmp_path):
    folder = drive(tmp_path / "laps", (3,))
    agents = [f"human:{folder}", "random"]
    compare(suite, agents, tmp_path / "out", HERE)
    before = (tmp_path / "out" / SCORES).read_bytes()
    drive(folder, (4, 8))
    compare(suite, agents, tmp_path / "out", replace(HERE, resume=True))
    compare(suite, agents, tmp_path / "anew", HERE)
    assert (tmp_path / "out" / SCORES).read_bytes() == (tmp_path / "anew" / SCORES).read_bytes() != before
    found = verify(tmp_path / "out", 10, seed=0, workers=0, trust=False)
    assert (found.checked, found.mismatches) == (5, [])
    (folder / "episodes" / "000001.episode").unlink()
    with pytest.raises(SuiteError, match=r"lacks the episode [0-9a-f]{12} of seed 4, which was scored"):
        verify(tmp_path / "out", 10, seed=0, workers=0, trust=False)
    with pytest.raises(SuiteError, match="has rows of another agent"):
        compare(suite, agents, tmp_path / "out", replace(HERE, resume=True))


def test_processes_and_clips_change_nothing_of_a_persons_row(suite, poles, tmp_path):
    compare(suite, [f"human:{poles}", "random"], tmp_path / "a", HERE)
    compare(suite, [f"human:{poles}", "random"], tmp_path / "b", Options(workers=2, clips=True))
    assert (tmp_path / "a" / RESULTS).read_bytes() == (tmp_path / "b" / RESULTS).read_bytes()
    assert (tmp_path / "b" / "clips" / "pole--ada.webm").stat().st_size > 0


KINDS = {
    "registered": "random",
    "checkpoint": "zoo:frozen-lake-4x4-q-learning",
    "class": "agents.simple:RandomAgent",
    "human": "human:{poles}",
}


@pytest.mark.parametrize("kind", KINDS)
def test_whatever_is_named_enters_and_is_read_back_from_the_journal(kind, poles):
    name = KINDS[kind].format(poles=poles)
    assert find(name).kind == kind
    suite = suites.load("all")
    (entry,), _ = resolve([f"x={name}"], replace(suite, tasks=suite.sections()["classic"][:3]), trust=False)
    assert entry.runs[0].agent == name
    assert (entry.person is not None) == (kind == "human")
    assert EntryRecord.from_dict(json.loads(json.dumps(entry.to_dict()))) == entry


def test_a_person_acts_nowhere_else(poles):
    with pytest.raises(SuiteError, match="acts in no other episode") as info:
        build(find(f"human:{poles}"), POLE, {}, seed=0)
    assert "\n" not in str(info.value)


@pytest.mark.parametrize(
    ("numbers", "text"),
    [
        ([4], "4"),
        ([4, 5], "4, 5"),
        ([0, 1, 2, 7], "0 to 2, 7"),
        ([1, 3, 5, 7, 9], "1, 3, 5, 7, 9"),
        ([1, 3, 5, 7, 9, 12], "between 1 and 12"),
    ],
)
def test_seeds_are_said_in_short(numbers, text):
    assert ranges(numbers) == text


def test_routes_of_the_driving_world_count_where_they_are_the_tasks(tmp_path):
    own = {"map": "crossroads", "actors": 2, "parked_per_km": 0.0, "limit_ticks": 60}
    folder = drive(
        tmp_path / "routes", (3, 4), env_id="sim_suite/Driving-v0", kwargs=own, actions=((0.0, 0.3), (0.1, 0.3))
    )
    task = TaskSpec(
        "town",
        "sim_suite/Driving-v0",
        2,
        kwargs={**own, "metrics": "all"},
        score="route_completion",
        random=0.0,
        reference=100.0,
    )
    person, _ = person_of(find(f"human:{folder}").target, [task])
    assert len(person.episodes["town"]) == 2
    suite = suites.Suite("town", 1, "", (task,))
    compare(suite, [f"human:{folder}"], tmp_path / "out", HERE)
    rows = read(tmp_path / "out").sorted_rows()
    assert [(row.seed, row.length, row.terminated) for row in rows] == [(3, 30, False), (4, 30, False)]
    assert all(0 < row.metrics["route_completion"] < 100 for row in rows)
    (driving,) = suites.load("driving").tasks
    said = reasons(folder, driving)
    assert "2 made with actors = 2 where the task has 48" in said
    assert (
        "`sim-suite drive sim_suite/Driving-v0 --out FOLDER --set routes=driving actors=48 vehicles_per_km=15.0 "
        in said
    )


def test_what_was_driven_by_the_command_is_scored_by_the_command(tmp_path, capsys):
    short = {"max_episode_steps": 30}
    (tmp_path / "lap.jsonl").write_text('{"at_s": 0.0, "keys": ["up"]}\n')
    words = [
        "drive",
        "sim_suite/CarRacing-v0",
        "--out",
        str(tmp_path / "laps"),
        "--input",
        str(tmp_path / "lap.jsonl"),
        "--fast",
    ]
    assert main([*words, "--episodes", "2", "--set", "max_episode_steps=30", "--json"]) == 0
    driven = [one["episode_return"] for one in json.loads(capsys.readouterr().out)["episodes"]]
    suite = suites.Suite("cars", 1, "", (TaskSpec("car", "sim_suite/CarRacing-v0", 2, kwargs=short),))
    compare(suite, [f"human:{tmp_path / 'laps'}"], tmp_path / "out", HERE)
    assert [row.episode_return for row in read(tmp_path / "out").sorted_rows()] == driven


def test_from_the_command_line_as_a_process(suite, poles, tmp_path):
    words = [
        "leaderboard",
        str(tmp_path / "pole.toml"),
        "--agents",
        f"human:{poles}",
        "random",
        "--no-clips",
        "--workers",
        "0",
    ]
    done = subprocess.run(
        [sys.executable, "-m", "sim_suite.cli.main", *words, "--out", str(tmp_path / "out"), "--json"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["sections"]["pole"]["entries"]["ada"]["human"]["by"] == "ada"
    done = subprocess.run(
        [sys.executable, "-m", "sim_suite.cli.main", "play", POLE, "--agent", f"human:{poles}"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "acts in no other episode" in done.stderr
