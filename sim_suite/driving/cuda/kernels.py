"""The kernel that steps worlds on a GPU: a block is a world, a thread an actor, ticks pass without coming back. Source: ours.

What needs the whole world at once (the lists of who is where, contacts, events, whoever enters and leaves) is done by one
thread of the block while the others wait; so lists and events have the order that they have on the CPU.
"""

from __future__ import annotations

from sim_suite.driving.cuda.keeping import cuda, gpu_kernel
from sim_suite.driving.traffic.presence import Presence, forget, note_all
from sim_suite.driving.world.contact import collide
from sim_suite.driving.world.kinds import AGENT
from sim_suite.driving.world.layout import CONTROL, JUDGED, NUM_ACTORS, NUM_EVENTS_NOW, TICK, Floats, State
from sim_suite.driving.world.recycle import recycle
from sim_suite.driving.world.step import decide_actor, keep_trail, move_actor, place_actor
from sim_suite.driving.world.terrain import Ground


@gpu_kernel
def step_worlds(state: State, ground: Ground, presence: Presence, push: Floats, ticks: int) -> None:
    """So many ticks of all worlds, in place; their lists of events begin anew.

    Launched with W blocks of any number of threads. presence, push: scratch memory of W "threads", one for each world.
    """
    w, first, stride = cuda.blockIdx.x, cuda.threadIdx.x, cuda.blockDim.x
    body, mind, world = state.body[w], state.mind[w], state.world[w]
    if first == 0:
        world[NUM_EVENTS_NOW] = 0
    for _ in range(ticks):
        actors = world[NUM_ACTORS]
        if first == 0:
            note_all(presence, w, body, mind, state.path[w], state.span[w], actors, ground.terrain)
        cuda.syncthreads()
        for i in range(first, actors, stride):
            decide_actor(state, ground, presence, w, w, i)
        cuda.syncthreads()
        for i in range(first, actors, stride):
            move_actor(state, ground, presence, w, w, i)
        cuda.syncthreads()
        if first == 0:
            forget(presence, w)
            world[TICK] += 1
            collide(push[w], body, mind, actors, world, state.event[w], state.event_place[w], state.tally[w])
        cuda.syncthreads()
        for i in range(first, actors, stride):
            if not (mind[i, CONTROL] == AGENT or world[JUDGED] == 1):
                place_actor(state, ground, w, i)
        cuda.syncthreads()
        if first == 0:
            for i in range(actors):
                if mind[i, CONTROL] == AGENT or world[JUDGED] == 1:  # it may note events, which have an order
                    place_actor(state, ground, w, i)
            recycle(state, ground, w)
            keep_trail(state, w, actors)
        cuda.syncthreads()
