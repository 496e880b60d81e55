"""Settings from a YAML file, a ``.env`` file and the environment; every problem has its place.

The package knows nothing of the bot: it reads into any `SettingsTree`. The bot's own is in
``settings.py``. pydantic-settings merges the sources and validates. The readers are our own: those
of pydantic-settings do not keep the line of a value, which a user with a wrong value needs.
"""
