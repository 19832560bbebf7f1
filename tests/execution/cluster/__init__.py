"""Tests of cells on a cluster."""
