"""A bot's desired configuration: one document of JSON, in numbered versions.

The control plane keeps the versions, the bot pulls them; both read this package.
"""
