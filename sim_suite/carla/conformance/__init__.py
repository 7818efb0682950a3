"""Small probes that tell how a CARLA server differs from the embedded one: `sim-suite carla-conformance`."""
