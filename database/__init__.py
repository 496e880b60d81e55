"""What the bot keeps of servers and members: settings, choices, calls, transcripts.

In SQLite, or in PostgreSQL by its URL. `database.store` has the API; `database.settings` and
`database.guild_settings` are the settings, which import no library of a database.
"""
