"""How well a trip was driven: one small file for each metric, and `report.score_trip` for all of them at once."""
