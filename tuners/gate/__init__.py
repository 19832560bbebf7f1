"""The gate: whether a run has become worse than an earlier one."""
