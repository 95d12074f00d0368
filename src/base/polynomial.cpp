#include "base/polynomial.h"

#include <koine/error.h>

#include <algorithm>
#include <numeric>

#include "base/format.h"

namespace koine {

namespace {

[[noreturn]] void throw_overflow() { throw ShapeError("a size does not fit in 64 bits"); }

int64_t checked_add(int64_t a, int64_t b) {
  int64_t sum = 0;
  if (__builtin_add_overflow(a, b, &sum)) throw_overflow();
  return sum;
}

int64_t checked_multiply(int64_t a, int64_t b) {
  int64_t product = 0;
  if (__builtin_mul_overflow(a, b, &product)) throw_overflow();
  return product;
}

bool before(const Atom& a, const Atom& b) {
  if (a.kind != b.kind) return a.kind < b.kind;
  return a.text < b.text;
}

// Orders terms and adds those with equal monomials.
Polynomial collect(std::vector<Term> terms) {
  std::sort(terms.begin(), terms.end(), [](const Term& a, const Term& b) { return leads(a.monomial, b.monomial); });
  Polynomial result;
  for (Term& term : terms) {
    if (!result.terms.empty() && result.terms.back().monomial == term.monomial) {
      int64_t& sum = result.terms.back().coefficient;
      sum = checked_add(sum, term.coefficient);
    } else {
      if (!result.terms.empty() && result.terms.back().coefficient == 0) result.terms.pop_back();
      result.terms.push_back(std::move(term));
    }
  }
  if (!result.terms.empty() && result.terms.back().coefficient == 0) result.terms.pop_back();
  return result;
}

std::string to_string(const Monomial& monomial, bool enclose_quotient) {
  std::string text;
  for (const Factor& factor : monomial) {
    if (!text.empty()) text += "*";
    const bool enclose =
        factor.atom->kind == Atom::Kind::floor_div && (enclose_quotient || monomial.size() > 1 || factor.power > 1);
    text += enclose ? cat("(", factor.atom->text, ")") : factor.atom->text;
    if (factor.power > 1) text += cat("^", factor.power);
  }
  return text;
}

}  // namespace

int degree(const Monomial& monomial) {
  int sum = 0;
  for (const Factor& factor : monomial) sum += factor.power;
  return sum;
}

Monomial operator*(const Monomial& a, const Monomial& b) {
  Monomial product;
  auto i = a.begin();
  auto j = b.begin();
  while (i != a.end() || j != b.end()) {
    if (j == b.end() || (i != a.end() && i->atom != j->atom && before(*i->atom, *j->atom))) {
      product.push_back(*i++);
    } else if (i == a.end() || i->atom != j->atom) {
      product.push_back(*j++);
    } else {
      product.push_back({i->atom, i->power + j->power});
      ++i, ++j;
    }
  }
  return product;
}

std::optional<Monomial> divide(const Monomial& a, const Monomial& b) {
  Monomial quotient;
  auto j = b.begin();
  for (const Factor& factor : a) {
    if (j != b.end() && j->atom == factor.atom) {
      if (j->power > factor.power) return std::nullopt;
      if (factor.power > j->power) quotient.push_back({factor.atom, factor.power - j->power});
      ++j;
    } else {
      quotient.push_back(factor);
    }
  }
  if (j != b.end()) return std::nullopt;
  return quotient;
}

bool leads(const Monomial& a, const Monomial& b) {
  const int degree_a = degree(a);
  const int degree_b = degree(b);
  if (degree_a != degree_b) return degree_a > degree_b;
  const auto [i, j] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  if (i == a.end() || j == b.end()) return false;
  if (i->atom == j->atom) return i->power > j->power;
  return before(*i->atom, *j->atom);
}

Polynomial::Polynomial(int64_t constant) {
  if (constant != 0) terms.push_back({{}, constant});
}

Polynomial::Polynomial(const Atom& atom) { terms.push_back({{{&atom, 1}}, 1}); }

int64_t Polynomial::constant() const {
  return !terms.empty() && terms.back().monomial.empty() ? terms.back().coefficient : 0;
}

const Atom* Polynomial::single_atom() const {
  if (terms.empty() || terms.size() > 2 || (terms.size() == 2 && constant() == 0)) return nullptr;
  const Term& first = terms.front();
  const bool single = first.coefficient == 1 && first.monomial.size() == 1 && first.monomial[0].power == 1;
  return single ? first.monomial[0].atom : nullptr;
}

int64_t Polynomial::content() const {
  int64_t divisor = 0;
  for (const Term& term : terms) {
    if (!term.monomial.empty()) divisor = std::gcd(divisor, term.coefficient);
  }
  return divisor;
}

Polynomial operator+(const Polynomial& a, const Polynomial& b) {
  std::vector<Term> terms = a.terms;
  terms.insert(terms.end(), b.terms.begin(), b.terms.end());
  return collect(std::move(terms));
}

Polynomial operator-(const Polynomial& a, const Polynomial& b) { return a + b * -1; }

Polynomial operator*(const Polynomial& a, const Polynomial& b) {
  std::vector<Term> terms;
  terms.reserve(a.terms.size() * b.terms.size());
  for (const Term& x : a.terms) {
    for (const Term& y : b.terms) {
      terms.push_back({x.monomial * y.monomial, checked_multiply(x.coefficient, y.coefficient)});
    }
  }
  return collect(std::move(terms));
}

Polynomial operator*(const Polynomial& a, int64_t b) { return a * Polynomial(b); }

Polynomial replace(const Polynomial& polynomial, const Atom& atom, const Polynomial& value) {
  Polynomial result;
  for (const Term& term : polynomial.terms) {
    const auto factor =
        std::find_if(term.monomial.begin(), term.monomial.end(), [&](const Factor& f) { return f.atom == &atom; });
    Polynomial product;
    product.terms.push_back(term);
    if (factor != term.monomial.end()) {
      const int power = factor->power;
      Monomial& rest = product.terms[0].monomial;
      rest.erase(rest.begin() + (factor - term.monomial.begin()));
      for (int i = 0; i < power; ++i) product = product * value;
    }
    result = result + product;
  }
  return result;
}

Division divide(const Polynomial& numerator, const Polynomial& divisor) {
  const Term& leading = divisor.terms.front();
  Division result{{}, numerator};
  // Terms before `done` are final: subtracting a multiple of the divisor changes only what follows its leading term.
  for (size_t done = 0; done < result.remainder.terms.size();) {
    const Term& term = result.remainder.terms[done];
    const std::optional<Monomial> monomial = divide(term.monomial, leading.monomial);
    int64_t multiple = term.coefficient / leading.coefficient;
    if (term.coefficient % leading.coefficient < 0) --multiple;
    if (!monomial || multiple == 0) {
      ++done;
      continue;
    }
    Polynomial step;
    step.terms.push_back({*monomial, multiple});
    result.quotient = result.quotient + step;
    result.remainder = result.remainder - step * divisor;
  }
  return result;
}

std::string to_string(const Polynomial& polynomial) {
  if (polynomial.is_zero()) return "0";
  std::string text;
  for (const Term& term : polynomial.terms) {
    const bool first = text.empty();
    const bool negative = term.coefficient < 0;
    if (first) {
      text += negative ? "-" : "";
    } else {
      text += negative ? " - " : " + ";
    }
    const uint64_t size =
        negative ? 0 - static_cast<uint64_t>(term.coefficient) : static_cast<uint64_t>(term.coefficient);
    if (term.monomial.empty()) {
      text += cat(size);
    } else if (size == 1) {
      text += to_string(term.monomial, first && negative);
    } else {
      text += cat(size, "*", to_string(term.monomial, true));
    }
  }
  return text;
}

}  // namespace koine
