#pragma once
#include "fuzz/generate.h"

#include <string>

namespace koine::fuzz {

/// What is wrong with how the CPU device runs a program; empty when nothing is.
std::string problem_of(const Case& one);

/// A case with fewer nodes and outputs that still has a problem.
Case smaller(Case one);

/// Program and inputs as text.
std::string to_string(const Case& one);

}  // namespace koine::fuzz
