"""Tests of tuning methods."""
