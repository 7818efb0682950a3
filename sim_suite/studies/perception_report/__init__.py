"""Trained perception networks on one page: what each is, how it learned, what it is judged by, and what it makes of pictures."""
