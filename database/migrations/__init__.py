"""The migrations, for Alembic. `database.upgrade` runs them."""
