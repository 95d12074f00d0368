// The canonical form of a symbolic size: a polynomial with integer coefficients.
#pragma once

#include <koine/dim.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace koine {

/// Proved limits of an integer; a missing one is infinite.
struct Range {
  std::optional<int64_t> low;
  std::optional<int64_t> high;
};

/// What a polynomial is over. One object per atom of the process, so that atoms are compared by address.
struct Atom {
  /// The order in which atoms are written and in which they lead.
  enum class Kind : uint8_t { symbol, max, min, floor_div };

  Kind kind = Kind::symbol;
  /// The two or more operands of max and min, in order of their text; numerator and divisor of floor_div.
  std::vector<Dim> args;
  /// "n", "max(m, n)", "(n + 1)//2"; tells atoms apart.
  std::string text;
  Range range;
};

/// An atom to a positive power.
struct Factor {
  const Atom* atom = nullptr;
  int power = 1;

  bool operator==(const Factor&) const = default;
};

/// A product of factors, ordered by kind and text of the atoms, each atom once.
using Monomial = std::vector<Factor>;

int degree(const Monomial& monomial);
Monomial operator*(const Monomial& a, const Monomial& b);
/// a / b when b divides a.
std::optional<Monomial> divide(const Monomial& a, const Monomial& b);
/// Whether `a` is written before `b`: the higher degree first, then the higher power of the first atom that differs.
bool leads(const Monomial& a, const Monomial& b);

struct Term {
  Monomial monomial;
  int64_t coefficient = 0;

  bool operator==(const Term&) const = default;
};

/// A sum of terms with distinct monomials and coefficients other than zero, the leading one first.
/// Operations throw ShapeError when a coefficient overflows.
struct Polynomial {
  std::vector<Term> terms;

  Polynomial() = default;
  explicit Polynomial(int64_t constant);
  explicit Polynomial(const Atom& atom);

  bool is_zero() const { return terms.empty(); }
  bool is_constant() const { return terms.empty() || (terms.size() == 1 && terms[0].monomial.empty()); }
  /// The coefficient of the empty monomial.
  int64_t constant() const;
  /// The only atom, when the polynomial is one atom plus a constant.
  const Atom* single_atom() const;
  /// The greatest common divisor of the coefficients that are not constant(); 0 when there are none.
  int64_t content() const;

  bool operator==(const Polynomial&) const = default;
};

Polynomial operator+(const Polynomial& a, const Polynomial& b);
Polynomial operator-(const Polynomial& a, const Polynomial& b);
Polynomial operator*(const Polynomial& a, const Polynomial& b);
Polynomial operator*(const Polynomial& a, int64_t b);
/// `polynomial` with every power of `atom` replaced by that power of `value`.
Polynomial replace(const Polynomial& polynomial, const Atom& atom, const Polynomial& value);

/// Quotient and remainder with numerator = quotient * divisor + remainder, where no term of the remainder is
/// divisible by the leading term of the divisor: its monomial is not, or its coefficient is in [0, leading one).
/// The leading coefficient of the divisor is positive.
struct Division {
  Polynomial quotient;
  Polynomial remainder;
};
Division divide(const Polynomial& numerator, const Polynomial& divisor);

/// "2*n + 1"; the same for the same polynomial in every process.
std::string to_string(const Polynomial& polynomial);

}  // namespace koine
