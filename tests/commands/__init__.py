"""Tests of `python -m tuners`."""
