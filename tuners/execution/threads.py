"""The variables by which libraries are told how many threads they may use."""

from __future__ import annotations

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
