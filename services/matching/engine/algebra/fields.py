"""Finite fields and their products: the arithmetic of lines in a plane. Elements are numbers from 0 to order - 1."""

from functools import lru_cache
from itertools import product

import numpy as np

from services.matching.engine.arrays import Ints


def prime_powers(number: int) -> list[tuple[int, int]]:
    """The (prime, exponent) pairs whose powers multiply to the number, by prime."""
    found: list[tuple[int, int]] = []
    divisor = 2
    while number > 1:
        if divisor * divisor > number:
            divisor = number
        exponent = 0
        while number % divisor == 0:
            number //= divisor
            exponent += 1
        if exponent:
            found.append((divisor, exponent))
        divisor += 1
    return found


class Field:
    """The field of prime ** exponent elements; an element's digits to base `prime` are a polynomial's coefficients.

    The polynomial to reduce by is searched for: the first by which the powers of x reach every element but 0.
    """

    def __init__(self, prime: int, exponent: int) -> None:
        self.order = prime**exponent
        self._powers = _powers_of_generator(prime, exponent)
        self._logs = np.zeros(self.order, dtype=np.int64)
        self._logs[self._powers] = np.arange(self.order - 1)

    def times(self, one: Ints, other: Ints) -> Ints:
        """Their product, element by element."""
        logs = (self._logs[one] + self._logs[other]) % (self.order - 1)
        return np.where((one == 0) | (other == 0), 0, self._powers[logs])


def _powers_of_generator(prime: int, exponent: int) -> Ints:
    """All elements but 0, as successive powers of one of them."""
    for tail in product(range(prime), repeat=exponent):
        powers = _powers(prime, tail)
        if len(powers) == prime**exponent - 1:
            return np.array(powers, dtype=np.int64)
    raise AssertionError("every finite field has a generator")


def _powers(prime: int, tail: tuple[int, ...]) -> list[int]:
    """The powers of x from 1 until they repeat or vanish, where `tail` is what x ** len(tail) reduces to."""
    powers, element = [1], [1] + [0] * (len(tail) - 1)
    while True:
        element = [(low + element[-1] * c) % prime for low, c in zip([0, *element[:-1]], tail, strict=True)]
        number = sum(digit * prime**place for place, digit in enumerate(element))
        if number in (0, 1) or len(powers) == prime ** len(tail):
            return powers
        powers.append(number)


@lru_cache(maxsize=64)
def field(prime: int, exponent: int) -> Field:
    """The field, made once."""
    return Field(prime, exponent)


class Ring:
    """A product of fields with `order` elements: an element is (x, y, ...) as x + y * first order + ..."""

    def __init__(self, order: int) -> None:
        parts = prime_powers(order)
        self.order = order
        self.fields = [field(*part) for part in parts]
        self.primes = [prime for prime, exponent in parts for _ in range(exponent)]
        self.units = min(each.order for each in self.fields)
        """So many elements can be had any two of which differ by an invertible one."""

    def diagonal(self, count: int) -> Ints:
        """So many elements, at most `units`, any two of which differ by an invertible one."""
        steps = np.cumprod([1, *(each.order for each in self.fields[:-1])])
        return np.arange(count) * int(steps.sum())

    def times(self, one: Ints, other: Ints) -> Ints:
        """Their product, element by element."""
        step, result = 1, np.zeros(np.broadcast(one, other).shape, dtype=np.int64)
        for each in self.fields:
            result += step * each.times(one // step % each.order, other // step % each.order)
            step *= each.order
        return result

    def plus(self, one: Ints, other: Ints) -> Ints:
        """Their sum, element by element."""
        step, result = 1, np.zeros(np.broadcast(one, other).shape, dtype=np.int64)
        for prime in self.primes:
            result += step * ((one // step + other // step) % prime)
            step *= prime
        return result

    def minus(self, one: Ints, other: Ints) -> Ints:
        """Their difference, element by element."""
        step, result = 1, np.zeros(np.broadcast(one, other).shape, dtype=np.int64)
        for prime in self.primes:
            result += step * ((one // step - other // step) % prime)
            step *= prime
        return result


@lru_cache(maxsize=64)
def ring(order: int) -> Ring:
    """The ring, made once."""
    return Ring(order)
