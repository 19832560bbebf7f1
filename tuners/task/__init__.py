"""What is tuned on what: datasets, models, protocols, and the problems that they make."""
