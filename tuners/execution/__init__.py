"""Where a cell runs: here, in a process of its own, or taken from an interrupted session."""
