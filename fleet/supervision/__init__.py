"""Supervised rooms: what agents ask of this machine waits for a person's yes."""
