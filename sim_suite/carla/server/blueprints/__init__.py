"""What can be spawned, under the names that scripts for CARLA ask for."""
