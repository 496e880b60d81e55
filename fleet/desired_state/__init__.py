"""The bot's side of desired state: it pulls its configuration from the control plane, tries it,
and goes back by itself."""
