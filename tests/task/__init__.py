"""Tests of datasets, models and problems."""
