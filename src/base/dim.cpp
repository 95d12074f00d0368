#include <koine/dim.h>
#include <koine/error.h>

#include <algorithm>
#include <deque>
#include <map>
#include <mutex>
#include <new>
#include <numeric>
#include <shared_mutex>
#include <unordered_map>

#include "base/dim_bounds.h"
#include "base/format.h"
#include "base/polynomial.h"

namespace koine {

/// All atoms and symbolic expressions of the process, each once. Entries are never removed or changed, so references
/// to them stay good without the lock.
class DimTable {
 public:
  static DimTable& instance() {
    // Never destroyed: arrays with static lifetime may still ask for sizes at exit.
    alignas(DimTable) static std::byte storage[sizeof(DimTable)];
    static DimTable& table = *new (storage) DimTable;
    return table;
  }

  const Atom& atom(Atom::Kind kind, std::vector<Dim> args, std::string text) {
    {
      const std::shared_lock lock(mutex_);
      if (const auto found = atoms_.find(text); found != atoms_.end()) return found->second;
    }
    // The limits are found before the lock is taken, because that reads this table.
    Atom atom{kind, std::move(args), text, {}};
    atom.range = atom_bounds(kind, atom.args);
    const std::unique_lock lock(mutex_);
    return atoms_.try_emplace(std::move(text), std::move(atom)).first->second;
  }

  Dim dim(Polynomial polynomial) {
    if (polynomial.is_constant()) return Dim(polynomial.constant());
    std::string text = to_string(polynomial);
    {
      const std::shared_lock lock(mutex_);
      if (const auto found = ids_.find(text); found != ids_.end()) return from_id(found->second);
    }
    const std::unique_lock lock(mutex_);
    const auto [entry, is_new] = ids_.try_emplace(std::move(text), static_cast<int64_t>(expressions_.size()));
    if (is_new) expressions_.push_back({std::move(polynomial), entry->first});
    return from_id(entry->second);
  }

  const Polynomial& polynomial(Dim dim) const { return expression(dim).polynomial; }
  const std::string& text(Dim dim) const { return expression(dim).text; }

 private:
  struct Expression {
    Polynomial polynomial;
    std::string text;
  };

  static Dim from_id(int64_t id) {
    Dim dim;
    dim.bits_ = INT64_MIN + id;
    return dim;
  }

  const Expression& expression(Dim dim) const {
    const std::shared_lock lock(mutex_);
    return expressions_[static_cast<size_t>(dim.bits_ - INT64_MIN)];
  }

  mutable std::shared_mutex mutex_;
  std::map<std::string, Atom, std::less<>> atoms_;
  std::unordered_map<std::string, int64_t> ids_;
  std::deque<Expression> expressions_;
};

namespace {

DimTable& table() { return DimTable::instance(); }

[[noreturn]] void throw_overflow(Dim a, const char* operation, Dim b) {
  throw ShapeError(cat("the size ", a, operation, b, " does not fit in 64 bits"));
}

[[noreturn]] void throw_undecided(Dim a, const char* relation, Dim b) {
  throw ShapeError(cat("cannot decide whether ", a, relation, b, ": symbolic sizes are known only at run time"));
}

// Divides what all terms of both have in common, which is not 0 because symbols are at least 2.
void cancel_symbols(Polynomial& a, Polynomial& b) {
  Monomial common = b.terms.front().monomial;
  for (const Polynomial* polynomial : {&a, &b}) {
    for (const Term& term : polynomial->terms) {
      Monomial shared;
      for (const Factor& factor : common) {
        for (const Factor& other : term.monomial) {
          if (other.atom == factor.atom && factor.atom->kind == Atom::Kind::symbol) {
            shared.push_back({factor.atom, std::min(factor.power, other.power)});
          }
        }
      }
      common = std::move(shared);
    }
  }
  if (common.empty()) return;
  for (Polynomial* polynomial : {&a, &b}) {
    for (Term& term : polynomial->terms) term.monomial = *divide(term.monomial, common);
  }
}

// Divides the common divisor of the coefficients. A constant of the numerator is rounded down, which does not change
// the quotient as long as the divisor is positive.
void cancel_content(Polynomial& numerator, Polynomial& divisor) {
  const int64_t common = std::gcd(std::gcd(numerator.content(), divisor.content()), divisor.constant());
  if (common <= 1) return;
  for (Term& term : divisor.terms) term.coefficient /= common;
  const int64_t constant = numerator.constant();
  numerator = numerator - Polynomial(constant);
  for (Term& term : numerator.terms) term.coefficient /= common;
  numerator = numerator + Polynomial(constant / common - (constant % common < 0 ? 1 : 0));
}

Dim quotient_atom(Dim numerator, Dim divisor) {
  const auto enclosed = [](Dim dim) {
    const Polynomial polynomial = polynomial_of(dim);
    const Atom* atom = polynomial.single_atom();
    const bool simple = (dim.is_concrete() && dim.value() >= 0) ||
                        (atom != nullptr && atom->kind != Atom::Kind::floor_div && polynomial.constant() == 0);
    return simple ? to_string(dim) : cat("(", dim, ")");
  };
  std::string text = cat(enclosed(numerator), "//", enclosed(divisor));
  return table().dim(Polynomial(table().atom(Atom::Kind::floor_div, {numerator, divisor}, std::move(text))));
}

// The quotient of a reduced numerator by a divisor, neither zero nor both constant.
Dim remaining_quotient(Polynomial numerator, Polynomial divisor) {
  cancel_symbols(numerator, divisor);
  const Range limits = bounds(divisor);
  const bool positive = limits.low && *limits.low > 0;
  if (positive) cancel_content(numerator, divisor);
  if (positive && numerator.is_constant() && divisor.is_constant()) {
    return floor_div(Dim(numerator.constant()), Dim(divisor.constant()));
  }
  if (const Atom* atom = numerator.single_atom();
      atom != nullptr && atom->kind == Atom::Kind::floor_div && atom->args[1].is_concrete() && divisor.is_constant()) {
    // (x//a + c)//d is (x + c*a)//(a*d).
    const Dim inner = atom->args[1];
    return floor_div(atom->args[0] + inner * numerator.constant(), inner * divisor.constant());
  }
  if (positive) {
    const Range low = bounds(numerator);
    const Range gap = bounds(divisor - numerator);
    if (low.low && *low.low >= 0 && gap.low && *gap.low > 0) return 0;
    const Range sum = bounds(divisor + numerator);
    if (low.high && *low.high < 0 && sum.low && *sum.low >= 0) return -1;
  }
  return quotient_atom(table().dim(std::move(numerator)), table().dim(std::move(divisor)));
}

Dim extremum(Atom::Kind kind, Dim a, Dim b) {
  const bool is_max = kind == Atom::Kind::max;
  std::vector<Polynomial> args;
  for (const Dim dim : {a, b}) {
    const Polynomial polynomial = polynomial_of(dim);
    const Atom* atom = polynomial.single_atom();
    if (atom != nullptr && atom->kind == kind) {
      for (const Dim arg : atom->args) args.push_back(polynomial_of(arg) + Polynomial(polynomial.constant()));
    } else {
      args.push_back(polynomial);
    }
  }
  std::vector<Polynomial> kept;
  for (size_t i = 0; i < args.size(); ++i) {
    bool is_beaten = false;
    for (size_t j = 0; j < args.size() && !is_beaten; ++j) {
      if (i == j || (args[i] == args[j] && i < j)) continue;
      const Range lead = is_max ? bounds(args[j] - args[i]) : bounds(args[i] - args[j]);
      // Of two arguments that are always equal but do not look so, the first stays.
      const bool mutual = lead.high && *lead.high == 0 && i < j;
      is_beaten = lead.low && *lead.low >= 0 && !mutual;
    }
    if (!is_beaten) kept.push_back(args[i]);
  }
  if (kept.size() == 1) return table().dim(kept[0]);
  // A constant that all arguments have is written outside.
  int64_t shift = kept[0].constant();
  for (const Polynomial& arg : kept) shift = std::min(shift, arg.constant());
  std::vector<Dim> dims;
  for (const Polynomial& arg : kept) dims.push_back(table().dim(arg - Polynomial(shift)));
  std::sort(dims.begin(), dims.end(), [](Dim x, Dim y) { return to_string(x) < to_string(y); });
  std::string text = is_max ? "max(" : "min(";
  for (size_t i = 0; i < dims.size(); ++i) text += cat(i == 0 ? "" : ", ", dims[i]);
  text += ")";
  return table().dim(Polynomial(table().atom(kind, std::move(dims), std::move(text))) + Polynomial(shift));
}

bool is_identifier(std::string_view name) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  return !name.empty() && is_letter(name[0]) &&
         std::all_of(name.begin(), name.end(), [&](char c) { return is_letter(c) || is_digit(c); });
}

}  // namespace

Polynomial polynomial_of(Dim dim) { return dim.is_concrete() ? Polynomial(dim.value()) : table().polynomial(dim); }

Dim Dim::symbol(std::string_view name) {
  if (!is_identifier(name)) {
    throw ValueError(cat("'", name, "' cannot name a size: letters, digits and _, not starting with a digit"));
  }
  return table().dim(Polynomial(table().atom(Atom::Kind::symbol, {}, std::string(name))));
}

void Dim::throw_out_of_range() { throw ShapeError("a size does not fit in 64 bits"); }

void Dim::throw_symbolic() const {
  throw ShapeError(cat("the size ", *this, " is symbolic: its value is known only at run time"));
}

Dim Dim::add_slow(Dim a, Dim b) {
  if (a.is_concrete() && b.is_concrete()) throw_overflow(a, " + ", b);
  return table().dim(polynomial_of(a) + polynomial_of(b));
}

Dim Dim::subtract_slow(Dim a, Dim b) {
  if (a.is_concrete() && b.is_concrete()) throw_overflow(a, " - ", b);
  return table().dim(polynomial_of(a) - polynomial_of(b));
}

Dim Dim::multiply_slow(Dim a, Dim b) {
  if (a.is_concrete() && b.is_concrete()) throw_overflow(a, " * ", b);
  return table().dim(polynomial_of(a) * polynomial_of(b));
}

Dim Dim::floor_div_slow(Dim a, Dim b) {
  if (same(b, 0)) throw ShapeError(cat("the size ", a, " is divided by 0"));
  if (b.is_concrete() && b.value() < 0) return floor_div(-a, -b);
  Polynomial numerator = polynomial_of(a);
  Polynomial divisor = polynomial_of(b);
  if (divisor.terms.front().coefficient < 0) {
    numerator = numerator * -1;
    divisor = divisor * -1;
  }
  const Division division = divide(numerator, divisor);
  const Dim whole = table().dim(division.quotient);
  if (division.remainder.is_zero()) return whole;
  return whole + remaining_quotient(division.remainder, divisor);
}

Dim ceil_div(Dim a, Dim b) {
  if (b.is_concrete() && b.value() < 0) return ceil_div(-a, -b);
  // For a positive divisor this is the usual form; for any other, minus the floor of minus the quotient.
  const Range limits = bounds(polynomial_of(b));
  if (limits.low && *limits.low > 0) return floor_div(a + (b - 1), b);
  return -floor_div(-a, b);
}

Dim mod(Dim a, Dim b) { return a - b * floor_div(a, b); }

Dim Dim::max_slow(Dim a, Dim b) { return extremum(Atom::Kind::max, a, b); }
Dim Dim::min_slow(Dim a, Dim b) { return extremum(Atom::Kind::min, a, b); }

bool Dim::equal_slow(Dim a, Dim b) {
  const Polynomial difference = polynomial_of(a) - polynomial_of(b);
  if (never_zero(difference)) return false;
  const Range range = bounds(difference);
  if (range.low && range.high && *range.low == 0 && *range.high == 0) return true;
  throw_undecided(a, " == ", b);
}

bool Dim::less_slow(Dim a, Dim b) {
  const Range range = bounds(polynomial_of(b) - polynomial_of(a));
  if (range.low && *range.low > 0) return true;
  if (range.high && *range.high <= 0) return false;
  throw_undecided(a, " < ", b);
}

std::string to_string(Dim dim) { return dim.is_concrete() ? cat(dim.value()) : table().text(dim); }

Dim substitute(Dim dim, std::span<const std::pair<std::string, int64_t>> values) {
  if (dim.is_concrete()) return dim;
  Dim sum = 0;
  for (const Term& term : table().polynomial(dim).terms) {
    Dim product = term.coefficient;
    for (const auto& [atom, power] : term.monomial) {
      Dim value;
      if (atom->kind == Atom::Kind::symbol) {
        const auto found =
            std::find_if(values.begin(), values.end(), [&](const auto& v) { return v.first == atom->text; });
        if (found != values.end() && found->second < 2) {
          throw ShapeError(cat("the size ", atom->text, " is ", found->second, ": a symbolic size is at least 2"));
        }
        value = found == values.end() ? Dim::symbol(atom->text) : Dim(found->second);
      } else {
        value = substitute(atom->args[0], values);
        for (size_t i = 1; i < atom->args.size(); ++i) {
          const Dim next = substitute(atom->args[i], values);
          value = atom->kind == Atom::Kind::floor_div ? floor_div(value, next)
                  : atom->kind == Atom::Kind::max     ? max(value, next)
                                                      : min(value, next);
        }
      }
      for (int i = 0; i < power; ++i) product *= value;
    }
    sum += product;
  }
  return sum;
}

}  // namespace koine
