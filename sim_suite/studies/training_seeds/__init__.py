"""What recipes reach over training seeds by which nothing was chosen."""
