"""Makes a Gateway's configuration and cron jobs what a file says; a process of its own."""
