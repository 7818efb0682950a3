"""The version, alone in a file so that reading it costs no import; and that of all seeded trajectories."""

__version__ = "0.1.0"

SIM_VERSION = 3
"""Raised whenever a seeded episode of an environment of ours goes otherwise than before. Recorded episodes are simulated again and
compared only under an equal one; their stored states and pictures are shown under any."""
