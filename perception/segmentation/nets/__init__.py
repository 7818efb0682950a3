"""Networks that name the class of each pixel."""
