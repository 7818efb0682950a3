"""What lies in a folder of episodes: numbers, histograms, plots."""
