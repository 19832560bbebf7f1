"""Where a cell runs: here, in a process of its own, or taken from an interrupted session.

A backend is a module of this package with a `BACKEND`, which has the one method of `contract.Backend`.
"""
