"""CARLA's agents under the names that scripts import from its PythonAPI; written anew. README.md is the guide."""
