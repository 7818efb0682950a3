"""What agents sense: top-down rasters, and who is hidden behind whom."""
