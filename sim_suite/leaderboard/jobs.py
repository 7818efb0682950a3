"""A job: some episodes of one training run on one task, and how a process does them. Jobs travel between processes as plain data."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import gymnasium as gym
from threadpoolctl import threadpool_limits

from agents.interface import Agent
from agents.naming import build, find
from sim_suite.envs.making import make
from sim_suite.errors import SuiteError
from sim_suite.leaderboard.episode import Outcome, Row, course_of, play
from sim_suite.leaderboard.filming import Camera
from sim_suite.leaderboard.people.facts import Given
from sim_suite.leaderboard.people.replaying import Recordings, Repeater, Witness, refusal
from sim_suite.leaderboard.side_by_side import AT_ONCE, Opened, is_asked_together, play_together
from sim_suite.leaderboard.stalling import StallWatch
from sim_suite.leaderboard.suite import TaskSpec


@dataclass(frozen=True)
class Job:
    """Episodes to play, in order. Picklable; holds names, not objects."""

    task: TaskSpec
    entry: str
    """Label on the leaderboard."""
    run: int
    """Which training run of the entry."""
    agent: str
    """Name of the agent, as on the command line."""
    trust: bool
    episodes: tuple[int, ...]
    given: tuple[Given, ...] = ()
    """Of a person: all episodes of the run on the task, by number. Empty for agents, who play the suite's seeds."""
    together: bool = True
    """Whether an agent that is asked about several episodes at once is."""

    @property
    def env(self) -> str:
        """What is played."""
        return self.task.env

    def results(self) -> Iterator[Row]:
        """Do it."""
        return do_job(self)

    def lost(self, episode: int, reason: str) -> Row:
        """The row of an episode whose process died."""
        return failed(place_of(self, episode), "worker_died", reason)

    def rest(self, episodes: tuple[int, ...]) -> Job:
        """With these episodes only."""
        return replace(self, episodes=episodes)

    def one_by_one(self) -> Job | None:
        """Without several episodes at once."""
        return replace(self, together=False) if self.together else None


@dataclass(frozen=True)
class ClipJob:
    """The first episode of an entry's first run on the task, filmed."""

    task: TaskSpec
    entry: str
    run: int
    agent: str
    trust: bool
    episodes: tuple[int, ...] = (0,)
    given: tuple[Given, ...] = ()

    @property
    def env(self) -> str:
        """What is filmed."""
        return self.task.env

    def results(self) -> Iterator[Clip]:
        """Do it."""
        yield film(self)

    def lost(self, episode: int, reason: str) -> Clip:
        """What is left where the process died."""
        return Clip(self.task.name, self.entry, b"")

    def rest(self, episodes: tuple[int, ...]) -> ClipJob:
        """With these episodes only."""
        return replace(self, episodes=episodes)

    def one_by_one(self) -> None:
        """There is one."""


@dataclass(frozen=True)
class Clip:
    """A filmed episode; `webm` is empty where the fault of an agent or environment left nothing to see."""

    task: str
    entry: str
    webm: bytes
    episode: int = 0


def quiet_process() -> None:
    """Prepare a worker: no window, one thread a library, since there is a process for each core."""
    os.environ.setdefault("SDL_VIDEODRIVER", "dummy")
    os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ.setdefault(name, "1")


def do_job(job: Job) -> Iterator[Row]:
    """Play the job's episodes, each in an environment of its own, so that none depends on another."""
    places = [place_of(job, episode) for episode in job.episodes]
    # In workers one thread is the rule already; here it also holds for libraries that were loaded before. Sums in another
    # order are other sums, and a row must not depend on how many processors there were.
    with threadpool_limits(limits=1):
        yield from _by_person(job, places) if job.given else _by_agent(job, places)


def place_of(job: Job | ClipJob, episode: int) -> dict[str, Any]:
    """The fields of a row that say which episode it is."""
    return {
        "task": job.task.name,
        "entry": job.entry,
        "run": job.run,
        "episode": episode,
        "seed": seed_of(job, episode),
    }


def seed_of(job: Job | ClipJob, episode: int) -> int:
    """The environment's seed: the suite's, or the one that a person drove."""
    return job.given[episode].seed if job.given else job.task.seed(episode)


def failed(place: dict[str, Any], outcome: Outcome, message: str) -> Row:
    """The row of an episode that never began."""
    return Row(
        **place, outcome=outcome, episode_return=0.0, length=0, terminated=False, actions_sha256="", message=message
    )


def _by_agent(job: Job, places: Sequence[dict[str, Any]]) -> Iterator[Row]:
    """With the job's agent, which is built once; one that cannot be built fails each."""
    try:
        agent = build(find(job.agent, trust=job.trust), job.task.env, job.task.kwargs, seed=0)
    except Exception as error:
        failure = f"{type(error).__name__}: {error}".replace("\n", " ")[:500]
        yield from (failed(place, "agent_error", failure) for place in places)
        return
    if is_asked_together(agent, job.task.deterministic):
        openings = [partial(_opened, job.task, agent, place) for place in places]
        yield from play_together(agent, openings, AT_ONCE if job.together else 1)
    else:
        yield from (_one(job.task, agent, place) for place in places)


def _by_person(job: Job, places: Sequence[dict[str, Any]]) -> Iterator[Row]:
    """What the job's person did once more; what does not go as recorded is a fault."""
    recordings = Recordings(job.agent)
    for place in places:
        try:
            with recordings.open(job.given[place["episode"]].digest) as episode:
                driver = Repeater(episode.read("action"), job.task.env)
                row = _one(job.task, driver, place, partial(Witness, episode=episode))
                refused = refusal(episode, row)
        except SuiteError as error:
            yield failed(place, "agent_error", str(error))
            continue
        yield replace(row, outcome="agent_error", message=refused, metrics={}) if refused else row


def _one(
    task: TaskSpec,
    agent: Agent,
    place: dict[str, Any],
    around: Callable[[gym.Env[Any, Any]], gym.Env[Any, Any]] = lambda env: env,
) -> Row:
    env = _env_of(task, agent, place, around)
    if isinstance(env, Row):
        return env
    try:
        return play(env, agent, deterministic=task.deterministic, **_rules(task), **place)
    finally:
        env.close()


def _opened(task: TaskSpec, agent: Agent, place: dict[str, Any]) -> Opened | Row:
    env = _env_of(task, agent, place)
    return env if isinstance(env, Row) else Opened(env, course_of(env, **_rules(task), **place))


def _env_of(
    task: TaskSpec,
    agent: Agent,
    place: dict[str, Any],
    around: Callable[[gym.Env[Any, Any]], gym.Env[Any, Any]] = lambda env: env,
) -> gym.Env[Any, Any] | Row:
    """What an episode is played in; the row where that cannot be made."""
    try:
        env = around(make(task.env, agent.interface.observation, kwargs=task.kwargs))
    except SuiteError as error:
        return failed(place, "env_error", str(error))
    return StallWatch(env, task.stall_steps) if task.stall_steps else env


def _rules(task: TaskSpec) -> dict[str, Any]:
    """How a task is played, besides by whom."""
    return {"epsilon": task.epsilon, "required": (task.score,) if task.score else ()}


def film(job: ClipJob) -> Clip:
    """The first ten seconds of the job's first episode."""
    from sim_suite.leaderboard.report.clips import encode_webm

    if job.given:
        with Recordings(job.agent).open(job.given[0].digest) as episode:
            agent: Agent = Repeater(episode.read("action"), job.task.env)
    else:
        agent = build(find(job.agent, trust=job.trust), job.task.env, job.task.kwargs, seed=0)
    with make(job.task.env, agent.interface.observation, kwargs=job.task.kwargs, render_mode="rgb_array") as env:
        camera, place = Camera(env), place_of(job, 0)
        if is_asked_together(agent, job.task.deterministic):  # as when it was judged, to the last bit
            course = course_of(env, epsilon=job.task.epsilon, watch=camera.watch, **place)
            list(play_together(agent, [lambda: Opened(env, course)], 1))
        else:
            play(
                env, agent, deterministic=job.task.deterministic, epsilon=job.task.epsilon, watch=camera.watch, **place
            )
    return Clip(job.task.name, job.entry, encode_webm(camera.frames, fps=camera.fps) if camera.frames else b"")
