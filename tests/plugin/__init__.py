"""Tests of the plugin, in sessions as a user begins them."""
