"""scikit-learn's searches with the work that candidates have in common done once, the scores bit for bit the same.

`SharedGridSearchCV` and `SharedRandomizedSearchCV` take the place of scikit-learn's classes. What
may be shared is each family's business (`tuners.search.families`); everything else goes through
scikit-learn as ever.
"""

from tuners.search.searches import SharedGridSearchCV, SharedRandomizedSearchCV

__all__ = ["SharedGridSearchCV", "SharedRandomizedSearchCV"]
