"""Cells on a Dask cluster: the session stays here, and cells run at the slots of workers.

In the session: `connection` reaches the scheduler, or starts one; `fingerprint` and `compared` say what must be the
same on workers; `luggage` is what travels once a worker; `fleet` has the workers and their free slots, `flights` what
is under way, and `session` puts them together. On a worker: `slot` takes an order and hands it to a `runner`, a process
that it has `hired`, and whose forks run it; `told` and `tables` are what comes back. Nothing is imported here, since a
worker of Dask's loads no library of data.
"""
