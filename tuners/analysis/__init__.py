"""From records to figures: each module computes one thing of a session's records or runs, and loads no scikit-learn."""
