#define KOINE_ISA avx2
#include "backend/cpu/math/math_table_impl.h"
