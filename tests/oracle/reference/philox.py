"""Philox4x32-10 in plain Python (Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as 1, 2, 3", SC11)."""

MASK = 0xFFFFFFFF
MULTIPLIERS = (0xD2511F53, 0xCD9E8D57)
WEYL = (0x9E3779B9, 0xBB67AE85)

# The known answers published with Random123: counter, key, output.
KNOWN = (
    ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((MASK,) * 4, (MASK,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
)


def philox4x32(counter, key):
    """Four 32-bit words of ten rounds."""
    c0, c1, c2, c3 = counter
    k0, k1 = key
    for _ in range(10):
        left, right = MULTIPLIERS[0] * c0, MULTIPLIERS[1] * c2
        c0, c1, c2, c3 = (right >> 32) ^ c1 ^ k0, right & MASK, (left >> 32) ^ c3 ^ k1, left & MASK
        k0, k1 = (k0 + WEYL[0]) & MASK, (k1 + WEYL[1]) & MASK
    return c0, c1, c2, c3


def words(key, count):
    """The first `count` words of a key: block i has the counter (i, 0, 0, 0), its words come in order."""
    stream = []
    for block in range((count + 3) // 4):
        stream.extend(philox4x32((block, 0, 0, 0), key))
    return stream[:count]


def bits(key, count, width):
    """`count` unsigned integers: 64 bits take two words (low first), narrower ones the low bits of one word each."""
    if width == 64:
        stream = words(key, 2 * count)
        return [low | high << 32 for low, high in zip(stream[::2], stream[1::2])]
    return [word & ((1 << width) - 1) for word in words(key, count)]


def check():
    """Raises if the generator does not give the published answers."""
    for counter, key, answer in KNOWN:
        if philox4x32(counter, key) != answer:
            raise AssertionError(f"Philox4x32-10 of {counter}, {key} is not the published {answer}")
