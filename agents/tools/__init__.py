"""Small helpers under the names of CARLA's PythonAPI: `misc` and `hints`."""
