"""Environments. Importing this package tells Gymnasium about ours, by strings: nothing is loaded before one is made.

import gymnasium, sim_suite.envs
env = gymnasium.make("sim_suite/CarRacing-v0")
"""

from sim_suite.envs.registration import register

register()
