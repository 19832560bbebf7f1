"""How a candidate is scored, counted and kept as a trial.

- `contract`: what an evaluator is, and the training part of a problem, which it gets.
- `plain`, `shared`: the evaluators.
- `ledger`: counts candidates against the budget, and keeps the trials.
- `reported`: what a trial must be that a tuner's own library evaluated.
- `searches`, `probe`, `parts`: scikit-learn's searches, whose candidates become trials.
- `rows`: the share of rows that a fidelity is.
- `clock`, `alarm`, `listener`: the time of a run, its end, and what is told of it.
"""
