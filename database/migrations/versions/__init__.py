"""One file for each revision of the tables, named for what it brings."""
