"""The database of the control plane: bots, the versions of their configuration, tokens, events.

It is a database of its own: the control plane is a process of its own, often on another machine.
"""
