"""scikit-learn's callbacks on a shared search: they hear of every candidate, by its number in the search."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sklearn.callback import AutoPropagatedCallback
from sklearn.pipeline import Pipeline

from tuners.search.evaluator import Outcome

SHARED = "shared"
"""The key of the callbacks' `metadata` under which an `Outcome` comes at the end of a shared evaluation."""
_TASK = "candidate-split-evaluation"


def watched(context: Any, estimator: Any) -> bool:
    """Whether callbacks want to hear of the fits themselves, so that each must be made."""
    steps = [step for _, step in estimator.steps] if isinstance(estimator, Pipeline) else []
    own = any(getattr(each, "_skl_callbacks", None) for each in (estimator, *steps))
    return own or any(isinstance(callback, AutoPropagatedCallback) for callback in context._callbacks)  # noqa: SLF001


def tell(context: Any, search: Any, candidate: int, outcomes: Sequence[Outcome]) -> None:
    """Tell the callbacks of a shared candidate's evaluations, one a fold."""
    if not context._callbacks:  # noqa: SLF001  a context for each evaluation is not free
        return
    for fold, outcome in enumerate(outcomes):
        task = context.subcontext(task_name=_TASK, task_id=candidate * len(outcomes) + fold)
        task.call_on_fit_task_begin(estimator=search)
        task.call_on_fit_task_end(estimator=search, metadata={SHARED: outcome})


class Renumbered:
    """A search's context, for an evaluation of some of its candidates."""

    def __init__(self, context: Any, candidates: Sequence[int | None], folds: int) -> None:
        """Take the numbers that these candidates have in the search; None for one that is not the search's own."""
        self._context = context
        self._candidates = candidates
        self._folds = folds

    def subcontext(self, *, task_name: str, task_id: int) -> Any:
        """Return the context of an evaluation, as scikit-learn asks for it."""
        position, fold = divmod(task_id, self._folds)
        candidate = self._candidates[position]
        if candidate is None:
            return None
        return self._context.subcontext(task_name=task_name, task_id=candidate * self._folds + fold)
