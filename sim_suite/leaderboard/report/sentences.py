"""Sentences of a section that depend on its results: who is left out of the ranking, what the points of few runs mean.

Source: ours.
"""

from __future__ import annotations

from sim_suite.leaderboard.report.model import Section
from sim_suite.leaderboard.statistics import FEW_RUNS


def left_out_sentence(section: Section) -> str:
    """How many entries have no aggregate, and why."""
    unranked = [entry for entry in section.entries if entry.aggregate is None]
    absent = sum(any(not result.entered for result in entry.results) for entry in unranked)
    reasons = {"did not enter every task": absent, "finished no episode of some task": len(unranked) - absent}
    return " ".join(
        f"{number} agent{'s' if number > 1 else ''} {reason} and {'are' if number > 1 else 'is'} not ranked here."
        for reason, number in reasons.items()
        if number
    )


def few_any(section: Section) -> bool:
    """True where some agent's aggregate rests on too few training runs."""
    return any(entry.aggregate is not None and entry.aggregate.few for entry in section.entries)


def stalled_sentence(section: Section, index: int) -> str:
    """How many episodes stalled, of each entry that played a task which tells stalls apart, and what a stall is."""
    task = section.tasks[index]
    counts = [(section.entries[i].label, section.entries[i].results[index].outcomes) for i in section.entered(index)]
    if not task.stall_steps or not counts:
        return ""
    words = ", ".join(f"{found.stalled} of {found.ok} of {label}" for label, found in counts)
    return f"Stalled episodes ({task.stall_steps} steps in a row without a reward): {words}."


def few_sentence(section: Section, index: int) -> str:
    """What the points of one task's plot are, where any are shown."""
    found = [entry.results[index].mean for entry in section.entries]
    some = any(i is not None and 1 < i.runs < FEW_RUNS for i in found)
    single = any(i is not None and i.runs == 1 for i in found)
    one_seed = any(entry.training_seeds == 1 and entry.results[index].mean is not None for entry in section.entries)
    sentences = []
    if some:
        sentences.append(
            f"Fewer than {FEW_RUNS} training seeds: small dots show the score of each training run; "
            "judge by them, since an interval from so few runs is wide and rests on assumptions."
        )
    if single:
        sentences.append("Fine ticks show the episodes of a single run.")
    if one_seed:
        sentences.append(
            "n = 1 training seed: the interval covers its episodes alone and says nothing of another training run."
        )
    return " ".join(sentences)
