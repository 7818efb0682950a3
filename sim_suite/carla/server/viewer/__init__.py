"""The world from above, in a browser: `sim-suite carla-server --viewer`."""
