#include "base/dim_bounds.h"

#include <koine/error.h>

#include <algorithm>
#include <map>

namespace koine {

namespace {

constexpr int max_depth = 4;

using Limit = std::optional<int64_t>;

int64_t floor_quotient(int64_t a, int64_t b) { return a / b - (a % b != 0 && (a < 0) != (b < 0) ? 1 : 0); }
int64_t ceil_quotient(int64_t a, int64_t b) { return a / b + (a % b != 0 && (a < 0) == (b < 0) ? 1 : 0); }

// The tighter of two proved limits.
Limit tighter_low(Limit a, Limit b) { return a && b ? std::max(*a, *b) : a ? a : b; }
Limit tighter_high(Limit a, Limit b) { return a && b ? std::min(*a, *b) : a ? a : b; }
Range intersect(const Range& a, const Range& b) { return {tighter_low(a.low, b.low), tighter_high(a.high, b.high)}; }

// The limit that holds for either of two values.
Limit looser_low(Limit a, Limit b) { return a && b ? Limit(std::min(*a, *b)) : std::nullopt; }
Limit looser_high(Limit a, Limit b) { return a && b ? Limit(std::max(*a, *b)) : std::nullopt; }

std::vector<const Atom*> atoms_of(const Polynomial& polynomial) {
  std::vector<const Atom*> atoms;
  for (const Term& term : polynomial.terms) {
    for (const Factor& factor : term.monomial) {
      if (std::find(atoms.begin(), atoms.end(), factor.atom) == atoms.end()) atoms.push_back(factor.atom);
    }
  }
  return atoms;
}

Limit add(Limit a, Limit b) {
  int64_t sum = 0;
  if (!a || !b || __builtin_add_overflow(*a, *b, &sum)) return std::nullopt;
  return sum;
}

Limit multiply(Limit a, Limit b) {
  int64_t product = 0;
  if (!a || !b || __builtin_mul_overflow(*a, *b, &product)) return std::nullopt;
  return product;
}

// Writes every atom as its limit plus something that is not negative; then signs of coefficients decide.
Range shifted_bounds(Polynomial polynomial) {
  std::map<const Atom*, Limit> spans;
  for (const Atom* atom : atoms_of(polynomial)) {
    const Range& range = atom->range;
    if (range.low) {
      polynomial = replace(polynomial, *atom, Polynomial(*atom) + Polynomial(*range.low));
    } else if (range.high) {
      polynomial = replace(polynomial, *atom, Polynomial(*range.high) - Polynomial(*atom));
    } else {
      return {};
    }
    spans[atom] = range.high ? add(range.high, multiply(range.low, -1)) : std::nullopt;
  }
  Range result{0, 0};
  for (const Term& term : polynomial.terms) {
    Limit largest = term.coefficient;
    for (const Factor& factor : term.monomial) {
      for (int i = 0; i < factor.power; ++i) largest = multiply(largest, spans[factor.atom]);
    }
    if (term.monomial.empty() || term.coefficient < 0) result.low = add(result.low, largest);
    if (term.monomial.empty() || term.coefficient > 0) result.high = add(result.high, largest);
  }
  return result;
}

bool is_linear_in(const Polynomial& polynomial, const Atom& atom) {
  for (const Term& term : polynomial.terms) {
    for (const Factor& factor : term.monomial) {
      if (factor.atom == &atom && factor.power > 1) return false;
    }
  }
  return true;
}

// Replaces quotients p//d by (p - r)/d with a remainder r, which relates them to the rest of the polynomial.
Range remainder_bounds(Polynomial polynomial) {
  std::map<const Atom*, Atom> remainders;
  int64_t scale = 1;
  for (int step = 0; step < 32; ++step) {
    const Atom* quotient = nullptr;
    for (const Atom* atom : atoms_of(polynomial)) {
      const bool usable =
          atom->kind == Atom::Kind::floor_div && atom->args[1].is_concrete() && is_linear_in(polynomial, *atom);
      if (usable) quotient = atom;
    }
    if (quotient == nullptr) break;
    const int64_t divisor = quotient->args[1].value();
    Atom remainder{Atom::Kind::symbol, {}, "remainder of " + quotient->text, {0, divisor - 1}};
    const Atom& r = remainders.try_emplace(quotient, std::move(remainder)).first->second;
    // The polynomial is rest + factor * quotient; times the divisor this is divisor * rest + factor * (p - r).
    const Polynomial rest = replace(polynomial, *quotient, Polynomial(0));
    const Polynomial with = replace(polynomial - rest, *quotient, polynomial_of(quotient->args[0]) - Polynomial(r));
    polynomial = rest * divisor + with;
    if (__builtin_mul_overflow(scale, divisor, &scale)) return {};
  }
  if (remainders.empty()) return {};
  Range range = shifted_bounds(polynomial);
  if (range.low) range.low = ceil_quotient(*range.low, scale);
  if (range.high) range.high = floor_quotient(*range.high, scale);
  return range;
}

Range bounds_at(const Polynomial& polynomial, int depth);

// The coefficient of an atom when it occurs once, alone and to the first power; 0 otherwise.
int64_t lone_coefficient(const Polynomial& polynomial, const Atom& atom) {
  int64_t coefficient = 0;
  for (const Term& term : polynomial.terms) {
    for (const Factor& factor : term.monomial) {
      if (factor.atom != &atom) continue;
      if (term.monomial.size() > 1 || factor.power > 1) return 0;
      coefficient = term.coefficient;
    }
  }
  return coefficient;
}

// A maximum is one of its arguments; so the polynomial is one of those with the argument put in its place.
Range case_bounds(const Polynomial& polynomial, int depth) {
  const std::vector<const Atom*> atoms = atoms_of(polynomial);
  const auto found = std::find_if(atoms.begin(), atoms.end(), [](const Atom* atom) {
    return atom->kind == Atom::Kind::max || atom->kind == Atom::Kind::min;
  });
  if (found == atoms.end() || depth == max_depth) return {};
  const Atom& atom = **found;
  const int64_t coefficient = lone_coefficient(polynomial, atom);
  const bool is_largest = coefficient != 0 && (coefficient > 0) == (atom.kind == Atom::Kind::max);
  const bool is_smallest = coefficient != 0 && !is_largest;
  Range result;
  for (size_t i = 0; i < atom.args.size(); ++i) {
    const Range range = bounds_at(replace(polynomial, atom, polynomial_of(atom.args[i])), depth + 1);
    if (i == 0) {
      result = range;
      continue;
    }
    result.low = is_largest ? tighter_low(result.low, range.low) : looser_low(result.low, range.low);
    result.high = is_smallest ? tighter_high(result.high, range.high) : looser_high(result.high, range.high);
  }
  return result;
}

Range bounds_at(const Polynomial& polynomial, int depth) {
  const Range direct = intersect(shifted_bounds(polynomial), remainder_bounds(polynomial));
  return intersect(direct, case_bounds(polynomial, depth));
}

Range quotient_bounds(const Range& numerator, const Range& divisor) {
  if (!divisor.low || *divisor.low < 1) return {};
  Range result;
  if (numerator.low) {
    const bool shrinks = *numerator.low >= 0;
    const Limit by = shrinks ? divisor.high : divisor.low;
    result.low = by ? floor_quotient(*numerator.low, *by) : 0;
  }
  if (numerator.high) {
    const bool shrinks = *numerator.high < 0;
    const Limit by = shrinks ? divisor.high : divisor.low;
    result.high = by ? floor_quotient(*numerator.high, *by) : -1;
  }
  return result;
}

}  // namespace

Range bounds(const Polynomial& polynomial) {
  if (polynomial.is_constant()) return {polynomial.constant(), polynomial.constant()};
  try {
    return bounds_at(polynomial, 0);
  } catch (const ShapeError&) {
    // A coefficient of the analysis overflowed: nothing is proved.
    return {};
  }
}

Range atom_bounds(Atom::Kind kind, std::span<const Dim> args) {
  if (kind == Atom::Kind::symbol) return {2, std::nullopt};
  std::vector<Range> ranges;
  for (const Dim arg : args) ranges.push_back(bounds(polynomial_of(arg)));
  if (kind == Atom::Kind::floor_div) return quotient_bounds(ranges[0], ranges[1]);
  Range result = ranges[0];
  const bool is_max = kind == Atom::Kind::max;
  for (const Range& range : ranges) {
    result.low = is_max ? tighter_low(result.low, range.low) : looser_low(result.low, range.low);
    result.high = is_max ? looser_high(result.high, range.high) : tighter_high(result.high, range.high);
  }
  return result;
}

bool never_zero(const Polynomial& polynomial) {
  const Range range = bounds(polynomial);
  if ((range.low && *range.low > 0) || (range.high && *range.high < 0)) return true;
  const int64_t content = polynomial.content();
  return content != 0 && polynomial.constant() % content != 0;
}

}  // namespace koine
