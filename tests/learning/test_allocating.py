"""Memory that is kept: the system is asked for fewer pages, counted in a process of its own."""

import os
import subprocess
import sys

import pytest

COUNT = """
import resource, sys
import numpy as np
from sim_suite.learning.allocating import keep_memory
assert keep_memory() == (sys.argv[1] == "keep")
def passed():
    pieces = [np.ones(1 << 20, np.uint8) for _ in range(20)]
def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt
passed()
before = faults()
for _ in range(10):
    passed()
print(faults() - before)
"""


def pages(word, **environment):
    """How many of ten passes with 5,000 pages each."""
    done = subprocess.run(
        [sys.executable, "-c", COUNT, word], env=os.environ | environment, capture_output=True, text=True, check=True
    )
    return int(done.stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="glibc's")
def test_a_pass_asks_for_no_pages_that_the_one_before_gave_back():
    assert pages("keep") < 1000


@pytest.mark.skipif(sys.platform != "linux", reason="glibc's")
def test_what_the_environment_says_stands():
    assert pages("leave", MALLOC_TRIM_THRESHOLD_="131072", MALLOC_MMAP_THRESHOLD_="131072") > 40_000
