"""The models by name. A module here is one model: `model(**effort) -> Model`.

The keyword arguments scale what one fit costs (trees, epochs); their defaults are the article's.
"""
