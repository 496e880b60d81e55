"""Installing a node on another machine over ssh."""
