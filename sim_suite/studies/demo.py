"""The suite in a few minutes: a town, a drive, scenarios, recorded laps and who learned from them, small agents beside scripted ones.

What it shows is small on purpose: one training seed and few episodes. The page says so wherever it matters.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from agents import recipe as recipes
from agents.imitation.starting import recipe_for
from agents.naming import build, find
from agents.recipe import Recipe
from agents.training import Run, begin, go
from sim_suite.boards.registry import game_named
from sim_suite.driving.roads.drawing.draw import draw
from sim_suite.driving.roads.maps import read_map
from sim_suite.driving.roads.opendrive.writer import to_xml
from sim_suite.driving.roads.towns.generate import generate_town
from sim_suite.driving.storyboard.finding import load_scenario
from sim_suite.driving.storyboard.variations import draw as draw_variations
from sim_suite.envs.making import make
from sim_suite.episodes.replay.film import write_film
from sim_suite.episodes.replay.redraw import pace, pictures
from sim_suite.episodes.store.dataset import Dataset
from sim_suite.episodes.survey.page import render as render_survey
from sim_suite.episodes.survey.survey import survey
from sim_suite.errors import SuiteError
from sim_suite.files import write_atomic
from sim_suite.leaderboard import suite as suites
from sim_suite.leaderboard.arena.films import film as film_moves
from sim_suite.leaderboard.arena.playing import play as play_game
from sim_suite.leaderboard.arena.seat import Seat
from sim_suite.leaderboard.compare import Options, Watch, compare
from sim_suite.leaderboard.episode import play
from sim_suite.leaderboard.filming import FILM_BITRATE, FILM_WIDTH, Film, film_fps
from sim_suite.leaderboard.records import JOURNAL, LOCK, TIMING
from sim_suite.leaderboard.report.clips import WebmWriter
from sim_suite.leaderboard.report.model import Section
from sim_suite.leaderboard.results import PAGE, RESULTS, SCORES
from sim_suite.leaderboard.trials.films import film
from sim_suite.leaderboard.trials.page.page import render_page
from sim_suite.leaderboard.trials.trial import enter, run_trial

RECIPES = (
    "frozenlake-4x4-value-iteration",
    "frozenlake-4x4-q-learning",
    "cartpole-sb3-ppo",
    "mountain-car-continuous-sb3-a2c",
)
SCRIPTED = (
    "random", "do-nothing", "cart-pole-lqr", "mountain-car-pump", "car-racing-pursuit", "breakout-follower", "idm", "pdm"
)  # fmt: skip
SUITE = "demo"
TOWN = "town.html"
TOWN_SEED, TOWN_SIZE_M = 7, (500.0, 500.0)
DRIVE = "drive.webm"
DRIVER, DRIVE_ENV, DRIVE_SEED = "pdm", "sim_suite/Driving-v0", 7
DRIVE_OPTIONS = {"map": "village", "route_m": [250.0, 350.0], "pedestrians_per_km": 8.0, "parked_per_km": 5.0}
SCENARIOS = ("cut_in", "occluded_child", "red_light_runner")
SCENARIO_DRIVER, SAMPLES = "idm", 64
SCENARIO_PAGE = "scenarios.html"
GAME = "game.webm"
GAME_NAME, GAME_ENV, GAME_AGENTS = (
    "connect_four",
    "sim_suite/ConnectFour-v0",
    ("zoo:connect-four-alphazero", "mcts-100"),
)
LAPS = "sample:car-racing"
LAPS_PAGE, LAP = "laps.html", "lap.webm"
CLONE = "car-racing-bc-two-laps"
_OURS = {
    "training",
    "clips",
    TOWN,
    DRIVE,
    SCENARIO_PAGE,
    GAME,
    LAPS_PAGE,
    LAP,
    JOURNAL,
    TIMING,
    RESULTS,
    SCORES,
    PAGE,
    LOCK,
}

Stage = Callable[[str, int], AbstractContextManager[Callable[[int], None]]]
"""Opens a stage (what, units in all) and gives a function that reports how many units are done."""


@dataclass(frozen=True)
class Shown:
    """What the demonstration leaves behind."""

    sections: list[Section]
    page: Path
    town: Path
    """A page with the map of a generated town."""
    drive: Path
    """A film of a drive."""
    scenarios: Path
    """A page with a driver's verdicts on variations of scenarios."""
    laps: Path
    """A page on recorded laps: what was done in them."""
    lap: Path
    """A film of one of them, drawn from what was recorded."""
    game: Path
    """A film of a board game between a trained agent and a search with random rollouts."""


def demo(out: Path, workers: int, stage: Stage, watch: Watch) -> Shown:
    """Run the demonstration anew in `out`, which is its own: what an earlier one left there is replaced."""
    clear(out)
    with stage("make and draw a town", 1) as report:
        town = draw_town(out / TOWN)
        report(1)
    with stage("film a drive (the first compiles the driving world, one to two minutes)", 1) as report:
        drive = film_drive(out / DRIVE)
        report(1)
    with stage("run scenarios", SAMPLES * len(SCENARIOS)) as report:
        scenarios = run_scenarios(out / SCENARIO_PAGE, report)
    with stage("look at recorded laps", 1) as report:
        laps, lap = show_laps(out / LAPS_PAGE, out / LAP)
        report(1)
    with stage("film a game of Connect Four", 1) as report:
        game = film_game(out / GAME)
        report(1)
    agents = [*SCRIPTED, *(str(checkpoint) for checkpoint in train_all(out / "training", stage))]
    sections = compare(suites.load(SUITE), agents, out, Options(workers=workers), watch)
    return Shown(sections, out / PAGE, town, drive, scenarios, laps, lap, game)


def draw_town(out: Path) -> Path:
    """Generate a town, read it back from its own OpenDRIVE text, and write the page that shows it."""
    document = generate_town(TOWN_SEED, TOWN_SIZE_M)
    write_atomic(out, draw(read_map(to_xml(document).encode(), name="town"), ".html"))
    return out


def film_drive(out: Path) -> Path:
    """Film all of one episode of a scripted driver."""
    found = find(DRIVER)
    agent = build(found, DRIVE_ENV, DRIVE_OPTIONS, seed=DRIVE_SEED)
    with make(DRIVE_ENV, agent.interface.observation, kwargs=DRIVE_OPTIONS, render_mode="rgb_array_list") as env:
        writer = WebmWriter(film_fps(env), FILM_WIDTH, FILM_BITRATE)
        watch = Film(env, writer.add).note
        play(env, agent, task=DRIVE_ENV, entry=DRIVER, run=0, episode=0, seed=DRIVE_SEED, watch=watch)
    write_atomic(out, writer.finish())
    return out


def run_scenarios(out: Path, report: Callable[[int], None]) -> Path:
    """Judge a driver on variations of a few scenarios, film the worst of each, and write the page that shows them."""
    trials, films = [], {}
    for number, name in enumerate(SCENARIOS):
        scenario, entrant = load_scenario(name), enter(SCENARIO_DRIVER, name, {})
        variations = draw_variations(scenario, 0, range(SAMPLES))
        found = run_trial(scenario, name, entrant, variations, avoidable=True)
        worst = next(one for one in variations if one.id == found.worst.id)
        films[name, worst.id] = film(scenario, worst, entrant.agent)
        trials.append(found)
        report(SAMPLES * (number + 1))
    write_atomic(out, render_page(trials, films))
    return out


def show_laps(page: Path, lap: Path) -> tuple[Path, Path]:
    """Write the page on the recorded laps that come with the suite, and the film of the first."""
    dataset = Dataset(Path(LAPS))
    write_atomic(page, render_survey(survey(dataset, dataset.entries)).encode())
    with dataset.open(dataset.entries[0]) as episode:
        write_film(lap, pictures(episode), pace(episode))
    return page, lap


def film_game(out: Path) -> Path:
    """Film a game from the empty board between two agents that search."""
    agents = [build(find(name), GAME_ENV, {}, seed=0) for name in GAME_AGENTS]
    rules = game_named(GAME_NAME)
    first, second = (Seat(rules, agent) for agent in agents)
    played = play_game((first, second), (), seed=0, opening=0)
    write_atomic(out, film_moves(rules, played.moves))
    return out


def clear(out: Path) -> None:
    """Remove what an earlier demonstration left. Raises `SuiteError` where the folder holds anything else."""
    if not out.exists():
        return
    found = {path.name for path in out.iterdir()}
    strange = found - _OURS
    if strange:
        raise SuiteError(
            f"{out} holds {min(strange)!r}, which no demonstration wrote. Name an empty or new folder: --out."
        )
    for name in found:
        path = out / name
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def train_all(folder: Path, stage: Stage) -> Iterator[Path]:
    """Train each recipe with its own seed, and one that learns from the recorded laps; yields the checkpoints."""
    chosen: dict[str, Recipe] = {name: recipes.load(name) for name in RECIPES} | {CLONE: recipe_for((LAPS,))}
    for name, recipe in chosen.items():
        run = begin(recipe, folder / name, device="cpu")
        with stage(f"train {name}", run.learner.total_steps) as report:
            yield _train(run, report)


def _train(run: Run, report: Callable[[int], None]) -> Path:
    return go(run, lambda done, total, metrics: report(done))
