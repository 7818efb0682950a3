"""Top-down rasters."""
