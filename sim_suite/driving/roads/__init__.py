"""Roads: OpenDRIVE files read, written and generated; their lane graph; queries, routes, textures and drawings of it.

From here come maps by name or path. What needs compiled kernels is imported from its own module; README.md names them.
"""

from sim_suite.driving.roads.maps import RoadMap, find_map, load_map, map_names, read_map
from sim_suite.driving.roads.opendrive.findings import Finding, RoadError

__all__ = ["Finding", "RoadError", "RoadMap", "find_map", "load_map", "map_names", "read_map"]
