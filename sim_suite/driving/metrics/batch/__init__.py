"""Measures of thousands of variations of one scenario at once. Source: ours; what is measured is defined in the folder above.

traces = Traces(num_worlds=4096, actors=3, samples=200)
traces.observe(world.state)                 # after the reset, then after each step of two ticks
traces.end(w)                               # what follows in world w does not count
measures = measure(traces, world.ground)    # least_time_to_collision_s: [W], ...
"""
