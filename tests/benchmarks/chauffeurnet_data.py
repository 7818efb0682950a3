"""How fast ChauffeurNet's batches come: complete with targets and augmentation, beside the raster alone, and the experts' driving.

The data share the cores with the training that they feed. The bar: what an example costs in processor time, its share of the experts'
driving counted in, must leave four fifths of the cores to a network that learns from 300 examples a second on them.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator

import numpy as np

from agents.imitation.chauffeurnet.data.drawing import Augmentation, Drawer, new_batch
from agents.imitation.chauffeurnet.data.experience import ExperienceOptions, generate
from agents.imitation.chauffeurnet.data.feeding import Feed, FeedOptions, candidates, choose
from agents.imitation.chauffeurnet.spec import ChauffeurSpec
from sim_suite.benchmarking import ROUNDS, Row, median_rate
from sim_suite.compiling.sharing import at_most
from sim_suite.driving.sensors.raster.raster import Rasteriser
from sim_suite.driving.sensors.raster.raster_spec import preset, trail_length

SUMMARY = "ChauffeurNet's data: batches with targets a second, beside rasters alone, and the experts that are driven meanwhile"

BATCH = 64
CORES = 2
LEARNED_PER_S = 300.0
"""Examples that a small network learns from a second on two cores, at most."""
SHARE = 0.2
"""Of the cores' time, for its data."""
BAR_MS = 1000.0 * CORES * SHARE / LEARNED_PER_S
GRIDS = (("bench", 2), ("small", 1), ("chauffeurnet", 4))
"""Presets of the raster, and strides of the grid."""
FED = 40
"""Batches of a feed that are timed, after those that need the first experience."""


def rows() -> Iterator[Row]:
    """Experience first, from which all else is drawn."""
    options = ExperienceOptions()
    generate(options, 0, 0)
    seconds, moments, number = 0.0, 0, 1
    while number <= 3:
        begun = time.process_time()
        logs = generate(options, 0, number)
        seconds += time.process_time() - begun
        moments, number = moments + sum(len(log.moments(10)) for log in logs), number + 1
    driving_ms = 1000.0 * seconds / moments
    yield Row("experts driving, moments a second of processor time", 1000.0 / driving_ms, "moments/s")
    megabytes = sum(log.nbytes for log in logs) / 1e6
    yield Row("memory of a generation's states", megabytes, "MB")
    pool = candidates(logs, 10, FeedOptions(), np.random.default_rng(0))
    for name, stride in GRIDS:
        spec = ChauffeurSpec(preset(name), stride)
        drawer, memory = Drawer(spec, Augmentation()), new_batch(spec, BATCH)
        numbers = iter(range(10**9))

        def draw() -> int:
            rng = np.random.default_rng(next(numbers))  # noqa: B023
            drawer.draw(choose(pool, BATCH, rng), rng, memory)  # noqa: B023
            return BATCH

        log, chosen = pool[0]
        taken = chosen[np.linspace(0, len(chosen) - 1, BATCH).astype(int)]
        trail = np.zeros((BATCH, log.body.shape[1], trail_length(spec.raster), 4), np.float32)
        state, rasteriser = log.states(taken, trail), Rasteriser(log.driving_map, spec.raster)
        out = np.zeros((BATCH, 1, *spec.raster.shape), np.uint8)

        def draw_rasters() -> int:
            rasteriser.draw(state, out)  # noqa: B023
            return BATCH

        with at_most(CORES):
            rate, alone = median_rate(draw), median_rate(draw_rasters)
        label = f"{name}, grid {'x'.join(map(str, spec.grid))}"
        yield Row(f"batches of {label}, {CORES} cores", rate, "examples/s", "rasters alone", alone)
        with at_most(1):
            spent = driving_ms + processor_ms(draw)
        bar = BAR_MS if name == "bench" else None
        label = f"an example of {label}, processor time with its share of the driving"
        yield Row(f"{label} (at most)", spent, "ms", bar=bar, holds=None if bar is None else spent <= bar)
    yield from fed_rows()


def processor_ms(draw: Callable[[], int]) -> float:
    """Of one example, the median of several batches."""
    draw()
    spent = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        count = draw()
        spent.append(1000.0 * (time.process_time() - begun) / count)
    return statistics.median(spent)


def fed_rows() -> Iterator[Row]:
    """A feed that is asked as fast as it answers, while it generates the next experience."""
    options = FeedOptions(batch_size=BATCH)
    with Feed(ChauffeurSpec(preset("bench"), 2), options, seed=0) as feed:
        feed.batch(0)
        begun = time.perf_counter()
        for number in range(1, FED + 1):
            feed.batch(number)
        rate = FED * BATCH / (time.perf_counter() - begun)
    bar = 0.8 * LEARNED_PER_S
    yield Row("a feed of bench while experts drive", rate, "examples/s", bar=bar, holds=rate >= bar)
