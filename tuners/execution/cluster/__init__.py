"""Cells on a Dask cluster: the session stays here, and cells run at the slots of workers.

`connection` reaches the scheduler, or starts one; `fingerprint` says what must be the same there; `luggage` is what
travels once a worker; `fleet` has the workers and their free slots; `flights` the cells that are under way. On a
worker, `slot` takes a cell and hands it to a `runner`, a process whose forks run it. Nothing is imported here: a
worker of Dask's loads no library of data.
"""
