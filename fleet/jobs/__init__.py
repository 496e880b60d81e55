"""Jobs: long work that agents give to this machine, and hear of when it ends."""
