"""Where an actor is and how it moves: satellites, an inertial unit, wheels."""
