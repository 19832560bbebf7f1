"""The tuning methods by name. A module here is one method: `tune(objective, seed) -> None`.

It reads `objective.space`, `objective.guesses` and `objective.remaining`, and evaluates by calling
`objective(params)` or by handing a scikit-learn search to `objective.search`. It returns nothing:
the objective remembers. `seed` is the only source of randomness.
"""
