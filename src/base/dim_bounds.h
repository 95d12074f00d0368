// What can be proved about the value of a symbolic size.
#pragma once

#include "base/polynomial.h"

namespace koine {

/// Limits that hold for all values (2 and up) of the symbols. Not always the tightest, never wrong, never throws.
Range bounds(const Polynomial& polynomial);

/// Limits of an atom of that kind with those arguments.
Range atom_bounds(Atom::Kind kind, std::span<const Dim> args);

/// Whether the polynomial is 0 for no values of the symbols, as far as can be proved.
bool never_zero(const Polynomial& polynomial);

/// The polynomial of a Dim, which is constant for a concrete one. Defined with the table of expressions.
Polynomial polynomial_of(Dim dim);

}  // namespace koine
