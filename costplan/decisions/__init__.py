"""What to do about a plan: compare it, find what moves it, where it breaks even, what fits."""
