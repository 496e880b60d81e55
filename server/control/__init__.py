"""The control plane: which configuration each bot should run, and which it runs."""
