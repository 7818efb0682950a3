"""Driving worlds on a GPU: the same functions as on the CPU, a block of threads for each world.

Nothing here is imported unless someone asks for it, and importing it starts no GPU. numba-cuda (extra `gpu`) compiles the
kernels; without a GPU they run under numba's simulator (NUMBA_ENABLE_CUDASIM=1), which is how they are tested.
"""
