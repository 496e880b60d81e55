"""What operators see of the running process: metrics, health, traces, stalls of the event loop.

It observes the rooms' events, and changes nothing.
"""
