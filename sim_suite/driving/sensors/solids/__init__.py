"""What stands and moves in a world, as solids that rays meet."""
