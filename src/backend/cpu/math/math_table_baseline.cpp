#define KOINE_ISA baseline
#include "backend/cpu/math/math_table_impl.h"
