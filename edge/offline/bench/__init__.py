"""How fast everything is on this machine, in interleaved rounds of one run."""
