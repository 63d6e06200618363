"""Compiled loops that find sequences one edit apart: hashed, sorted, and every hit looked at.

Two sequences of one length differ by a substitution when they are equal once one position is
blotted out; two whose lengths differ by one are an insertion apart when the longer, less one
letter, is the shorter. So each sequence is written down in as many ways as it has letters, each way
becomes a hash, equal hashes come to stand together by sorting, and the sequences behind them are
compared letter by letter: a hash never decides.
"""

import numpy as np

from macroimmune.statistics.compiled import compiled

__all__ = ["deletion_keys", "deletion_pairs", "substitution_keys", "substitution_pairs"]

_BASE = np.uint64(0x9E3779B97F4A7C15)
# The base is odd, so it has an inverse modulo 2^64: one letter fewer is one power less.
_INVERSE = np.uint64(pow(0x9E3779B97F4A7C15, -1, 2**64))
_BLOT = np.uint64(257)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)
_THIRTY, _TWENTY_SEVEN, _THIRTY_ONE = np.uint64(30), np.uint64(27), np.uint64(31)
_ONE = np.uint64(1)


@compiled
def _mixed(number: np.uint64) -> np.uint64:
    """Return the number with its bits spread over the word, one to one (SplitMix64)."""
    number = (number ^ (number >> _THIRTY)) * _FIRST
    number = (number ^ (number >> _TWENTY_SEVEN)) * _SECOND
    return number ^ (number >> _THIRTY_ONE)


@compiled
def _seed(group: int, length: int) -> np.uint64:
    return _mixed(np.uint64(group) * _BASE + np.uint64(length) + _ONE)


@compiled
def _written(
    keys: np.ndarray, n_keys: int, found: np.uint64, low: np.uint64, shift: np.uint64
) -> int:
    """Put hash and low bits down, if there is room for any; return how many there are now."""
    if keys.size:
        keys[n_keys] = ((found >> shift) << shift) | low
    return n_keys + 1


@compiled
def _is_of_part(found: np.uint64, n_parts: int, part: int) -> bool:
    return n_parts == 1 or bool(found % np.uint64(n_parts) == np.uint64(part))


@compiled
def _run_end(keys: np.ndarray, begin: int, shift: np.uint64) -> int:
    """Return where the keys with the hash of the one at `begin` end."""
    end = begin + 1
    while end < keys.size and keys[end] >> shift == keys[begin] >> shift:
        end += 1
    return end


@compiled
def substitution_keys(
    letters: np.ndarray,
    starts: np.ndarray,
    groups: np.ndarray,
    index_bits: int,
    n_parts: int,
    part: int,
    keys: np.ndarray,
) -> int:
    """Write (hash, index) of every sequence with every position blotted out; return how many.

    Parameters
    ----------
    letters, starts, groups : arrays
        As in `neighbour_pairs`.
    index_bits : int
        Low bits of a key that hold the number of the sequence; the others hold the hash.
    n_parts, part : int
        Only hashes that leave `part` when divided by `n_parts` are written.
    keys : uint64 array
        Long enough; filled from its start. With length 0 keys are counted only.
    """
    shift = np.uint64(index_bits)
    n_keys = 0
    for index in range(starts.size - 1):
        first, last = starts[index], starts[index + 1]
        whole = _seed(groups[index], last - first)
        for place in range(first, last):
            whole = whole * _BASE + np.uint64(letters[place])
        power = _ONE
        for place in range(last - 1, first - 1, -1):
            found = _mixed(whole + (_BLOT - np.uint64(letters[place])) * power)
            power *= _BASE
            if _is_of_part(found, n_parts, part):
                n_keys = _written(keys, n_keys, found, np.uint64(index), shift)
    return n_keys


@compiled
def deletion_keys(
    letters: np.ndarray,
    starts: np.ndarray,
    groups: np.ndarray,
    index_bits: int,
    n_parts: int,
    part: int,
    keys: np.ndarray,
) -> int:
    """Write (hash, index, whether a letter is missing) of all sequences, whole and less one letter.

    Parameters
    ----------
    letters, starts, groups, index_bits, n_parts, part, keys
        As in `substitution_keys`; `index_bits` counts the lowest bit, which is 1 where a letter
        was taken out. Of a run of equal letters one is taken out: the others leave the same.
    """
    shift = np.uint64(index_bits)
    n_keys = 0
    for index in range(starts.size - 1):
        first, last = starts[index], starts[index + 1]
        behind = np.uint64(0)
        whole = np.uint64(0)
        for place in range(first, last):
            whole = whole * _BASE + np.uint64(letters[place])
        found = _mixed(whole + _seed(groups[index], last - first))
        if _is_of_part(found, n_parts, part):
            n_keys = _written(keys, n_keys, found, np.uint64(2 * index), shift)
        seed = _seed(groups[index], last - first - 1)
        power = _ONE
        for place in range(last - 1, first - 1, -1):
            letter = np.uint64(letters[place])
            # whole = ahead * base^(k + 1) + letter * base^k + behind, with k letters behind.
            ahead = whole - behind - letter * power
            found = _mixed(ahead * _INVERSE + behind + seed)
            is_in_run = place > first and letters[place - 1] == letters[place]
            if not is_in_run and _is_of_part(found, n_parts, part):
                n_keys = _written(keys, n_keys, found, np.uint64(2 * index + 1), shift)
            behind += letter * power
            power *= _BASE
    return n_keys


@compiled
def _is_one_substitution(letters: np.ndarray, starts: np.ndarray, one: int, other: int) -> bool:
    length = starts[one + 1] - starts[one]
    if starts[other + 1] - starts[other] != length:
        return False
    unequal = 0
    for k in range(length):
        if letters[starts[one] + k] != letters[starts[other] + k]:
            unequal += 1
            if unequal > 1:
                return False
    return unequal == 1


@compiled
def _is_one_deletion(letters: np.ndarray, starts: np.ndarray, short: int, long: int) -> bool:
    """Return whether the long one is the short one with one letter put in."""
    length = starts[short + 1] - starts[short]
    if starts[long + 1] - starts[long] != length + 1:
        return False
    k = 0
    while k < length and letters[starts[short] + k] == letters[starts[long] + k]:
        k += 1
    while k < length and letters[starts[short] + k] == letters[starts[long] + k + 1]:
        k += 1
    return bool(k == length)


@compiled
def substitution_pairs(
    keys: np.ndarray,
    letters: np.ndarray,
    starts: np.ndarray,
    groups: np.ndarray,
    index_bits: int,
    pairs: np.ndarray,
) -> int:
    """Write lower * n + higher of all pairs a substitution apart; return how many.

    Parameters
    ----------
    keys : uint64 array
        Of `substitution_keys`, sorted.
    letters, starts, groups : arrays
        As in `neighbour_pairs`; n is the number of sequences.
    index_bits : int
    pairs : int64 array
        Long enough; with length 0 pairs are counted only.
    """
    shift = np.uint64(index_bits)
    mask = (_ONE << shift) - _ONE
    n = starts.size - 1
    n_pairs = 0
    begin = 0
    while begin < keys.size:
        end = _run_end(keys, begin, shift)
        for k in range(begin, end - 1):
            one = int(keys[k] & mask)
            for m in range(k + 1, end):
                other = int(keys[m] & mask)
                if groups[one] == groups[other] and _is_one_substitution(
                    letters, starts, one, other
                ):
                    if pairs.size:
                        pairs[n_pairs] = min(one, other) * n + max(one, other)
                    n_pairs += 1
        begin = end
    return n_pairs


@compiled
def deletion_pairs(
    keys: np.ndarray,
    letters: np.ndarray,
    starts: np.ndarray,
    groups: np.ndarray,
    index_bits: int,
    pairs: np.ndarray,
) -> int:
    """Write lower * n + higher of all pairs an insertion apart; return how many.

    Parameters
    ----------
    keys : uint64 array
        Of `deletion_keys`, sorted.
    letters, starts, groups, index_bits, pairs
        As in `substitution_pairs`.
    """
    shift = np.uint64(index_bits)
    mask = (_ONE << shift) - _ONE
    n = starts.size - 1
    n_pairs = 0
    begin = 0
    while begin < keys.size:
        end = _run_end(keys, begin, shift)
        # Whole sequences have the lower keys of a hash only by index; so all are looked at.
        for k in range(begin, end if end - begin > 1 else begin):
            for m in range(begin, end):
                short, long = int((keys[k] & mask) >> _ONE), int((keys[m] & mask) >> _ONE)
                is_candidate = not keys[k] & _ONE and keys[m] & _ONE
                if (
                    is_candidate
                    and groups[short] == groups[long]
                    and _is_one_deletion(letters, starts, short, long)
                ):
                    if pairs.size:
                        pairs[n_pairs] = min(short, long) * n + max(short, long)
                    n_pairs += 1
        begin = end
    return n_pairs
