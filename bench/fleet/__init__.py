"""Nodes on one Gateway: how fast they answer, how many it takes, what the network's cuts lose."""
