"""What it costs to see for oneself: a ChauffeurNet told the truth, and one that drives by its own cameras; see README.md."""
