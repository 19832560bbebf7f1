"""What sections draw with: the common style, curves over a search, and pictures of trials over hyperparameters."""
