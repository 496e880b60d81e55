"""`run.py talk`: talk with the agents at a terminal, without Discord."""
