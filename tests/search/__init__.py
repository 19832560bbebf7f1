"""Tests of the shared searches."""
