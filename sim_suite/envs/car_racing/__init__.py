"""CarRacing drawn fast: Gymnasium's physics and rewards, a picture of our own."""
