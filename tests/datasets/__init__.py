"""Tests of the datasets that come with the package."""
