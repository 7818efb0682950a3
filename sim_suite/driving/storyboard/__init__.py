"""Scenarios: what they are made of, how they are played in many driving worlds at once, and OpenSCENARIO files.

Scripts import their words from `sim_suite.driving.storyboard.words`.
"""
