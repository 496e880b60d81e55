"""Checks of addresses, keys, proxies and certificates, which every HTTP client needs.

Each is checked once, when the settings are read, and a wrong one is refused with its place. So no
client fails later for how one was written. The package imports no client.
"""
