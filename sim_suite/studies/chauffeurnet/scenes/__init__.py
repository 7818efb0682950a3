"""Scenarios of the study, one a file: `sim-suite run sim_suite/studies/chauffeurnet/scenes/nudge.py`."""
