"""NumPy's legacy random draws of forests, compiled: seeding a `RandomState` in Python takes longer than a tree.

The Mersenne twister (Matsumoto and Nishimura 1998) as `numpy.random.RandomState(seed)` seeds it, and its
bounded integers, by masking and rejection.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

_WORDS, _MIDDLE = 624, 397


def first_draws(seeds: NDArray[np.int64]) -> NDArray[np.uint32]:
    """Return `RandomState(seed).randint(0, 2**31 - 1)` for each seed, (seeds,)."""
    found = np.empty(len(seeds), dtype=np.uint32)
    _first_draws(np.ascontiguousarray(seeds, dtype=np.uint32), found)
    return found


def bootstraps(seeds: NDArray[np.int64], rows: int) -> NDArray[np.uint16]:
    """Return how often each of the rows is in `RandomState(seed).randint(0, rows, rows)`, (seeds, rows)."""
    found = np.zeros((len(seeds), rows), dtype=np.uint16)
    _bootstraps(np.ascontiguousarray(seeds, dtype=np.uint32), found)
    return found


_compiled = numba.njit(cache=True, nogil=True)


@_compiled
def _seed(seed: Any, words: Any) -> None:
    words[0] = seed
    for place in range(1, _WORDS):
        before = words[place - 1]
        words[place] = np.uint32(np.uint32(1812433253) * (before ^ (before >> np.uint32(30))) + np.uint32(place))


@_compiled
def _turn(words: Any) -> None:
    for place in range(_WORDS):
        following = words[(place + 1) % _WORDS]
        mixed = (words[place] & np.uint32(0x80000000)) | (following & np.uint32(0x7FFFFFFF))
        odd = np.uint32(0x9908B0DF) if mixed & np.uint32(1) else np.uint32(0)
        words[place] = words[(place + _MIDDLE) % _WORDS] ^ (mixed >> np.uint32(1)) ^ odd


@_compiled
def _temper(word: Any) -> Any:
    word = np.uint32(word)
    word ^= word >> np.uint32(11)
    word ^= np.uint32(word << np.uint32(7)) & np.uint32(0x9D2C5680)
    word ^= np.uint32(word << np.uint32(15)) & np.uint32(0xEFC60000)
    return np.uint32(word ^ (word >> np.uint32(18)))


@_compiled
def _first_draws(seeds: Any, found: Any) -> None:
    words = np.empty(_WORDS, dtype=np.uint32)
    for number in range(len(seeds)):
        _seed(seeds[number], words)
        _turn(words)
        place = 0
        word = np.uint32(0x7FFFFFFF)
        while word > np.uint32(0x7FFFFFFE):
            word = _temper(words[place]) & np.uint32(0x7FFFFFFF)
            place += 1
        found[number] = word


@_compiled
def _bootstraps(seeds: Any, found: Any) -> None:
    rows = found.shape[1]
    most = np.uint32(rows - 1)
    mask = np.uint32(0)
    while mask < most:
        mask = np.uint32((mask << np.uint32(1)) | np.uint32(1))
    words = np.empty(_WORDS, dtype=np.uint32)
    for number in range(len(seeds)):
        _seed(seeds[number], words)
        place = _WORDS
        drawn = 0
        while drawn < rows:
            if place == _WORDS:
                _turn(words)
                place = 0
            word = _temper(words[place]) & mask
            place += 1
            if word <= most:
                found[number, word] += 1
                drawn += 1
