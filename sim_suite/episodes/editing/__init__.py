"""Datasets made out of datasets: thinned out, split, merged. Sources are never changed."""
