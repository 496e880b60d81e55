"""Rooms that people enter with a browser or at a console."""
