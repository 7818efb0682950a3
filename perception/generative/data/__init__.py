"""What generative models learn from: pictures by seed and number, with the truth about them, and the same scene twice."""
