"""Reads settings from a YAML file, a ``.env`` file and the environment, with the place of each.

The package reads into any `SettingsTree` and does not import the bot; the bot's tree is in
``settings.py``. pydantic-settings merges the sources and validates. The readers are our own: those
of pydantic-settings do not keep the line of a value, which the message for a wrong value needs.
"""
