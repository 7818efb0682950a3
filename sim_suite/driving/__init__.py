"""The embedded driving simulator: pure kernels over arrays of many worlds. It imports neither torch, gymnasium, pygame nor carla."""
