"""Load the plugin from this checkout where the package is not installed."""

pytest_plugins = ["tuners.plugin"]
