"""What trains networks, whatever they are for: an optimiser's step, arithmetic, run folders, weights and state as files. Needs torch."""
