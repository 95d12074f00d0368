#include "ir/node.h"

#include <koine/ops.h>

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <vector>

/// Einstein summation: diagonals, then one pair of operands after the other by a matrix product over the indices that
/// nothing else needs, then sums and a transposition.
namespace koine {

namespace {

// An index of a subscript: its letter, or the places of an ellipsis counted from its end.
using Label = int;
using Labels = std::vector<Label>;
constexpr Label ellipsis_label = 256;

bool contains(const Labels& labels, Label label) {
  return std::find(labels.begin(), labels.end(), label) != labels.end();
}

std::string text_of(Label label) {
  return label < ellipsis_label ? "index '" + std::string(1, static_cast<char>(label)) + "'"
                                : "axis " + std::to_string(ellipsis_label - 1 - label) + " of the ellipsis";
}

std::string type_text(const Array& x) { return to_string(x.dtype()) + to_string(x.shape()); }

struct Term {
  std::string text;           // without spaces
  std::string before, after;  // letters around the ellipsis
  bool has_ellipsis = false;
};

class Einsum {
 public:
  Einsum(std::string_view subscripts, const std::vector<Array>& operands) : subscripts_(subscripts) {
    parse();
    if (terms_.size() != operands.size())
      fail<ValueError>(count(terms_.size(), "term") + " for " + count(operands.size(), "operand"));
    for (size_t i = 0; i < operands.size(); ++i) {
      try {
        dtype_ = i ? promote(dtype_, operands[i].dtype()) : operands[i].dtype();
      } catch (const DTypeError& error) {
        fail<DTypeError>(error.what());
      }
      operands_.push_back(operands[i]);
      label(i);
    }
    if (is_bool(dtype_)) dtype_ = int64;
    for (size_t i = 0; i < operands.size(); ++i) measure(i);
    for (size_t i = 0; i < operands.size(); ++i) simplify(operands_[i], labels_[i]);
    choose_output();
  }

  Array run() {
    Array result = cast(operands_[0], {.dtype = dtype_});
    Labels have = labels_[0];
    for (size_t i = 1; i < operands_.size(); ++i) {
      result = sum_out(result, have, needed_from(i));
      Array next = cast(operands_[i], {.dtype = dtype_});
      Labels own = labels_[i], needed = needed_from(i + 1);
      needed.insert(needed.end(), have.begin(), have.end());
      next = sum_out(next, own, needed);
      result = product(result, have, next, own, needed_from(i + 1));
    }
    return ordered(sum_out(result, have, output_), have, output_);
  }

 private:
  template <class E>
  [[noreturn]] void fail(const std::string& what) const {
    throw E("[einsum] " + what + " in \"" + subscripts_ + "\"" + at_line());
  }
  static std::string count(size_t n, const char* what) { return std::to_string(n) + " " + what + (n == 1 ? "" : "s"); }

  Term parse_term(std::string_view text) const {
    Term term;
    for (size_t k = 0; k < text.size(); ++k) {
      char c = text[k];
      if (c == ' ') continue;
      term.text += c;
      if (text.substr(k, 3) == "...") {
        if (term.has_ellipsis) fail<ValueError>("a term has two ellipses");
        term.has_ellipsis = true;
        k += 2;
        term.text += "..";
      } else if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) {
        (term.has_ellipsis ? term.after : term.before) += c;
      } else {
        fail<ValueError>(std::string("'") + c + "' is neither a letter nor an ellipsis");
      }
    }
    return term;
  }

  void parse() {
    std::string_view rest = subscripts_;
    size_t arrow = rest.find("->");
    if (arrow != std::string_view::npos) {
      explicit_output_ = true;
      output_term_ = parse_term(rest.substr(arrow + 2));
      rest = rest.substr(0, arrow);
    }
    for (size_t comma; (comma = rest.find(',')) != std::string_view::npos; rest = rest.substr(comma + 1))
      terms_.push_back(parse_term(rest.substr(0, comma)));
    terms_.push_back(parse_term(rest));
  }

  // Names the axes of an operand.
  void label(size_t i) {
    const Term& term = terms_[i];
    auto rank = static_cast<size_t>(operands_[i].rank()), letters = term.before.size() + term.after.size();
    if (letters > rank || (letters < rank && !term.has_ellipsis))
      fail<ShapeError>("term \"" + term.text + "\" has " + count(letters, "letter") + " but operand " +
                       std::to_string(i) + " is " + type_text(operands_[i]));
    Labels labels(term.before.begin(), term.before.end());
    size_t open = rank - letters;
    for (size_t k = open; k-- > 0;) labels.push_back(ellipsis_label + static_cast<Label>(k));
    labels.insert(labels.end(), term.after.begin(), term.after.end());
    open_axes_ = std::max(open_axes_, open);
    labels_.push_back(labels);
  }

  // Finds the size of each index; an axis of length 1 fits any.
  void measure(size_t i) {
    for (size_t d = 0; d < labels_[i].size(); ++d) {
      Dim n = operands_[i].shape()[static_cast<int>(d)];
      auto [found, fresh] = sizes_.emplace(labels_[i][d], std::pair(n, i));
      auto& [size, from] = found->second;
      if (fresh || same(n, size) || same(n, 1)) continue;
      if (!same(size, 1))
        fail<ShapeError>(text_of(labels_[i][d]) + " has size " + to_string(size) + " in operand " +
                         std::to_string(from) + " (" + type_text(operands_[from]) + ") and size " + to_string(n) +
                         " in operand " + std::to_string(i) + " (" + type_text(operands_[i]) + ")");
      size = n;
      from = i;
    }
  }

  // Drops axes of length 1 whose index is longer elsewhere, and takes diagonals.
  void simplify(Array& x, Labels& labels) const {
    for (size_t d = labels.size(); d-- > 0;)
      if (same(x.shape()[static_cast<int>(d)], 1) && !same(sizes_.at(labels[d]).first, 1)) {
        x = squeeze(x, static_cast<int>(d));
        labels.erase(labels.begin() + static_cast<std::ptrdiff_t>(d));
      }
    for (size_t d = 0; d < labels.size(); ++d)
      for (size_t e = labels.size(); --e > d;)
        if (labels[d] == labels[e]) {
          x = diagonal(x, static_cast<int>(d), static_cast<int>(e));
          Label label = labels[d];
          labels.erase(labels.begin() + static_cast<std::ptrdiff_t>(e));
          labels.erase(labels.begin() + static_cast<std::ptrdiff_t>(d));
          labels.push_back(label);
          d = static_cast<size_t>(-1);
          break;
        }
  }

  // The diagonal of two axes, as a new last axis: rows of n that are one element longer begin on it.
  static Array diagonal(const Array& x, int first, int second) {
    Array last = moveaxis(moveaxis(x, second, -1), first, -2);
    Dim n = last.shape().back();
    Shape rest = last.shape();
    rest.pop_back();
    rest.pop_back();
    auto with = [&](std::initializer_list<Dim> dims) {
      Shape shape = rest;
      for (Dim d : dims) shape.push_back(d);
      return shape;
    };
    Array flat = reshape(last, {.shape = with({n * n})});
    Array longer = concatenate({flat, zeros(with({n}), x.dtype())}, {.axis = -1});
    Shape start;
    for (int d = 0; d < last.rank(); ++d) start.push_back(0);
    Array begins = slice(reshape(longer, {.shape = with({n, n + 1})}), {.offsets = start, .sizes = with({n, 1})});
    return reshape(begins, {.shape = with({n})});
  }

  void choose_output() {
    if (!explicit_output_) {
      for (size_t k = open_axes_; k-- > 0;) output_.push_back(ellipsis_label + static_cast<Label>(k));
      std::string letters;
      for (const Term& term : terms_) letters += term.before + term.after;
      std::sort(letters.begin(), letters.end());
      for (char c : letters)
        if (std::count(letters.begin(), letters.end(), c) == 1) output_.push_back(c);
      return;
    }
    if (open_axes_ > 0 && !output_term_.has_ellipsis)
      fail<ValueError>("the result has no ellipsis, but an operand has");
    output_.assign(output_term_.before.begin(), output_term_.before.end());
    if (output_term_.has_ellipsis)
      for (size_t k = open_axes_; k-- > 0;) output_.push_back(ellipsis_label + static_cast<Label>(k));
    output_.insert(output_.end(), output_term_.after.begin(), output_term_.after.end());
    for (Label label : output_) {
      if (!sizes_.count(label)) fail<ValueError>(text_of(label) + " of the result is in no operand");
      if (std::count(output_.begin(), output_.end(), label) > 1)
        fail<ValueError>(text_of(label) + " stands twice in the result");
    }
  }

  // Indices that the result or a later operand has.
  Labels needed_from(size_t first) const {
    Labels needed = output_;
    for (size_t i = first; i < labels_.size(); ++i) needed.insert(needed.end(), labels_[i].begin(), labels_[i].end());
    return needed;
  }

  static Array sum_out(const Array& x, Labels& labels, const Labels& needed) {
    Ints axes;
    Labels kept;
    for (size_t d = 0; d < labels.size(); ++d)
      if (contains(needed, labels[d]))
        kept.push_back(labels[d]);
      else
        axes.push_back(static_cast<int64_t>(d));
    labels = kept;
    return axes.empty() ? x : cast(sum(x, {.axis = Axes(axes)}), {.dtype = x.dtype()});
  }

  static Array ordered(const Array& x, const Labels& labels, const Labels& order) {
    Ints axes;
    for (Label label : order) axes.push_back(std::find(labels.begin(), labels.end(), label) - labels.begin());
    return axes.empty() || std::is_sorted(axes.begin(), axes.end()) ? x : transpose(x, {.axes = axes});
  }

  static Labels joined(std::initializer_list<const Labels*> parts) {
    Labels all_labels;
    for (const Labels* part : parts) all_labels.insert(all_labels.end(), part->begin(), part->end());
    return all_labels;
  }

  Shape sizes_of(const Labels& labels) const {
    Shape shape;
    for (Label label : labels) shape.push_back(sizes_.at(label).first);
    return shape;
  }

  // The product of two operands, summed over the indices that both have and nothing else needs.
  Array product(const Array& x, Labels& have, const Array& y, const Labels& own, const Labels& needed) const {
    Labels shared, summed, left, right;
    for (Label label : have)
      (!contains(own, label) ? left : contains(needed, label) ? shared : summed).push_back(label);
    for (Label label : own)
      if (!contains(have, label)) right.push_back(label);
    Shape batch = sizes_of(shared), result = sizes_of(joined({&shared, &left, &right}));
    Dim rows = koine::count(sizes_of(left)), columns = koine::count(sizes_of(right)),
        inner = koine::count(sizes_of(summed));
    auto as = [&](const Array& z, const Labels& labels, const Labels& order, Dim m, Dim n) {
      Shape shape = batch;
      shape.push_back(m);
      shape.push_back(n);
      return reshape(ordered(z, labels, order), {.shape = shape});
    };
    Array a = as(x, have, joined({&shared, &left, &summed}), rows, inner);
    Array b = as(y, own, joined({&shared, &summed, &right}), inner, columns);
    have = joined({&shared, &left, &right});
    return reshape(summed.empty() ? a * b : matmul(a, b), {.shape = result});
  }

  std::string subscripts_;
  bool explicit_output_ = false;
  Term output_term_;
  std::vector<Term> terms_;
  std::vector<Array> operands_;
  std::vector<Labels> labels_;
  std::map<Label, std::pair<Dim, size_t>> sizes_;  // of each index, and the operand that has it
  size_t open_axes_ = 0;                           // the most axes that an ellipsis stands for
  Labels output_;
  DType dtype_ = float32;
};

}  // namespace

Array einsum(std::string_view subscripts, const std::vector<Array>& operands, std::source_location where) {
  SourceScope scope(where);
  return Einsum(subscripts, operands).run();
}

}  // namespace koine
