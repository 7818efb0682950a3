"""Traffic signs and lights as a camera crops them: drawn faces, seen askew, in light, weather and dirt."""
