"""What every HTTP client of the bot needs: addresses, keys, proxies and certificates that hold.

Each is checked once, when the settings are read, and refused with its place; a client that is made
of what passed does not fail for how it was written. Imports no client.
"""
