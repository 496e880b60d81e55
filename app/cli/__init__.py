"""The command line: options, and one function for each command of ``run.py``."""
