"""Where a cell runs: here, in a process of its own, or taken from an interrupted session.

A backend that runs cells is a module of this package with a `BACKEND`, which has the one method of `contract.Backend`.

- `here`, `forked`: the backends that a plan chooses by name; `resumed`: the one that a journal's finished runs have.
- `measurement`, `scoring`: a run under its clock, and what came of it on the test rows.
- `warm_up`, `speed`, `memory`: what is done or measured around it.
- `process`, `channel`, `watch`: a forked process, the way back from it, and when it must be killed.
- `preflight`: the check of every problem before the first fit.
"""
