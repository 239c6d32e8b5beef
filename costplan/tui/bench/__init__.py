"""The parts of the workbench: the state all of them share, and what each does with it."""
