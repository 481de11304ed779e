"""The keyed random numbers of Sources/Randomness/RandomKey.swift in NumPy, bit by bit.

Golden tensors are not stored; both sides compute them from their names.
"""
import numpy

MASK = (1 << 64) - 1
INCREMENT = 0x9E3779B97F4A7C15


def mix(word):
    """SplitMix64's finaliser of a Python integer."""
    word = (word ^ (word >> 30)) * 0xBF58476D1CE4E5B9 & MASK
    word = (word ^ (word >> 27)) * 0x94D049BB133111EB & MASK
    return word ^ (word >> 31)


class RandomKey:
    def __init__(self, seed=None, state=None):
        self.state = mix((seed + INCREMENT) & MASK) if state is None else state

    def derived(self, name):
        word = 0xCBF29CE484222325
        for byte in name.encode():
            word = (word ^ byte) * 0x100000001B3 & MASK
        return RandomKey(state=mix(self.state ^ mix((word + INCREMENT) & MASK)))

    def bits(self, count):
        index = numpy.arange(1, count + 1, dtype=numpy.uint64)
        word = numpy.uint64(self.state) + index * numpy.uint64(INCREMENT)
        word = (word ^ (word >> numpy.uint64(30))) * numpy.uint64(0xBF58476D1CE4E5B9)
        word = (word ^ (word >> numpy.uint64(27))) * numpy.uint64(0x94D049BB133111EB)
        return word ^ (word >> numpy.uint64(31))

    def signed(self, *shape):
        """2 u - 1 with u the uniform numbers: float32, exact, in C order of the shape."""
        uniform = (self.bits(int(numpy.prod(shape))) >> numpy.uint64(40)).astype(numpy.float32)
        return (uniform * numpy.float32(2 ** -24) * 2 - 1).reshape(shape)

    def integers(self, bound, count):
        """Integers in 0 ..< bound."""
        return [int(word) * bound >> 64 for word in self.bits(count)]


GOLDEN = RandomKey(seed=1).derived("golden")


def scaled(key, shape, bound):
    """(2 u - 1) * bound, rounded once to float32 after rounding the bound."""
    return key.signed(*shape) * numpy.float32(bound)


def around_one(key, shape):
    """1 + 0.1 (2 u - 1), the product and the sum each rounded to float32."""
    return numpy.float32(1) + scaled(key, shape, 0.1)
