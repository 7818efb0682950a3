"""Several sensors, one belief: Kalman filters, where the ego is, and tracks of other road users; see README.md."""
