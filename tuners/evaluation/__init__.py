"""How a candidate is scored, counted and kept as a trial."""
