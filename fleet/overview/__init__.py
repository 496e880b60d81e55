"""All nodes of the Gateway at a glance, for operators: what they are, do, and need."""
