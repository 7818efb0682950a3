"""Drive a car yourself and record it: in a window, from a browser's page, or from a file of input.

Arrows or A D W S drive, P pauses, R ends an episode, Esc ends the session, H shows all keys. At an episode's end Enter keeps it,
Backspace discards it, T gives it a word. What is going on when you leave is kept.

examples:
  sim-suite drive sim_suite/CarRacing-v0 --out data/laps --episodes 3
  sim-suite drive sim_suite/CarRacing-v0 --out data/fixes --autopilot runs/CarRacing-v0/bc
  sim-suite drive sim_suite/Driving-v0 --out data/town --map town_1km crossroads --traffic light --weather rain
  sim-suite drive sim_suite/CarRacing-v0 --out data/laps --web 8080
  SDL_VIDEODRIVER=dummy sim-suite drive sim_suite/CarRacing-v0 --out data/laps --input lap.jsonl
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

import tyro

from sim_suite.cli import console
from sim_suite.envs.catalog import card
from sim_suite.errors import SuiteError
from sim_suite.settings import parse_settings

if TYPE_CHECKING:
    import gymnasium as gym

    from sim_suite.cli.autopilots import Pilot
    from sim_suite.episodes.cockpit.choices import Choices
    from sim_suite.episodes.cockpit.plan import Drive
    from sim_suite.episodes.store.folder import Recording
    from sim_suite.episodes.store.index import Entry

_EVALUATED: Final = range(10_000, 30_000)
"""Seeds that the leaderboard judges by."""
_ALL_MAPS: Final = "all"


@dataclass(frozen=True)
class Arguments:
    """What to drive, and how it is recorded."""

    env: Annotated[str, tyro.conf.Positional] = "sim_suite/CarRacing-v0"
    """sim_suite/CarRacing-v0, sim_suite/Driving-v0, sim_suite/Scenario-v0 or, on a CARLA server, sim_suite/Carla-v0."""
    out: Path | None = None
    """Folder of episodes; a new one, or one to add to."""
    episodes: int | None = None
    """How many to keep before it ends; until you leave if not given, one with --input."""
    seed: int = 0
    """Seed of the first episode; each further one has the next. 10,000 to 29,999 are the leaderboard's."""
    autopilot: str | None = None
    """An agent that drives until you touch wheel or pedals (whatever `play --agent` takes); Tab gives it the wheel again."""
    driver: str = "me"
    """A name for you that is stored with the episodes; no need for your own."""
    consent: Literal["private", "share"] = "private"
    """private: your episodes stay on this machine, `export` refuses them; share: they may be passed on."""
    tag: tuple[str, ...] = ()
    """Words to give every episode."""
    words: tuple[str, ...] = ("good", "mistake", "recovery")
    """Words that T chooses among at an episode's end."""
    map: tuple[str, ...] = ()
    """Maps of Driving-v0 and Carla-v0, the first one first; M goes on to the next. "all": every map (`sim-suite maps list`)."""
    traffic: Literal["none", "light", "normal", "heavy"] | None = None
    """Of Driving-v0 and Carla-v0; N changes it."""
    weather: str | None = None
    """Of Driving-v0 and Carla-v0: clear, dusk, night, rain, storm, fog, snow, ice; B changes it."""
    set: tuple[str, ...] = ()
    """Arguments of the environment, as NAME=VALUE."""
    profile: str | None = None
    """Of your gamepad or wheel: a name or a .toml file; found by the device's name if not given."""
    calibrate: Annotated[bool, tyro.conf.FlagCreatePairsOff] = False
    """Ask you to move wheel and pedals, write the profile (to --profile FILE.toml, or your own folder), and drive nothing."""
    input: Path | None = None
    """A file that drives in your place, one JSON object a line (`sim_suite/episodes/cockpit/script.py` says which)."""
    fast: Annotated[bool, tyro.conf.FlagCreatePairsOff] = False
    """With --input: do not wait between steps, and show nothing."""
    web: int | None = None
    """Drive from a browser: a port for the page, 0 for any. Served to this machine only, under an address that holds a secret. The drive
    is paused while the page is closed or not in front; after 10 minutes without anybody it ends, and what was recorded is kept."""
    trust: Annotated[bool, tyro.conf.FlagCreatePairsOff] = False
    """Load sb3:FILE.zip as autopilot, whose format runs code of its maker."""
    json: Annotated[bool, tyro.conf.FlagCreatePairsOff] = False
    """Print the session and its episodes as JSON."""


def run(arguments: Arguments) -> int:
    """Run the command."""
    from sim_suite.cli.seats import calibrate_stick

    if arguments.calibrate:
        if arguments.profile is not None and not arguments.profile.endswith(".toml"):
            raise SuiteError(
                f"--profile names the file that --calibrate writes: it must end in .toml, not {arguments.profile!r}."
            )
        written = calibrate_stick(None if arguments.profile is None else Path(arguments.profile))
        console.out.print(str(written), markup=False, soft_wrap=True)
        console.next_step(f"sim-suite drive {arguments.env} --profile {written} --out data/laps")
        return 0
    if arguments.out is None:
        raise SuiteError("a drive is recorded into a folder: name one, for example --out data/laps.")
    drive, made = _drive(arguments, arguments.out)
    _report(arguments, arguments.out, drive, made)
    return 0


def _drive(arguments: Arguments, out: Path) -> tuple[Drive, list[Entry]]:
    """One sitting: what it came to, and the episodes that it made."""
    from sim_suite.cli.seats import open_seat
    from sim_suite.envs.making import drawn_by, look, make
    from sim_suite.episodes.cockpit.cars import car_of, reach_of, render_mode
    from sim_suite.episodes.cockpit.pace import RealClock, SimulatedClock, StoppableClock
    from sim_suite.episodes.cockpit.plan import Plan
    from sim_suite.episodes.cockpit.session import Session
    from sim_suite.episodes.recording.recorder import RecordEpisodes
    from sim_suite.episodes.store.facts import Driver
    from sim_suite.episodes.store.folder import Recording

    mode, reach, driver = (
        render_mode(arguments.env),
        reach_of(arguments.env),
        Driver(arguments.driver, arguments.consent),
    )
    _refuse(arguments)
    choices, kwargs = _choices(arguments)
    pilot = _pilot(arguments, kwargs)
    clock = StoppableClock(SimulatedClock() if arguments.fast else RealClock())
    drawn = drawn_by(card(arguments.env), None if pilot is None else pilot.view)
    with ExitStack() as open_things:
        seat = open_things.enter_context(
            open_seat(arguments.input, arguments.web, reach, shown=not arguments.fast, profile=arguments.profile)
        )
        seen = None if seat.display is None else mode
        world = open_things.enter_context(make(arguments.env, drawn, kwargs=kwargs, render_mode=seen))
        car = car_of(world)
        folder = open_things.enter_context(Recording(out))
        _say_recovered(folder)
        _warm_up(world)
        recorder = RecordEpisodes(
            world, folder, driver=driver, agent=None if pilot is None else pilot.player, clock=clock.now, hold=True,
            recorded_at=None if arguments.fast else _now,
        )  # fmt: skip
        open_things.callback(recorder.close)
        env = recorder if pilot is None else look(recorder, card(arguments.env), pilot.view)
        plan = Plan(_episodes(arguments), arguments.seed, arguments.tag, arguments.words)
        session = Session(
            env, recorder, car, seat.device, seat.display, clock, plan, choices=choices,
            autopilot=None if pilot is None else pilot.at(env, arguments.seed), follower=seat.follower,
        )  # fmt: skip
        before = len(folder.dataset)
        with _stopped_softly(session.ask_to_quit):
            drive = session.run()
        return drive, list(folder.dataset.entries[before:])


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _refuse(arguments: Arguments) -> None:
    if (arguments.episodes is not None and arguments.episodes < 1) or arguments.seed < 0:
        raise SuiteError(
            f"--episodes must be 1 or more and --seed 0 or more, not {arguments.episodes} and {arguments.seed}."
        )
    if arguments.input is not None and arguments.web is not None:
        raise SuiteError("--input and --web are two seats: give one of them.")
    if arguments.fast and arguments.input is None:
        raise SuiteError("--fast is for --input FILE: a person needs time.")
    if arguments.seed + (arguments.episodes or 1) > _EVALUATED.start and arguments.seed < _EVALUATED.stop:
        console.note(
            "note: seeds 10,000 to 29,999 are the leaderboard's. What learns from these cannot be judged by it."
        )


def _episodes(arguments: Arguments) -> int | None:
    return 1 if arguments.episodes is None and arguments.input is not None else arguments.episodes


def _choices(arguments: Arguments) -> tuple[Choices, dict[str, Any]]:
    """What can be chosen between episodes, and the environment's arguments."""
    from sim_suite.driving.roads.maps import map_names
    from sim_suite.episodes.cockpit.choices import Choices

    kwargs = parse_settings(arguments.set)
    offered = arguments.env in ("sim_suite/Driving-v0", "sim_suite/Carla-v0")
    maps = tuple(map_names()) if arguments.map == (_ALL_MAPS,) else arguments.map
    if maps and "map" in kwargs:
        raise SuiteError("--map and --set map=... say the same: give one of them.")
    choices = Choices(maps=maps, traffic=arguments.traffic, weather=arguments.weather, offered=offered)
    if maps:
        kwargs["map"] = maps[0] if len(maps) == 1 else maps
    return choices, kwargs


def _pilot(arguments: Arguments, kwargs: dict[str, Any]) -> Pilot | None:
    if arguments.autopilot is None:
        return None
    from sim_suite.cli.autopilots import find_pilot

    return find_pilot(arguments.autopilot, arguments.env, kwargs, arguments.seed, trust=arguments.trust)


def _warm_up(env: gym.Env[Any, Any]) -> None:
    """Load kernels and fonts before the clock runs, in an episode that nobody records."""
    env.reset(seed=0)
    for _ in range(3):
        env.step(env.action_space.sample() * 0)
        if env.render_mode is not None:
            env.render()


@contextmanager
def _stopped_softly(ask_to_quit: Callable[[], None]) -> Iterator[None]:
    """The first Ctrl-C or SIGTERM asks the session to end; a second one breaks it off."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def ask(number: int, frame: object) -> None:
        ask_to_quit()
        signal.signal(signal.SIGINT, signal.default_int_handler)

    try:
        for number in before:
            signal.signal(number, ask)
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _say_recovered(folder: Recording) -> None:
    for found in folder.recovered:
        console.note(str(found))


def _report(arguments: Arguments, out: Path, drive: Drive, made: list[Entry]) -> None:
    """What was recorded, and what to type next."""
    if arguments.json:
        console.print_json({"session": drive.to_json(), "episodes": [entry.to_json() for entry in made]})
        return
    for entry in made:
        tags = f", {' '.join(entry.tags)}" if entry.tags else ""
        console.out.print(
            f"{entry.file}: seed {entry.seed}, return {entry.episode_return:.2f} in {entry.steps} steps, {entry.end}{tags}",
            markup=False,
        )
    share = 100.0 * drive.missed / max(drive.frames, 1)
    console.out.print(
        f"{drive.kept} kept, {drive.discarded} discarded; {drive.missed} of {drive.frames} frames missed ({share:.2f} %)",
        markup=False,
    )
    if made:
        console.next_step(f"sim-suite episodes replay {out}")
        run = None if arguments.autopilot is None else Path(arguments.autopilot)
        if drive.was_helped and run is not None and (run / "config.toml").is_file():
            from agents.imitation.starting import line_with_corrections

            console.next_step(line_with_corrections(run, out))
        else:
            console.next_step(f"sim-suite train bc --episodes {out}")
