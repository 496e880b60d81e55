"""Puts the bot together: the only package that knows every other."""
