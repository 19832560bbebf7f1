"""What tells the content of one dataset from another's: a SHA-256 of features and target."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy.sparse import issparse

if TYPE_CHECKING:
    from numpy.typing import NDArray


def is_sparse(X: object) -> bool:
    """Whether rows are SciPy's sparse ones."""
    return bool(issparse(X))


def fingerprint(X: Any, y: NDArray[Any]) -> str:
    """Return a SHA-256 of features and target, names of columns included."""
    if is_sparse(X):
        X = X.tocoo()
        digest = hashlib.sha256(repr(X.shape).encode())
        for part in (X.row, X.col, X.data):
            digest.update(np.ascontiguousarray(part).tobytes())
        return f"{fingerprint(np.zeros((len(y), 0)), y)[:32]}{digest.hexdigest()[:32]}"
    frame = pd.DataFrame(X)
    # Not by `assign`: pandas warns that it is slow to insert into a frame of many text columns.
    target = pd.DataFrame({"(target)": y}, index=frame.index)
    frame = pd.concat([frame, target], axis="columns")
    names = list(map(str, frame.columns))
    digest = hashlib.sha256((repr(names) if any("," in name for name in names) else ",".join(names)).encode())
    types = [f"{name}: {kind}" for name, values in frame.items() if (kind := _type(values))]
    digest.update("; ".join(types).encode())
    digest.update(pd.util.hash_pandas_object(frame, index=False).to_numpy().tobytes())
    return digest.hexdigest()


def _type(column: pd.Series[Any]) -> str:
    """Return the type of values whose hash others have, too; empty for numbers and text."""
    kind = column.dtype
    if isinstance(kind, pd.CategoricalDtype):
        return f"{'ordered ' if kind.ordered else ''}category of {kind.categories.tolist()!r}"
    return "" if isinstance(kind, pd.StringDtype) or kind.kind in "iufO" else str(kind)
