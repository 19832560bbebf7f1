"""Tests of how candidates are scored and counted."""
