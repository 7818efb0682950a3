"""Episodes on disk: their files, checksums, index, recovery, and the samples that come with the suite."""
