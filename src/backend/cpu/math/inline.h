#pragma once

/// Every function over lanes is inlined: a call would pass its vectors through memory, and a copy that is kept as a
/// function could be taken by the linker for another instruction set.
#define KOINE_INLINE inline __attribute__((always_inline))
