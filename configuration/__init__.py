"""Settings from a YAML file, a ``.env`` file and the environment, refused with their place.

Knows nothing of the bot: it reads into any frozen tree of pydantic models. The tree itself is
``settings.py``. pydantic-settings is not used because it forgets where a value came from, and
the place is what an operator with a wrong value needs.
"""
