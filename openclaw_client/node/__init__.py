"""The bot as a node of the Gateway: a second connection, over which agents command it."""
