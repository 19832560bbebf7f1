"""What a comparison to be believed needs: full budgets, ten seeds, all rows, the article's ranges.

The network is left to be asked for: its 80 epochs take seconds a fit, and TensorFlow keeps about 7 MB of
each network that was ever trained in a process (keras-team/keras issue 17458), which thousands of fits turn
into more memory than there is.
"""

from __future__ import annotations

from tuners.presets import METHODS, Preset
from tuners.protocol import Protocol

PRESET = Preset(
    tuners=METHODS,
    models=("forest",),
    datasets=("breast_cancer", "digits", "wine"),
    seeds=tuple(range(10)),
    budget=80,
    protocol=Protocol(folds=4),
)
