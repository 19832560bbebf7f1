"""The datasets by name. A module here is one dataset: `load(path) -> Dataset`.

`path` is the user's own file for this dataset (`--tuning-creditcard`), or None; the embedded ones,
which scikit-learn or `data/` carries, take no notice of it.
"""
