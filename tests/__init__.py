"""The tests, one module for each of the package's, and a contract suite over all tuners."""
