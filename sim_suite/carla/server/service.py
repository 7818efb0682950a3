"""What calls act on: the simulator, and who must be told after a step. Source: ours."""

from __future__ import annotations

from collections.abc import Callable

from sim_suite.carla import frames
from sim_suite.carla.server.simulator import Simulator
from sim_suite.carla.wire.values import Vector


class Service:
    """One simulator and its listeners."""

    def __init__(self, simulator: Simulator, publish: Callable[[bool], None]) -> None:
        """publish: sends the present frame to all that listen; told whether time went on."""
        self.simulator = simulator
        self.is_stepping = False
        """Whether a step was promised that is still to be made. Whoever calls finishes it, once the call is answered."""
        self.expected: set[int] = set()
        """Streams that a client has asked for and does not listen to yet."""
        self.left: int | None = None
        """The episode that was left by loading another of which nobody has been told yet."""
        self._publish = publish

    def step(self) -> int:
        """Promise one frame; its number. The answer is on its way while the frame is computed: clients wait for the frame itself."""
        self.finish()
        self.is_stepping = True
        return self.simulator.frame + 1

    def finish(self) -> None:
        """Make the step that was promised, and let everybody know of its frame."""
        if self.is_stepping:
            self.is_stepping = False
            self.simulator.step()
            self.left = None
            self._publish(True)

    def load(self, name: str, reset_settings: bool) -> None:
        """A new episode. It is told of to who listens to the states anew, as the client that has loaded it does, or with the next step.

        That client is asking for the present episode meanwhile. Its traffic manager begins anew when the number in a state differs from
        that answer, and may not do so before: with a client that has just let go of its states, it would end the process.
        """
        self.finish()
        left = self.simulator.episode.number
        self.simulator.load(name, reset_settings)
        self.simulator.frame += 1
        self.left = left if self.left is None else self.left
        self._publish(False)

    def push(self, number: int, force: Vector, location: Vector | None = None, lasting: bool = False) -> None:
        """An impulse (N s) at once or, lasting, a force (N) during the next tick; CARLA's frame. location: where it acts; None: at
        the centre."""
        episode = self.simulator.episode
        actor = episode.find_body(number)
        own = frames.carla_vector(*force)
        twist = 0.0
        if location is not None:
            place, centre = frames.carla_vector(*location), frames.carla_vector(*episode.pose_of(actor).location)
            twist = (place.x - centre.x) * own.y - (place.y - centre.y) * own.x
        act = episode.bodies.press if lasting else episode.bodies.push
        act(actor.slot, (own.x, own.y), twist)
