"""The gate: whether a run has become worse than an earlier one, method by method, with a known rate of false alarms.

`expression` reads what the user wrote, `judge` says which methods are to be judged, a module of `kinds` judges them,
and `verdict` holds what is said of each. Nothing but the judging itself loads NumPy or SciPy.
"""
