"""sim-suite: environments, agents, episodes and scores. Importing this package loads neither torch, pygame nor carla."""

from sim_suite.version import __version__

__all__ = ["__version__"]
