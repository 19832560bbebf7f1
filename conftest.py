"""Load the plugin from this checkout where the package is not installed, and pytest's own tester."""

pytest_plugins = ["tuners.plugin", "pytester"]
