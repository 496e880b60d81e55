"""Attempts to give the agent instructions through the words and names of others."""
