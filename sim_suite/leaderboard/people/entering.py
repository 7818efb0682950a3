"""Enters a person into a leaderboard: from `human:FOLDER` to the entry that the journal keeps. Source: ours."""

from __future__ import annotations

from collections.abc import Sequence

from sim_suite.episodes.store.dataset import Dataset
from sim_suite.episodes.store.index import Entry
from sim_suite.errors import DamagedFileError, SuiteError
from sim_suite.leaderboard.people.counting import Counted, count
from sim_suite.leaderboard.people.facts import Person
from sim_suite.leaderboard.suite import TaskSpec


def person_of(dataset: Dataset, tasks: Sequence[TaskSpec]) -> tuple[Person, dict[str, str]]:
    """Who drove and what counts, and of the tasks on which nothing does, the reason by name.

    Raises `DamagedFileError` where any file of the dataset is no whole episode: a score over the others would be a choice.
    """
    if dataset.damaged:
        file, reason = next(iter(sorted(dataset.damaged.items())))
        raise DamagedFileError(f"{dataset.folder} holds {file}, which is damaged, so nobody is scored by it: {reason}")
    counted: dict[str, Counted] = {}
    reasons: dict[str, str] = {}
    for task in tasks:
        try:
            counted[task.name] = count(dataset, task)
        except DamagedFileError:
            raise
        except SuiteError as error:
            reasons[task.name] = str(error)
    lines = [entry for found in counted.values() for entry in found.entries]
    given = {name: found.given for name, found in counted.items()}
    return Person(who(lines), given, {name: found.left_out for name, found in counted.items()}), reasons


def refuse_missing(dataset: Dataset, person: Person) -> None:
    """Raise `SuiteError` where the dataset lacks an episode that was scored; it may have others."""
    here = {entry.digest for entry in dataset.entries}
    for given in person.episodes.values():
        for one in given:
            if one.digest not in here:
                raise SuiteError(
                    f"{dataset.folder} lacks the episode {one.digest[:12]} of seed {one.seed}, which was scored. "
                    f"Restore it from a copy."
                )


def who(lines: Sequence[Entry]) -> str:
    """Who drove, in words: a pseudonym only where all episodes under it may be passed on; "a person" of others."""
    private = {entry.driver for entry in lines if entry.consent != "share"}
    named = list(dict.fromkeys(entry.driver for entry in lines if entry.driver not in private and entry.driver))
    if not private:
        return ", ".join(named)
    hidden = "a person" if len(private) == 1 else f"{len(private)} people"
    return " and ".join(filter(None, [", ".join(named), hidden]))
