#include <koine/ops.h>

/// Operators are the ops of the same meaning.
namespace koine {

Array operator+(const Arg& x, const Arg& y) { return add(x, y); }
Array operator-(const Arg& x, const Arg& y) { return subtract(x, y); }
Array operator*(const Arg& x, const Arg& y) { return multiply(x, y); }
Array operator/(const Arg& x, const Arg& y) { return divide(x, y); }
Array operator%(const Arg& x, const Arg& y) { return remainder(x, y); }
Array operator&(const Arg& x, const Arg& y) { return bitwise_and(x, y); }
Array operator|(const Arg& x, const Arg& y) { return bitwise_or(x, y); }
Array operator^(const Arg& x, const Arg& y) { return bitwise_xor(x, y); }
Array operator<<(const Arg& x, const Arg& y) { return bitwise_left_shift(x, y); }
Array operator>>(const Arg& x, const Arg& y) { return bitwise_right_shift(x, y); }
Array operator==(const Arg& x, const Arg& y) { return equal(x, y); }
Array operator!=(const Arg& x, const Arg& y) { return not_equal(x, y); }
Array operator<(const Arg& x, const Arg& y) { return less(x, y); }
Array operator<=(const Arg& x, const Arg& y) { return less_equal(x, y); }
Array operator>(const Arg& x, const Arg& y) { return greater(x, y); }
Array operator>=(const Arg& x, const Arg& y) { return greater_equal(x, y); }
Array operator-(const Arg& x) { return negative(x); }
Array operator~(const Arg& x) { return bitwise_invert(x); }
Array operator!(const Arg& x) { return logical_not(x); }

Array& Array::operator+=(const Arg& y) { return *this = add(*this, y); }
Array& Array::operator-=(const Arg& y) { return *this = subtract(*this, y); }
Array& Array::operator*=(const Arg& y) { return *this = multiply(*this, y); }
Array& Array::operator/=(const Arg& y) { return *this = divide(*this, y); }
Array& Array::operator%=(const Arg& y) { return *this = remainder(*this, y); }

}  // namespace koine
