"""The Gateway's plugin, loaded: with the simulator its stand-in for sensors, else the real one."""
