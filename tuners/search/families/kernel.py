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
_CLOSE = 1e-9
"""Splits whose quality, looked up in tables, is this close to the best so far, as a share of the node's weight, are
computed exactly as scikit-learn does: far wider than the tables' rounding, and few."""
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
        weights = np.arange(1, len(X) + 1, dtype=np.float64)
        self.inverse = np.concatenate([[0.0], 1 / weights])
        self.logarithm = np.concatenate([[0.0], weights * np.log2(weights)])


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
        ordered.logarithm if criterion == "entropy" else ordered.inverse,
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
def _impurity(counts, total, entropy):
    """Return the impurity of a node as scikit-learn computes it, from the integer weights of its classes."""
    result = 0.0
    total = np.float64(total)
    if entropy:
        for count in counts:
            if count > 0:
                share = np.float64(count) / total
                result -= share * (math.log(share) / math.log(2.0))
        return result
    for count in counts:
        result += np.float64(count) * np.float64(count)
    return 1.0 - result / (total * total)


@_compiled
def _grow(columns, order, y, asked, table, counts, states, entropy, limits, values, smallest, deepest):
    features, rows = order.shape
    classes = values.shape[2]
    max_features, min_leaf, min_split, max_depth = limits[0], limits[1], limits[2], limits[3]
    capacity = 2 * rows + 1
    sorted_rows = np.empty((features, rows), dtype=np.uint32)
    spare = np.empty(rows, dtype=np.uint32)
    weights = np.empty(rows, dtype=np.int64)
    packed = np.empty(rows, dtype=np.int64)
    qualities = np.empty(rows + 1)
    sums_before = np.empty(rows + 1, dtype=np.int64)
    shuffled = np.empty(features, dtype=np.int64)
    constant = np.empty(features, dtype=np.int64)
    left = np.empty(classes, dtype=np.int64)
    right = np.empty(classes, dtype=np.int64)
    best_left = np.empty(classes, dtype=np.int64)
    at_node = np.empty(asked.shape[0], dtype=np.int64)
    # Nodes: the feature split on, the threshold, the children (the left one follows its parent).
    node_feature = np.empty(capacity, dtype=np.int64)
    node_threshold = np.empty(capacity)
    node_left = np.empty(capacity, dtype=np.int64)
    node_right = np.empty(capacity, dtype=np.int64)
    node_value = np.empty((capacity, classes))
    # The stack of nodes to come: start, end, depth, parent whose right child it is (-1), constant features.
    stack = np.empty((capacity, 5), dtype=np.int64)
    stack_impurity = np.empty(capacity)
    stack_sums = np.empty((capacity, classes), dtype=np.int64)
    for tree in range(counts.shape[0]):
        state = states[tree]
        for feature in range(features):
            shuffled[feature] = feature
        # Without branches, which bootstrap samples would make unpredictable.
        for row in range(rows):
            weights[row] = counts[tree, row]
            packed[row] = weights[row] | ((weights[row] * np.int64(y[row])) << np.int64(32))
        stack_sums[0] = 0
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
        stack_impurity[0] = _impurity(stack_sums[0], stack_sums[0].sum(), entropy)
        weight_of_tree = np.float64(stack_sums[0].sum())
        height = 1
        nodes = 0
        height_of_tree = np.int64(0)
        while height > 0:
            height -= 1
            start, end, depth = stack[height, 0], stack[height, 1], stack[height, 2]
            parent, known = stack[height, 3], stack[height, 4]
            impurity = stack_impurity[height]
            total = 0
            for label in range(classes):
                total += stack_sums[height, label]
            node = nodes
            nodes += 1
            if parent >= 0:
                node_right[parent] = node
            for label in range(classes):
                node_value[node, label] = np.float64(stack_sums[height, label]) / np.float64(total)
            # A leaf, so far: predictions that reach it stay there.
            node_feature[node], node_threshold[node], node_right[node] = 0, np.inf, node
            node_left[node] = node
            count = end - start
            if depth >= max_depth or count < min_split or count < 2 * min_leaf or impurity <= _EPSILON:
                continue
            fewest = min(fewest, count)
            lowest = max(lowest, depth)
            # Draw features without replacement, passing by those known to be constant here.
            best, best_position, best_feature = -np.inf, end, -1
            enough = -np.inf
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
                column = columns[feature]
                rows_here = sorted_rows[feature]
                if classes == 2:
                    # Both weights in one number: of all on the left, and of the second class among them.
                    sums = np.int64(0)
                    for position in range(start, start + min_leaf):
                        sums += packed[rows_here[position]]
                    previous = column[rows_here[start + min_leaf - 1]]
                    ones = stack_sums[height, 1]
                    first, last = start + min_leaf, end - min_leaf + 1
                    highest = -np.inf
                    for position in range(first, last):
                        row = rows_here[position]
                        value = column[row]
                        on_left = sums & np.int64(0xFFFFFFFF)
                        left_ones = sums >> np.int64(32)
                        on_right = total - on_left
                        right_ones = ones - left_ones
                        left_zeros = on_left - left_ones
                        right_zeros = on_right - right_ones
                        if entropy:
                            quality = (
                                (table[left_zeros] + table[left_ones] - table[on_left])
                                + (table[right_zeros] + table[right_ones])
                                - table[on_right]
                            )
                        else:
                            quality = -(
                                np.float64(left_zeros * left_ones) * table[on_left]
                                + np.float64(right_zeros * right_ones) * table[on_right]
                            )
                        if not value > previous + _TIE:
                            quality = -np.inf
                        highest = max(highest, quality)
                        qualities[position] = quality
                        sums_before[position] = sums
                        previous = value
                        sums += packed[row]
                    if highest > enough:
                        enough = highest - _CLOSE * total
                        for position in range(first, last):
                            if qualities[position] >= enough:
                                sums = sums_before[position]
                                on_left = sums & np.int64(0xFFFFFFFF)
                                left[1] = sums >> np.int64(32)
                                left[0] = on_left - left[1]
                                on_right = total - on_left
                                right[1] = ones - left[1]
                                right[0] = on_right - right[1]
                                impurity_left = _impurity(left, on_left, entropy)
                                impurity_right = _impurity(right, on_right, entropy)
                                proxy = -np.float64(on_right) * impurity_right - np.float64(on_left) * impurity_left
                                if proxy > best:
                                    best, best_position, best_feature = proxy, position, feature
                                    best_left[0], best_left[1] = left[0], left[1]
                    continue
                # The first rows are left of any split.
                left[:] = 0
                on_left = 0
                for position in range(start, start + min_leaf):
                    row = sorted_rows[feature, position]
                    on_left += weights[row]
                    left[y[row]] += weights[row]
                # The quality of both sides, from tables: of gini, squares over weights; of entropy, w log w.
                left_part, right_part = 0.0, 0.0
                for label in range(classes):
                    right[label] = stack_sums[height, label] - left[label]
                    if entropy:
                        left_part += table[left[label]]
                        right_part += table[right[label]]
                    else:
                        left_part += np.float64(left[label] * left[label])
                        right_part += np.float64(right[label] * right[label])
                previous = columns[feature, row]
                for position in range(start + min_leaf, end - min_leaf + 1):
                    row = sorted_rows[feature, position]
                    value = columns[feature, row]
                    if value > previous + _TIE:
                        on_right = total - on_left
                        if entropy:
                            quality = left_part - table[on_left] + right_part - table[on_right]
                        else:
                            quality = left_part * table[on_left] + right_part * table[on_right]
                        if quality > enough:
                            for label in range(classes):
                                right[label] = stack_sums[height, label] - left[label]
                            proxy = -np.float64(on_right) * _impurity(right, on_right, entropy) - np.float64(
                                on_left
                            ) * _impurity(left, on_left, entropy)
                            if proxy > best:
                                best, best_position, best_feature = proxy, position, feature
                                best_left[:] = left
                                enough = quality - _CLOSE * total
                    previous = value
                    weight = weights[row]
                    label = y[row]
                    before = left[label]
                    after = before + weight
                    rest = stack_sums[height, label] - before
                    if entropy:
                        left_part += table[after] - table[before]
                        right_part += table[rest - weight] - table[rest]
                    else:
                        left_part += np.float64(weight * (before + after))
                        right_part -= np.float64(weight * (rest + rest - weight))
                    left[label] = after
                    on_left += weight
            for position in range(known):
                shuffled[position] = constant[position]
            for position in range(known, constants):
                constant[position] = shuffled[position]
            if best_position >= end:
                continue
            # Split: the classes of both sides, then the order of the rows by every feature that still varies.
            on_left = 0
            for label in range(classes):
                on_left += best_left[label]
                right[label] = stack_sums[height, label] - best_left[label]
            below = columns[best_feature, sorted_rows[best_feature, best_position - 1]]
            above = columns[best_feature, sorted_rows[best_feature, best_position]]
            threshold = np.float64(below) / 2.0 + np.float64(above) / 2.0
            impurity_left = _impurity(best_left, on_left, entropy)
            impurity_right = _impurity(right, total - on_left, entropy)
            # Rounding may make a split that gains nothing look worse than none: a leaf, as in scikit-learn.
            weight_here = np.float64(total)
            gain = (weight_here / weight_of_tree) * (
                impurity
                - (np.float64(total - on_left) / weight_here * impurity_right)
                - (np.float64(on_left) / weight_here * impurity_left)
            )
            if gain + _EPSILON < 0.0:
                continue
            node_feature[node], node_threshold[node] = best_feature, threshold
            node_left[node] = node + 1
            height_of_tree = max(height_of_tree, depth + 1)
            deeper = depth + 1 < max_depth
            needs_left = deeper and best_position - start >= min_split and impurity_left > _EPSILON
            needs_right = deeper and end - best_position >= min_split and impurity_right > _EPSILON
            if needs_left or needs_right:
                best_column = columns[best_feature]
                for varying in range(constants, features):
                    feature = shuffled[varying]
                    if feature == best_feature:
                        continue
                    # Only the order of sides that will be split again, without branches.
                    rows_here = sorted_rows[feature]
                    if not needs_right:
                        to_left = start
                        for position in range(start, end):
                            row = rows_here[position]
                            rows_here[to_left] = row
                            to_left += np.int64(best_column[row] <= below)
                    elif not needs_left:
                        to_right = end - 1
                        for back in range(end - start):
                            row = rows_here[end - 1 - back]
                            rows_here[to_right] = row
                            to_right -= np.int64(best_column[row] > below)
                    else:
                        to_left, to_right = start, 0
                        for position in range(start, end):
                            row = rows_here[position]
                            side = np.int64(best_column[row] <= below)
                            rows_here[to_left] = row
                            spare[to_right] = row
                            to_left += side
                            to_right += 1 - side
                        for position in range(to_right):
                            rows_here[to_left + position] = spare[position]
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
        # All rows go down one level after another, so that none waits for another.
        at_node[:] = 0
        for _ in range(height_of_tree):
            for row in range(asked.shape[0]):
                node = at_node[row]
                left_side = np.int64(np.float64(asked[row, node_feature[node]]) <= node_threshold[node])
                at_node[row] = left_side * node_left[node] + (1 - left_side) * node_right[node]
        for row in range(asked.shape[0]):
            for label in range(classes):
                values[tree, row, label] = node_value[at_node[row], label]
        smallest[tree] = fewest
        deepest[tree] = lowest
