"""A compiled kernel that grows classification trees as scikit-learn's builder does, several times faster.

The random numbers of the splitter are drawn as scikit-learn 1.9 draws them (`tree/_splitter.pyx`,
`node_split_best`; Marsaglia 2003, xorshift), in the same order, so that each tree is the same one, bit for bit.
What is faster is the rest: rows are sorted by each feature once a fold, and their order is kept when a node is
split. Bootstrap counts are integers, sums of classes therefore exact, whatever the order of the rows.
"""

from __future__ import annotations

import math
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

FEATURES_TRIED = 8
"""It pays where at least one in so many features is tried at a split: the order by all of them is kept up."""
ROWS = 20_000
"""It pays up to so many rows."""
_TERMS_ROWS = 800
"""Up to so many rows, the terms of the entropy are looked up."""
_UNLIMITED = np.iinfo(np.int32).max
_EPSILON = np.finfo(np.float64).eps
_TIE = np.float32(1e-7)  # scikit-learn's FEATURE_THRESHOLD: values no farther apart are ties


class Ordered:
    """One fold's rows, ordered by each feature."""

    def __init__(self, X: NDArray[np.float32], y: NDArray[Any], classes: int, asked: NDArray[np.float32]) -> None:
        """Take X (rows, features), class numbers y (rows,), and the rows to predict, (rows asked, features)."""
        self.columns = np.ascontiguousarray(X.T)
        self.order = np.ascontiguousarray(np.argsort(X, axis=0, kind="stable").T.astype(np.uint32))
        self.y = np.ascontiguousarray(y, dtype=np.uint32).ravel()
        self.classes = classes
        self.asked = np.ascontiguousarray(asked)
        self.terms = _terms(len(X)) if len(X) <= _TERMS_ROWS else np.zeros((1, 1))


def pays(rows: int, features: int, max_features: int) -> bool:
    """Whether the kernel is faster than scikit-learn's builder on data of this size."""
    return rows <= ROWS and features <= FEATURES_TRIED * max_features


def grow(
    ordered: Ordered,
    counts: NDArray[np.uint16],
    states: NDArray[np.uint32],
    *,
    criterion: str,
    max_features: int,
    min_samples_leaf: int,
    min_samples_split: int,
    max_depth: int,
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]]:
    """Grow a tree for each row of `counts` (trees, rows), its bootstrap sample, and each state of its splitter.

    Returns each tree's probabilities (trees, rows asked, classes); rows of the smallest and depth of the
    deepest node at which it attempted a split, as `trees.attempts` does.
    """
    limits = np.array([max_features, min_samples_leaf, min_samples_split, max_depth], dtype=np.int64)
    values = np.empty((len(counts), len(ordered.asked), ordered.classes))
    smallest = np.empty(len(counts), dtype=np.int64)
    deepest = np.empty(len(counts), dtype=np.int64)
    _grow(
        ordered.columns,
        ordered.order,
        ordered.y,
        ordered.asked,
        ordered.terms,
        np.ascontiguousarray(counts, dtype=np.uint16),
        np.ascontiguousarray(states, dtype=np.uint32),
        criterion == "entropy",
        limits,
        values,
        smallest,
        deepest,
    )
    return values, smallest, deepest


_compiled = numba.njit(cache=True, nogil=True, error_model="numpy")


@_compiled
def _terms(rows):
    """Return p log2 p for p = count / total, (rows + 1, rows + 1) by total and count."""
    terms = np.zeros((rows + 1, rows + 1))
    for total in range(1, rows + 1):
        for count in range(1, total + 1):
            share = np.float64(count) / np.float64(total)
            terms[total, count] = share * (math.log(share) / math.log(2.0))
    return terms


@_compiled
def _impurity(sums, total, entropy, terms):
    result = 0.0
    if entropy:
        for count in sums:
            if count > 0.0:
                if total < terms.shape[0]:
                    result -= terms[np.int64(total), np.int64(count)]
                else:
                    share = count / total
                    result -= share * (math.log(share) / math.log(2.0))
        return result
    for count in sums:
        result += count * count
    return 1.0 - result / (total * total)


@_compiled
def _two(one, total, entropy, terms):
    """Return the impurity of two classes, of which the second has so much of the total."""
    other = total - one
    if entropy:
        result = 0.0
        if total < terms.shape[0]:
            at = np.int64(total)
            return 0.0 - terms[at, np.int64(other)] - terms[at, np.int64(one)]
        if other > 0.0:
            share = other / total
            result -= share * (math.log(share) / math.log(2.0))
        if one > 0.0:
            share = one / total
            result -= share * (math.log(share) / math.log(2.0))
        return result
    return 1.0 - (other * other + one * one) / (total * total)


@_compiled
def _grow(columns, order, y, asked, terms, counts, states, entropy, limits, values, smallest, deepest):
    features, rows = order.shape
    classes = values.shape[2]
    max_features, min_leaf, min_split, max_depth = limits[0], limits[1], limits[2], limits[3]
    capacity = 2 * rows + 1
    sorted_rows = np.empty((features, rows), dtype=np.uint32)
    spare = np.empty(rows, dtype=np.uint32)
    goes_left = np.zeros(rows, dtype=np.int32)
    weights = np.empty(rows)
    shuffled = np.empty(features, dtype=np.int64)
    constant = np.empty(features, dtype=np.int64)
    left = np.empty(classes)
    right = np.empty(classes)
    best_left = np.empty(classes)
    # Nodes: the feature split on (-1 for a leaf), the threshold, the right child (the left one follows).
    node_feature = np.empty(capacity, dtype=np.int64)
    node_threshold = np.empty(capacity)
    node_right = np.empty(capacity, dtype=np.int64)
    node_value = np.empty((capacity, classes))
    # The stack of nodes to come: start, end, depth, parent whose right child it is (-1), constant features.
    stack = np.empty((capacity, 5), dtype=np.int64)
    stack_impurity = np.empty(capacity)
    stack_sums = np.empty((capacity, classes))
    for tree in range(counts.shape[0]):
        state = states[tree]
        for feature in range(features):
            shuffled[feature] = feature
        # Without branches, which bootstrap samples would make unpredictable.
        for row in range(rows):
            weights[row] = counts[tree, row]
        stack_sums[0] = 0.0
        for row in range(rows):
            stack_sums[0, y[row]] += weights[row]
        size = np.int64(0)
        for feature in range(features):
            at = 0
            for position in range(rows):
                row = order[feature, position]
                sorted_rows[feature, at] = row
                at += np.int64(counts[tree, row] > 0)
            size = at
        fewest, lowest = np.int64(_UNLIMITED), np.int64(-1)
        stack[0, 0], stack[0, 1], stack[0, 2], stack[0, 3], stack[0, 4] = 0, size, 0, -1, 0
        stack_impurity[0] = _impurity(stack_sums[0], stack_sums[0].sum(), entropy, terms)
        height = 1
        nodes = 0
        while height > 0:
            height -= 1
            start, end, depth = stack[height, 0], stack[height, 1], stack[height, 2]
            parent, known = stack[height, 3], stack[height, 4]
            impurity = stack_impurity[height]
            total = 0.0
            for label in range(classes):
                total += stack_sums[height, label]
            node = nodes
            nodes += 1
            if parent >= 0:
                node_right[parent] = node
            for label in range(classes):
                node_value[node, label] = stack_sums[height, label] / total
            node_feature[node] = -1
            count = end - start
            if depth >= max_depth or count < min_split or count < 2 * min_leaf or impurity <= _EPSILON:
                continue
            fewest = min(fewest, count)
            lowest = max(lowest, depth)
            # Draw features without replacement, passing by those known to be constant here.
            best, best_position, best_feature = -np.inf, end, -1
            remaining = np.int64(features)
            visited, found, drawn = 0, 0, 0
            constants = known
            while remaining > constants and (visited < max_features or visited <= found + drawn):
                visited += 1
                if state == 0:
                    state = np.uint32(1)
                state = np.uint32(state ^ np.uint32(state << np.uint32(13)))
                state = np.uint32(state ^ np.uint32(state >> np.uint32(17)))
                state = np.uint32(state ^ np.uint32(state << np.uint32(5)))
                number = np.int64(state & np.uint32(0x7FFFFFFF))
                choice = drawn + number % (remaining - found - drawn)
                if choice < known:
                    shuffled[drawn], shuffled[choice] = shuffled[choice], shuffled[drawn]
                    drawn += 1
                    continue
                choice += found
                feature = shuffled[choice]
                if (
                    columns[feature, sorted_rows[feature, end - 1]]
                    <= columns[feature, sorted_rows[feature, start]] + _TIE
                ):
                    shuffled[choice], shuffled[constants] = shuffled[constants], shuffled[choice]
                    found += 1
                    constants += 1
                    continue
                remaining -= 1
                shuffled[remaining], shuffled[choice] = shuffled[choice], shuffled[remaining]
                # The first rows are left of any split.
                on_left = 0.0
                if classes == 2:
                    ones = 0.0
                    all_ones = stack_sums[height, 1]
                    for position in range(start, start + min_leaf):
                        row = sorted_rows[feature, position]
                        on_left += weights[row]
                        ones += weights[row] * y[row]
                    previous = columns[feature, row]
                    for position in range(start + min_leaf, end - min_leaf + 1):
                        row = sorted_rows[feature, position]
                        value = columns[feature, row]
                        if value > previous + _TIE:
                            on_right = total - on_left
                            proxy = -on_right * _two(all_ones - ones, on_right, entropy, terms) - on_left * _two(
                                ones, on_left, entropy, terms
                            )
                            if proxy > best:
                                best, best_position, best_feature = proxy, position, feature
                        previous = value
                        weight = weights[row]
                        on_left += weight
                        ones += weight * y[row]
                    continue
                left[:] = 0.0
                for position in range(start, start + min_leaf):
                    row = sorted_rows[feature, position]
                    on_left += weights[row]
                    left[y[row]] += weights[row]
                previous = columns[feature, row]
                for position in range(start + min_leaf, end - min_leaf + 1):
                    row = sorted_rows[feature, position]
                    value = columns[feature, row]
                    if value > previous + _TIE:
                        on_right = total - on_left
                        for label in range(classes):
                            right[label] = stack_sums[height, label] - left[label]
                        proxy = -on_right * _impurity(right, on_right, entropy, terms) - on_left * _impurity(
                            left, on_left, entropy, terms
                        )
                        if proxy > best:
                            best, best_position, best_feature = proxy, position, feature
                    previous = value
                    on_left += weights[row]
                    left[y[row]] += weights[row]
            for position in range(known):
                shuffled[position] = constant[position]
            for position in range(known, constants):
                constant[position] = shuffled[position]
            if best_position >= end:
                continue
            # Split: the classes of both sides, then the order of the rows by every feature that still varies.
            best_left[:] = 0.0
            for position in range(start, best_position):
                row = sorted_rows[best_feature, position]
                best_left[y[row]] += weights[row]
            on_left = 0.0
            for label in range(classes):
                on_left += best_left[label]
                right[label] = stack_sums[height, label] - best_left[label]
            below = columns[best_feature, sorted_rows[best_feature, best_position - 1]]
            above = columns[best_feature, sorted_rows[best_feature, best_position]]
            node_feature[node] = best_feature
            node_threshold[node] = np.float64(below) / 2.0 + np.float64(above) / 2.0
            impurity_left = _impurity(best_left, on_left, entropy, terms)
            impurity_right = _impurity(right, total - on_left, entropy, terms)
            larger = max(best_position - start, end - best_position)
            if (
                depth + 1 < max_depth
                and larger >= min_split
                and (impurity_left > _EPSILON or impurity_right > _EPSILON)
            ):
                for position in range(start, best_position):
                    goes_left[sorted_rows[best_feature, position]] = 1
                for position in range(best_position, end):
                    goes_left[sorted_rows[best_feature, position]] = 0
                for varying in range(constants, features):
                    feature = shuffled[varying]
                    if feature == best_feature:
                        continue
                    to_left, to_right = start, 0
                    for position in range(start, end):
                        row = sorted_rows[feature, position]
                        side = goes_left[row]
                        sorted_rows[feature, to_left] = row
                        spare[to_right] = row
                        to_left += side
                        to_right += 1 - side
                    for position in range(to_right):
                        sorted_rows[feature, to_left + position] = spare[position]
            # The right child waits below the left one.
            stack[height, 0], stack[height, 1], stack[height, 2] = best_position, end, depth + 1
            stack[height, 3], stack[height, 4] = node, constants
            stack_impurity[height] = impurity_right
            for label in range(classes):
                stack_sums[height, label] = right[label]
            height += 1
            stack[height, 0], stack[height, 1], stack[height, 2] = start, best_position, depth + 1
            stack[height, 3], stack[height, 4] = -1, constants
            stack_impurity[height] = impurity_left
            for label in range(classes):
                stack_sums[height, label] = best_left[label]
            height += 1
        for row in range(asked.shape[0]):
            node = 0
            while node_feature[node] >= 0:
                left_side = np.int64(np.float64(asked[row, node_feature[node]]) <= node_threshold[node])
                node = left_side * (node + 1) + (1 - left_side) * node_right[node]
            for label in range(classes):
                values[tree, row, label] = node_value[node, label]
        smallest[tree] = fewest
        deepest[tree] = lowest
