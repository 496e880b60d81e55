"""Settings from a YAML file, a ``.env`` file and the environment, refused with their place.

Knows nothing of the bot: it reads into any `SettingsTree`. The tree itself is ``settings.py``.
pydantic-settings lays the sources over each other and validates; the sources are our own, because
its own forget where a value stood, and the place is what an operator with a wrong value needs.
"""
