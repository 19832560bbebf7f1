"""Tests of where cells run."""
