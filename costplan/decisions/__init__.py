"""What to do about a projection: compare it with another."""
