#define KOINE_ISA avx512
#include "backend/cpu/math/math_table_impl.h"
