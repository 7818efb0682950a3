"""Driving in the world of a CARLA server: the task of `sim_suite/Driving-v0`, the car moved by the server."""
