"""Datasets that come with the suite."""

from pathlib import Path

import pytest

from sim_suite.episodes.store.dataset import Dataset
from sim_suite.episodes.store.facts import Actor
from sim_suite.episodes.store.folder import Recording, rebuild_index
from sim_suite.episodes.store.samples import locate, sample_names
from sim_suite.errors import SuiteError
from sim_suite.version import SIM_VERSION


@pytest.mark.parametrize("name", sample_names())
def test_every_sample_holds_its_checksums_and_is_of_this_simulator(name):
    dataset = Dataset(Path(f"sample:{name}"))
    assert dataset.check() == {}
    for episode in dataset.episodes():
        assert episode.head.sim_version == SIM_VERSION, "record the samples anew, as samples.py says"
        assert episode.head.recorded_at is None
        assert episode.seal.by[Actor.EXPERT] == len(episode) > 0


def test_a_sample_is_not_written_to():
    for write in (Recording, rebuild_index):
        for name in (Path("sample:driving"), locate(Path("sample:driving"))):
            with pytest.raises(SuiteError, match="stays as it is"):
                write(name)


def test_an_unknown_sample_names_those_there_are():
    with pytest.raises(SuiteError, match="sample:car-racing, sample:driving"):
        Dataset(Path("sample:laps"))
