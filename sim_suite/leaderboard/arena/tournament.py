"""Holds a tournament: what is missing is played, each game recorded as it ends, and the results made from the record. Source: ours."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from pathlib import Path
from typing import Final

from sim_suite.errors import SuiteError
from sim_suite.files import write_atomic
from sim_suite.leaderboard.arena.films import film, film_path
from sim_suite.leaderboard.arena.folder import ArenaFolder, header_of
from sim_suite.leaderboard.arena.jobs import JudgeJob, MatchJob
from sim_suite.leaderboard.arena.judges import judge_of
from sim_suite.leaderboard.arena.openings import Moves, openings
from sim_suite.leaderboard.arena.records import ArenaRecords, GameRow, Judgement, Pairing
from sim_suite.leaderboard.arena.results import write_results
from sim_suite.leaderboard.arena.standings import GameTable
from sim_suite.leaderboard.arena.suite import ArenaSuite, GameSpec
from sim_suite.leaderboard.compare import Backend, Options, Watch
from sim_suite.leaderboard.entries import resolve
from sim_suite.leaderboard.records import EntryRecord
from sim_suite.leaderboard.workers import AnyJob, play_all
from sim_suite.versions import hardware, versions

GAMES_A_JOB: Final = 10
"""As of other leaderboards' episodes (`compare.EPISODES_A_JOB`)."""


def hold(
    suite: ArenaSuite,
    agents: Sequence[str],
    out: Path,
    options: Options,
    watch: Watch | None = None,
    backend: Backend = play_all,
) -> list[GameTable]:
    """Let every two of `agents` meet on each game that both fit, write the results to `out` and return them.

    Games that `out` holds already are not played again. Raises `SuiteError` before the first game where an agent is
    unknown or fits no game.
    """
    watch = watch or Watch()
    drawn = {spec.name: openings(spec) for spec in suite.games}
    entries = _enter(suite, agents, options, watch)
    header = header_of(suite, versions(), hardware())
    with ArenaFolder(out, header, resume=options.resume or options.retry_failed) as folder:
        matches = list(_matches(suite, entries, drawn, folder.records, options))
        judging = list(_judging(suite, entries, folder.records, options))
        for entry in entries:
            folder.add_entry(entry)
        total = sum(2 * spec.openings for spec in suite.games for _ in _pairs(spec, entries))
        watch.started("games", total - sum(len(job.episodes) for job in matches), total)
        _play(matches, folder, watch, "games", options, backend)
        watch.started("judging", 0, len(judging))
        _play(judging, folder, watch, "judging", options, backend)
        if options.clips:
            _film_all(folder.records, out, watch)
        watch.started("statistics and page", 0, 1)
        tables = write_results(out, folder.records)
        watch.advanced("statistics and page")
        return tables


def _enter(suite: ArenaSuite, agents: Sequence[str], options: Options, watch: Watch) -> list[EntryRecord]:
    entries, left = resolve(agents, suite.as_tasks(), trust=options.trust)
    for entry in entries:
        if entry.person is not None:
            raise SuiteError(
                f"{entry.label} is a person's record, which meets nobody. Play yourself: `sim-suite play connect_four`."
            )
        if len(entry.runs) > 1:
            raise SuiteError(
                f"{entry.label!r} stands for {len(entry.runs)} agents; in an arena each meets the others. Give each a label of its own."
            )
        watch.entered(entry, [one for one in left if one.label == entry.label])
    if not any(True for spec in suite.games for _ in _pairs(spec, entries)):
        raise SuiteError("nobody meets anybody: name two agents that fit the same game, such as random and mcts-100.")
    return entries


def _pairs(spec: GameSpec, entries: Sequence[EntryRecord]) -> Iterator[tuple[EntryRecord, EntryRecord]]:
    """Every two who enter a game, the labels of each pair in order."""
    entered = sorted((entry for entry in entries if spec.name in entry.tasks), key=lambda entry: entry.label)
    yield from combinations(entered, 2)


def _matches(
    suite: ArenaSuite,
    entries: Sequence[EntryRecord],
    drawn: dict[str, tuple[Moves, ...]],
    records: ArenaRecords,
    options: Options,
) -> Iterator[MatchJob]:
    """The jobs for all games that are not recorded (or, with `retry_failed`, ended in a fault)."""
    for spec in suite.games:
        for one, other in _pairs(spec, entries):
            pairing = Pairing(spec.name, one.label, other.label)
            rows = [records.games.get((pairing, number)) for number in range(2 * spec.openings)]
            todo = [
                number
                for number, row in enumerate(rows)
                if row is None or (options.retry_failed and row.outcome != "ok")
            ]
            for start in range(0, len(todo), GAMES_A_JOB):
                numbers = tuple(todo[start : start + GAMES_A_JOB])
                begun = tuple(drawn[spec.name][number // 2] for number in numbers)
                yield MatchJob(spec, pairing, (one.runs[0].agent, other.runs[0].agent), options.trust, numbers, begun)


def _judging(
    suite: ArenaSuite, entries: Sequence[EntryRecord], records: ArenaRecords, options: Options
) -> Iterator[JudgeJob]:
    for spec in suite.games:
        for entry in entries:
            known = records.judgements.get((spec.name, entry.label))
            missing = known is None or (options.retry_failed and bool(known.message))
            if missing and spec.name in entry.tasks and judge_of(spec.name) is not None:
                yield JudgeJob(spec, entry.label, entry.runs[0].agent, options.trust)


def _play(
    jobs: Sequence[AnyJob], folder: ArenaFolder, watch: Watch, what: str, options: Options, backend: Backend
) -> None:
    for played in backend(jobs, options.workers):
        assert isinstance(played.result, GameRow | Judgement)
        folder.add(played.result, played.seconds)
        watch.advanced(what)


def _film_all(records: ArenaRecords, out: Path, watch: Watch) -> None:
    """The first faultless game of each pair, once."""
    first: dict[Pairing, GameRow] = {}
    for row in records.sorted_games():
        if row.outcome == "ok":
            first.setdefault(row.pairing, row)
    todo = [row for pairing, row in first.items() if not film_path(out, pairing).is_file()]
    watch.started("clips", len(first) - len(todo), len(first))
    for row in todo:
        write_atomic(film_path(out, row.pairing), film(records.suite.spec(row.game).game, row.moves))
        watch.advanced("clips")
