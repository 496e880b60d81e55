"""This process in the fleet: the bot or a box as a node, and what it does there."""
