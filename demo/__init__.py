"""A whole conversation on this machine: the real bot between a simulated Discord and Gateway."""
