"""How well several sensors together say where a car is, and who is around it: many drives of a planner, fused and judged."""
