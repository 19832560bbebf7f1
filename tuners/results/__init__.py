"""What is measured, as plain data: the ground floor, which everything else is built on.

Nothing here loads a library. One module a word:

- `params`: the values of hyperparameters of one candidate, by name.
- `budget`: what a run may spend on its search, and the exception that ends the search when it is spent.
- `trial`: one candidate, evaluated: its fold scores, their mean, its times, and why it failed, if so.
- `run`: one tuner on one problem, once: its record, its trials and its incumbents, which were the best so far.
- `record`: the figures of a run, flat, as a saved benchmark holds them.
- `cell`: one tuner on one problem, by name, as in a test id.
- `session`: the records of one session, with the machine and the libraries that its seconds depend on.
"""
