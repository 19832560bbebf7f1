"""The documentation: each of its blocks is run, and what is made of the code is as the code is."""
