"""From the body of each API to a `Request`."""
