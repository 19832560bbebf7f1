"""The tuning methods by name. A module here is one method: `tune(objective, seed) -> None`.

It reads `objective.space`, `objective.guesses`, `objective.start` and `objective.remaining`, and evaluates by calling
`objective(params)` or by handing a scikit-learn search to `objective.search`. It returns nothing:
the objective remembers. `seed` is the only source of randomness. Where `objective.start` is not None, that is the
first candidate that it evaluates.

What a method is like is said by attributes of its function:

- `deterministic = True`: it draws nothing, and its runs on a problem are all the same, so that one is made.
- `forks = True`: it starts no threads, so that its repeats in a recorded session may be made in processes forked from
  one that has made a run.
- `evaluations`, a function of the space: how many evaluations it needs, whatever the budget.
- `check`, a function of the model: it raises `NotApplicableError` for a model that the method cannot serve.
"""
