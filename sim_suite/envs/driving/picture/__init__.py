"""Pictures of driving worlds for people: a top-down view that follows a car, drawn with OpenCV. Source: ours."""
