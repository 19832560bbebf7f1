"""How evenly `--tuning-shard` divides the problems of `standard` by expected seconds, beside what they really take.

    python -m benchmarks.performance.shards [--costs]

With `--costs`, first the seconds of a candidate and of a table that `tuners/execution/expected.py` expects by: the
processor's, on 400 rows and 4 folds of the breast cancer's data, one thread, of as many candidates as fit into the
time. Then three divisions of the problems of `standard` into 40 shards: by expected seconds, by their number alone,
and none better than the longest problem; the seconds of a shard are those of the problems of which one was measured on
each model and dataset, so that expectation and measurement are of other rows and columns.
"""
