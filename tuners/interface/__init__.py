"""The Python interface: `tuners.compare` and `tuners.tune`, by the same plan, execution and analysis as the plugin.

- `arguments`: keyword arguments as options of a comparison, by the names of the command line.
- `model`, `data`: what is tuned, and on what, however it is given.
- `sitting`: one comparison while it goes on, cell by cell.
- `compare`, `comparison`: the function, and what it returns.
- `tune`, `evidence`: one method for a model that is to be used, and why this one.
- `final`, `frames`, `charts`, `bar`: the refitted winner, tables, charts and the progress bar.
"""
