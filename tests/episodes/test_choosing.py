"""Episodes are named by folder, number or file."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim_suite.episodes.choosing import chosen, split_name
from sim_suite.episodes.store.dataset import Dataset
from sim_suite.episodes.store.folder import Recording
from sim_suite.errors import SuiteError, UnknownNameError
from tests.episodes.altering import recorded


@pytest.fixture(scope="module")
def poles(tmp_path_factory):
    return Dataset(recorded(tmp_path_factory.mktemp("choosing") / "poles", "CartPole-v1", seeds=(3, 4, 5)))


def test_a_mark_parts_folder_and_episode(tmp_path):
    assert split_name("data/laps") == (Path("data/laps"), None)
    assert split_name("data/laps#3") == (Path("data/laps"), "3")
    (tmp_path / "lap#3").mkdir()
    assert split_name(str(tmp_path / "lap#3")) == (tmp_path / "lap#3", None)
    assert split_name(str(tmp_path / "lap#3#2")) == (tmp_path / "lap#3", "2")


@pytest.mark.parametrize(
    ("name", "files"),
    [(None, [0, 1, 2]), ("1", [1]), ("-1", [2]), ("000002", [2]), ("000000.episode", [0])],
)
def test_numbers_and_files_name_episodes(poles, name, files):
    assert [entry.file for entry in chosen(poles, name)] == [f"{k:06d}.episode" for k in files]


def test_what_is_not_there_is_said(poles, tmp_path):
    for name in ("3", "-4", "000003"):
        with pytest.raises(SuiteError, match="has the"):
            chosen(poles, name)
    with pytest.raises(UnknownNameError, match="Known: 000000"):
        chosen(poles, "")
    Recording(tmp_path / "empty").close()
    with pytest.raises(SuiteError, match="Record some"):
        chosen(Dataset(tmp_path / "empty"), None)


def test_where_all_are_damaged_the_damage_is_said(tmp_path):
    folder = recorded(tmp_path / "poles", "CartPole-v1", steps=2)
    (folder / "episodes/000000.episode").write_bytes(b"torn")
    with pytest.raises(SuiteError, match=r"no whole episode: .*000000.*Restore it from a copy"):
        chosen(Dataset(folder), None)
