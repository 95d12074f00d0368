// Gives the members of a plain aggregate of 1 to 64 members to a function: C++20 can only take them apart by as
// many names as there are. For <koine/detail/fields.h> only.
#pragma once

namespace koine::tree::detail {

/// `pass(object, take)` returns take(member, ...); `braces<T>` says whether each member of T can start from `{}`.
template <unsigned long Count>
struct Members;

// clang-format off
template <>
struct Members<0> {
  static constexpr auto pass(auto&, auto&& take) { return take(); }
  template <class T> static constexpr bool braces = requires { T{}; };
};
template <> struct Members<1> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a0] = object; return take(a0); }
  template <class T> static constexpr bool braces = requires { T{{}}; };
};
template <> struct Members<2> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a0,a1] = object; return take(a0,a1); }
  template <class T> static constexpr bool braces = requires { T{{},{}}; };
};
template <> struct Members<3> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a0,a1,a2] = object; return take(a0,a1,a2); }
  template <class T> static constexpr bool braces = requires { T{{},{},{}}; };
};
template <> struct Members<4> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a0,a1,a2,a3] = object; return take(a0,a1,a2,a3); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{}}; };
};
template <> struct Members<5> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a0,a1,a2,a3,a4] = object; return take(a0,a1,a2,a3,
    a4); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{}}; };
};
template <> struct Members<6> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a0,a1,a2,a3,a4,a5] = object; return take(a0,a1,a2,a3,
    a4,a5); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{}}; };
};
template <> struct Members<7> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a0,a1,a2,a3,a4,a5,a6] = object; return take(a0,a1,a2,
    a3,a4,a5,a6); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{}}; };
};
template <> struct Members<8> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a0,a1,a2,a3,a4,a5,a6,a7] = object; return take(a0,a1,
    a2,a3,a4,a5,a6,a7); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{}}; };
};
template <> struct Members<9> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a0,a1,a2,a3,a4,a5,a6,a7,a8] = object; return take(a0,
    a1,a2,a3,a4,a5,a6,a7,a8); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{}}; };
};
template <> struct Members<10> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a0,a1,a2,a3,a4,a5,a6,a7,a8,
    a9] = object; return take(a0,a1,a2,a3,a4,a5,a6,a7,a8,a9); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{}}; };
};
template <> struct Members<11> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,
    b0] = object; return take(a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,b0); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{}}; };
};
template <> struct Members<12> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,b0,
    b1] = object; return take(a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,b0,b1); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{},{}}; };
};
template <> struct Members<13> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,b0,b1,
    b2] = object; return take(a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,b0,b1,b2); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{}}; };
};
template <> struct Members<14> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,b0,b1,b2,
    b3] = object; return take(a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,b0,b1,b2,b3); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{}}; };
};
template <> struct Members<15> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,b0,b1,b2,b3,
    b4] = object; return take(a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,b0,b1,b2,b3,b4); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}}; };
};
template <> struct Members<16> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,b0,b1,b2,b3,b4,
    b5] = object; return take(a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,b0,b1,b2,b3,b4,b5); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}}; };
};
template <> struct Members<17> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,b0,b1,b2,b3,b4,b5,
    b6] = object; return take(a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,b0,b1,b2,b3,b4,b5,b6); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {}}; };
};
template <> struct Members<18> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,b0,b1,b2,b3,b4,b5,b6,
    b7] = object; return take(a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,b0,b1,b2,b3,b4,b5,b6,b7); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {}}; };
};
template <> struct Members<19> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,b0,b1,b2,b3,b4,b5,b6,
    b7,b8] = object; return take(a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,b0,b1,b2,b3,b4,b5,b6,b7,b8); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{}}; };
};
template <> struct Members<20> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,b0,b1,b2,b3,b4,b5,b6,
    b7,b8,b9] = object; return take(a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,b0,b1,b2,b3,b4,b5,b6,b7,b8,b9); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{},{}}; };
};
template <> struct Members<21> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,b0,b1,b2,b3,b4,b5,b6,
    b7,b8,b9,c0] = object; return take(a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,b0,b1,b2,b3,b4,b5,b6,b7,b8,b9,c0); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{},{},{}}; };
};
template <> struct Members<22> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,b0,b1,b2,b3,b4,b5,b6,
    b7,b8,b9,c0,c1] = object; return take(a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,b0,b1,b2,b3,b4,b5,b6,b7,b8,b9,c0,c1); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{},{},{},{}}; };
};
template <> struct Members<23> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,b0,b1,b2,b3,b4,b5,b6,
    b7,b8,b9,c0,c1,c2] = object; return take(a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,b0,b1,b2,b3,b4,b5,b6,b7,b8,b9,c0,c1,c2); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{},{},{},{},{}}; };
};
template <> struct Members<24> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,b0,b1,b2,b3,b4,b5,b6,
    b7,b8,b9,c0,c1,c2,c3] = object; return take(a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,b0,b1,b2,b3,b4,b5,b6,b7,b8,b9,c0,c1,c2,
    c3); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{},{},{},{},{},{}}; };
};
template <> struct Members<25> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,b0,b1,b2,b3,b4,b5,b6,
    b7,b8,b9,c0,c1,c2,c3,c4] = object; return take(a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,b0,b1,b2,b3,b4,b5,b6,b7,b8,b9,c0,c1,
    c2,c3,c4); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{},{},{},{},{},{},{}}; };
};
template <> struct Members<26> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,b0,b1,b2,b3,b4,b5,b6,
    b7,b8,b9,c0,c1,c2,c3,c4,c5] = object; return take(a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,b0,b1,b2,b3,b4,b5,b6,b7,b8,b9,c0,
    c1,c2,c3,c4,c5); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{},{},{},{},{},{},{},{}}; };
};
template <> struct Members<27> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,b0,b1,b2,b3,b4,b5,b6,
    b7,b8,b9,c0,c1,c2,c3,c4,c5,c6] = object; return take(a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,b0,b1,b2,b3,b4,b5,b6,b7,b8,b9,
    c0,c1,c2,c3,c4,c5,c6); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{},{},{},{},{},{},{},{},{}}; };
};
template <> struct Members<28> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,b0,b1,b2,b3,b4,b5,b6,
    b7,b8,b9,c0,c1,c2,c3,c4,c5,c6,c7] = object; return take(a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,b0,b1,b2,b3,b4,b5,b6,b7,b8,
    b9,c0,c1,c2,c3,c4,c5,c6,c7); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{},{},{},{},{},{},{},{},{},{}}; };
};
template <> struct Members<29> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,b0,b1,b2,b3,b4,b5,b6,
    b7,b8,b9,c0,c1,c2,c3,c4,c5,c6,c7,c8] = object; return take(a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,b0,b1,b2,b3,b4,b5,b6,b7,
    b8,b9,c0,c1,c2,c3,c4,c5,c6,c7,c8); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{},{},{},{},{},{},{},{},{},{},{}}; };
};
template <> struct Members<30> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,b0,b1,b2,b3,b4,b5,b6,
    b7,b8,b9,c0,c1,c2,c3,c4,c5,c6,c7,c8,c9] = object; return take(a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,b0,b1,b2,b3,b4,b5,b6,
    b7,b8,b9,c0,c1,c2,c3,c4,c5,c6,c7,c8,c9); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{},{},{},{},{},{},{},{},{},{},{},{}}; };
};
template <> struct Members<31> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,b0,b1,b2,b3,b4,b5,b6,
    b7,b8,b9,c0,c1,c2,c3,c4,c5,c6,c7,c8,c9,d0] = object; return take(a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,b0,b1,b2,b3,b4,b5,
    b6,b7,b8,b9,c0,c1,c2,c3,c4,c5,c6,c7,c8,c9,d0); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{},{},{},{},{},{},{},{},{},{},{},{},{}}; };
};
template <> struct Members<32> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,b0,b1,b2,b3,b4,b5,b6,
    b7,b8,b9,c0,c1,c2,c3,c4,c5,c6,c7,c8,c9,d0,d1] = object; return take(a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,b0,b1,b2,b3,b4,
    b5,b6,b7,b8,b9,c0,c1,c2,c3,c4,c5,c6,c7,c8,c9,d0,d1); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{},{},{},{},{},{},{},{},{},{},{},{},{},{}}; };
};
template <> struct Members<33> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,b0,b1,b2,b3,b4,b5,b6,
    b7,b8,b9,c0,c1,c2,c3,c4,c5,c6,c7,c8,c9,d0,d1,d2] = object; return take(a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,b0,b1,b2,b3,
    b4,b5,b6,b7,b8,b9,c0,c1,c2,c3,c4,c5,c6,c7,c8,c9,d0,d1,d2); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}}; };
};
template <> struct Members<34> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,b0,b1,b2,b3,b4,b5,b6,
    b7,b8,b9,c0,c1,c2,c3,c4,c5,c6,c7,c8,c9,d0,d1,d2,d3] = object; return take(a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,b0,b1,b2,
    b3,b4,b5,b6,b7,b8,b9,c0,c1,c2,c3,c4,c5,c6,c7,c8,c9,d0,d1,d2,d3); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}}; };
};
template <> struct Members<35> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,b0,b1,b2,b3,b4,b5,b6,
    b7,b8,b9,c0,c1,c2,c3,c4,c5,c6,c7,c8,c9,d0,d1,d2,d3,d4] = object; return take(a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,b0,b1,
    b2,b3,b4,b5,b6,b7,b8,b9,c0,c1,c2,c3,c4,c5,c6,c7,c8,c9,d0,d1,d2,d3,d4); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}}; };
};
template <> struct Members<36> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,b0,b1,b2,b3,b4,b5,b6,
    b7,b8,b9,c0,c1,c2,c3,c4,c5,c6,c7,c8,c9,d0,d1,d2,d3,d4,d5] = object; return take(a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,b0,
    b1,b2,b3,b4,b5,b6,b7,b8,b9,c0,c1,c2,c3,c4,c5,c6,c7,c8,c9,d0,d1,d2,d3,d4,d5); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}}; };
};
template <> struct Members<37> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,b0,b1,b2,b3,b4,b5,b6,
    b7,b8,b9,c0,c1,c2,c3,c4,c5,c6,c7,c8,c9,d0,d1,d2,d3,d4,d5,d6] = object; return take(a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,
    b0,b1,b2,b3,b4,b5,b6,b7,b8,b9,c0,c1,c2,c3,c4,c5,c6,c7,c8,c9,d0,d1,d2,d3,d4,d5,d6); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}}; };
};
template <> struct Members<38> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,b0,b1,b2,b3,b4,b5,b6,
    b7,b8,b9,c0,c1,c2,c3,c4,c5,c6,c7,c8,c9,d0,d1,d2,d3,d4,d5,d6,d7] = object; return take(a0,a1,a2,a3,a4,a5,a6,a7,a8,
    a9,b0,b1,b2,b3,b4,b5,b6,b7,b8,b9,c0,c1,c2,c3,c4,c5,c6,c7,c8,c9,d0,d1,d2,d3,d4,d5,d6,d7); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}}; };
};
template <> struct Members<39> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,b0,b1,b2,b3,b4,b5,b6,
    b7,b8,b9,c0,c1,c2,c3,c4,c5,c6,c7,c8,c9,d0,d1,d2,d3,d4,d5,d6,d7,d8] = object; return take(a0,a1,a2,a3,a4,a5,a6,a7,
    a8,a9,b0,b1,b2,b3,b4,b5,b6,b7,b8,b9,c0,c1,c2,c3,c4,c5,c6,c7,c8,c9,d0,d1,d2,d3,d4,d5,d6,d7,d8); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}}; };
};
template <> struct Members<40> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,b0,b1,b2,b3,b4,b5,b6,
    b7,b8,b9,c0,c1,c2,c3,c4,c5,c6,c7,c8,c9,d0,d1,d2,d3,d4,d5,d6,d7,d8,d9] = object; return take(a0,a1,a2,a3,a4,a5,a6,
    a7,a8,a9,b0,b1,b2,b3,b4,b5,b6,b7,b8,b9,c0,c1,c2,c3,c4,c5,c6,c7,c8,c9,d0,d1,d2,d3,d4,d5,d6,d7,d8,d9); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}}; };
};
template <> struct Members<41> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,b0,b1,b2,b3,b4,b5,b6,
    b7,b8,b9,c0,c1,c2,c3,c4,c5,c6,c7,c8,c9,d0,d1,d2,d3,d4,d5,d6,d7,d8,d9,e0] = object; return take(a0,a1,a2,a3,a4,a5,
    a6,a7,a8,a9,b0,b1,b2,b3,b4,b5,b6,b7,b8,b9,c0,c1,c2,c3,c4,c5,c6,c7,c8,c9,d0,d1,d2,d3,d4,d5,d6,d7,d8,d9,e0); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}}; };
};
template <> struct Members<42> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,b0,b1,b2,b3,b4,b5,b6,
    b7,b8,b9,c0,c1,c2,c3,c4,c5,c6,c7,c8,c9,d0,d1,d2,d3,d4,d5,d6,d7,d8,d9,e0,e1] = object; return take(a0,a1,a2,a3,a4,
    a5,a6,a7,a8,a9,b0,b1,b2,b3,b4,b5,b6,b7,b8,b9,c0,c1,c2,c3,c4,c5,c6,c7,c8,c9,d0,d1,d2,d3,d4,d5,d6,d7,d8,d9,e0,
    e1); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}}; };
};
template <> struct Members<43> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,b0,b1,b2,b3,b4,b5,b6,
    b7,b8,b9,c0,c1,c2,c3,c4,c5,c6,c7,c8,c9,d0,d1,d2,d3,d4,d5,d6,d7,d8,d9,e0,e1,e2] = object; return take(a0,a1,a2,a3,
    a4,a5,a6,a7,a8,a9,b0,b1,b2,b3,b4,b5,b6,b7,b8,b9,c0,c1,c2,c3,c4,c5,c6,c7,c8,c9,d0,d1,d2,d3,d4,d5,d6,d7,d8,d9,e0,e1,
    e2); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}}; };
};
template <> struct Members<44> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,b0,b1,b2,b3,b4,b5,b6,
    b7,b8,b9,c0,c1,c2,c3,c4,c5,c6,c7,c8,c9,d0,d1,d2,d3,d4,d5,d6,d7,d8,d9,e0,e1,e2,e3] = object; return take(a0,a1,a2,
    a3,a4,a5,a6,a7,a8,a9,b0,b1,b2,b3,b4,b5,b6,b7,b8,b9,c0,c1,c2,c3,c4,c5,c6,c7,c8,c9,d0,d1,d2,d3,d4,d5,d6,d7,d8,d9,e0,
    e1,e2,e3); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}}; };
};
template <> struct Members<45> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,b0,b1,b2,b3,b4,b5,b6,
    b7,b8,b9,c0,c1,c2,c3,c4,c5,c6,c7,c8,c9,d0,d1,d2,d3,d4,d5,d6,d7,d8,d9,e0,e1,e2,e3,e4] = object; return take(a0,a1,
    a2,a3,a4,a5,a6,a7,a8,a9,b0,b1,b2,b3,b4,b5,b6,b7,b8,b9,c0,c1,c2,c3,c4,c5,c6,c7,c8,c9,d0,d1,d2,d3,d4,d5,d6,d7,d8,d9,
    e0,e1,e2,e3,e4); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}}; };
};
template <> struct Members<46> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,b0,b1,b2,b3,b4,b5,b6,
    b7,b8,b9,c0,c1,c2,c3,c4,c5,c6,c7,c8,c9,d0,d1,d2,d3,d4,d5,d6,d7,d8,d9,e0,e1,e2,e3,e4,e5] = object; return take(a0,
    a1,a2,a3,a4,a5,a6,a7,a8,a9,b0,b1,b2,b3,b4,b5,b6,b7,b8,b9,c0,c1,c2,c3,c4,c5,c6,c7,c8,c9,d0,d1,d2,d3,d4,d5,d6,d7,d8,
    d9,e0,e1,e2,e3,e4,e5); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}}; };
};
template <> struct Members<47> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,b0,b1,b2,b3,b4,b5,b6,
    b7,b8,b9,c0,c1,c2,c3,c4,c5,c6,c7,c8,c9,d0,d1,d2,d3,d4,d5,d6,d7,d8,d9,e0,e1,e2,e3,e4,e5,
    e6] = object; return take(a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,b0,b1,b2,b3,b4,b5,b6,b7,b8,b9,c0,c1,c2,c3,c4,c5,c6,c7,c8,
    c9,d0,d1,d2,d3,d4,d5,d6,d7,d8,d9,e0,e1,e2,e3,e4,e5,e6); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}}; };
};
template <> struct Members<48> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,b0,b1,b2,b3,b4,b5,b6,
    b7,b8,b9,c0,c1,c2,c3,c4,c5,c6,c7,c8,c9,d0,d1,d2,d3,d4,d5,d6,d7,d8,d9,e0,e1,e2,e3,e4,e5,e6,
    e7] = object; return take(a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,b0,b1,b2,b3,b4,b5,b6,b7,b8,b9,c0,c1,c2,c3,c4,c5,c6,c7,c8,
    c9,d0,d1,d2,d3,d4,d5,d6,d7,d8,d9,e0,e1,e2,e3,e4,e5,e6,e7); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}}; };
};
template <> struct Members<49> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,b0,b1,b2,b3,b4,b5,b6,
    b7,b8,b9,c0,c1,c2,c3,c4,c5,c6,c7,c8,c9,d0,d1,d2,d3,d4,d5,d6,d7,d8,d9,e0,e1,e2,e3,e4,e5,e6,e7,
    e8] = object; return take(a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,b0,b1,b2,b3,b4,b5,b6,b7,b8,b9,c0,c1,c2,c3,c4,c5,c6,c7,c8,
    c9,d0,d1,d2,d3,d4,d5,d6,d7,d8,d9,e0,e1,e2,e3,e4,e5,e6,e7,e8); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}}; };
};
template <> struct Members<50> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,b0,b1,b2,b3,b4,b5,b6,
    b7,b8,b9,c0,c1,c2,c3,c4,c5,c6,c7,c8,c9,d0,d1,d2,d3,d4,d5,d6,d7,d8,d9,e0,e1,e2,e3,e4,e5,e6,e7,e8,
    e9] = object; return take(a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,b0,b1,b2,b3,b4,b5,b6,b7,b8,b9,c0,c1,c2,c3,c4,c5,c6,c7,c8,
    c9,d0,d1,d2,d3,d4,d5,d6,d7,d8,d9,e0,e1,e2,e3,e4,e5,e6,e7,e8,e9); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}}; };
};
template <> struct Members<51> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,b0,b1,b2,b3,b4,b5,b6,
    b7,b8,b9,c0,c1,c2,c3,c4,c5,c6,c7,c8,c9,d0,d1,d2,d3,d4,d5,d6,d7,d8,d9,e0,e1,e2,e3,e4,e5,e6,e7,e8,e9,
    f0] = object; return take(a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,b0,b1,b2,b3,b4,b5,b6,b7,b8,b9,c0,c1,c2,c3,c4,c5,c6,c7,c8,
    c9,d0,d1,d2,d3,d4,d5,d6,d7,d8,d9,e0,e1,e2,e3,e4,e5,e6,e7,e8,e9,f0); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}}; };
};
template <> struct Members<52> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,b0,b1,b2,b3,b4,b5,b6,
    b7,b8,b9,c0,c1,c2,c3,c4,c5,c6,c7,c8,c9,d0,d1,d2,d3,d4,d5,d6,d7,d8,d9,e0,e1,e2,e3,e4,e5,e6,e7,e8,e9,f0,
    f1] = object; return take(a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,b0,b1,b2,b3,b4,b5,b6,b7,b8,b9,c0,c1,c2,c3,c4,c5,c6,c7,c8,
    c9,d0,d1,d2,d3,d4,d5,d6,d7,d8,d9,e0,e1,e2,e3,e4,e5,e6,e7,e8,e9,f0,f1); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}}; };
};
template <> struct Members<53> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,b0,b1,b2,b3,b4,b5,b6,
    b7,b8,b9,c0,c1,c2,c3,c4,c5,c6,c7,c8,c9,d0,d1,d2,d3,d4,d5,d6,d7,d8,d9,e0,e1,e2,e3,e4,e5,e6,e7,e8,e9,f0,f1,
    f2] = object; return take(a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,b0,b1,b2,b3,b4,b5,b6,b7,b8,b9,c0,c1,c2,c3,c4,c5,c6,c7,c8,
    c9,d0,d1,d2,d3,d4,d5,d6,d7,d8,d9,e0,e1,e2,e3,e4,e5,e6,e7,e8,e9,f0,f1,f2); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}}; };
};
template <> struct Members<54> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,b0,b1,b2,b3,b4,b5,b6,
    b7,b8,b9,c0,c1,c2,c3,c4,c5,c6,c7,c8,c9,d0,d1,d2,d3,d4,d5,d6,d7,d8,d9,e0,e1,e2,e3,e4,e5,e6,e7,e8,e9,f0,f1,f2,
    f3] = object; return take(a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,b0,b1,b2,b3,b4,b5,b6,b7,b8,b9,c0,c1,c2,c3,c4,c5,c6,c7,c8,
    c9,d0,d1,d2,d3,d4,d5,d6,d7,d8,d9,e0,e1,e2,e3,e4,e5,e6,e7,e8,e9,f0,f1,f2,f3); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {}}; };
};
template <> struct Members<55> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,b0,b1,b2,b3,b4,b5,b6,
    b7,b8,b9,c0,c1,c2,c3,c4,c5,c6,c7,c8,c9,d0,d1,d2,d3,d4,d5,d6,d7,d8,d9,e0,e1,e2,e3,e4,e5,e6,e7,e8,e9,f0,f1,f2,f3,
    f4] = object; return take(a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,b0,b1,b2,b3,b4,b5,b6,b7,b8,b9,c0,c1,c2,c3,c4,c5,c6,c7,c8,
    c9,d0,d1,d2,d3,d4,d5,d6,d7,d8,d9,e0,e1,e2,e3,e4,e5,e6,e7,e8,e9,f0,f1,f2,f3,f4); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {}}; };
};
template <> struct Members<56> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,b0,b1,b2,b3,b4,b5,b6,
    b7,b8,b9,c0,c1,c2,c3,c4,c5,c6,c7,c8,c9,d0,d1,d2,d3,d4,d5,d6,d7,d8,d9,e0,e1,e2,e3,e4,e5,e6,e7,e8,e9,f0,f1,f2,f3,f4,
    f5] = object; return take(a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,b0,b1,b2,b3,b4,b5,b6,b7,b8,b9,c0,c1,c2,c3,c4,c5,c6,c7,c8,
    c9,d0,d1,d2,d3,d4,d5,d6,d7,d8,d9,e0,e1,e2,e3,e4,e5,e6,e7,e8,e9,f0,f1,f2,f3,f4,f5); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {}}; };
};
template <> struct Members<57> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,b0,b1,b2,b3,b4,b5,b6,
    b7,b8,b9,c0,c1,c2,c3,c4,c5,c6,c7,c8,c9,d0,d1,d2,d3,d4,d5,d6,d7,d8,d9,e0,e1,e2,e3,e4,e5,e6,e7,e8,e9,f0,f1,f2,f3,f4,
    f5,f6] = object; return take(a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,b0,b1,b2,b3,b4,b5,b6,b7,b8,b9,c0,c1,c2,c3,c4,c5,c6,c7,
    c8,c9,d0,d1,d2,d3,d4,d5,d6,d7,d8,d9,e0,e1,e2,e3,e4,e5,e6,e7,e8,e9,f0,f1,f2,f3,f4,f5,f6); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{}}; };
};
template <> struct Members<58> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,b0,b1,b2,b3,b4,b5,b6,
    b7,b8,b9,c0,c1,c2,c3,c4,c5,c6,c7,c8,c9,d0,d1,d2,d3,d4,d5,d6,d7,d8,d9,e0,e1,e2,e3,e4,e5,e6,e7,e8,e9,f0,f1,f2,f3,f4,
    f5,f6,f7] = object; return take(a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,b0,b1,b2,b3,b4,b5,b6,b7,b8,b9,c0,c1,c2,c3,c4,c5,c6,
    c7,c8,c9,d0,d1,d2,d3,d4,d5,d6,d7,d8,d9,e0,e1,e2,e3,e4,e5,e6,e7,e8,e9,f0,f1,f2,f3,f4,f5,f6,f7); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{},{}}; };
};
template <> struct Members<59> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,b0,b1,b2,b3,b4,b5,b6,
    b7,b8,b9,c0,c1,c2,c3,c4,c5,c6,c7,c8,c9,d0,d1,d2,d3,d4,d5,d6,d7,d8,d9,e0,e1,e2,e3,e4,e5,e6,e7,e8,e9,f0,f1,f2,f3,f4,
    f5,f6,f7,f8] = object; return take(a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,b0,b1,b2,b3,b4,b5,b6,b7,b8,b9,c0,c1,c2,c3,c4,c5,
    c6,c7,c8,c9,d0,d1,d2,d3,d4,d5,d6,d7,d8,d9,e0,e1,e2,e3,e4,e5,e6,e7,e8,e9,f0,f1,f2,f3,f4,f5,f6,f7,f8); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{},{},{}}; };
};
template <> struct Members<60> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,b0,b1,b2,b3,b4,b5,b6,
    b7,b8,b9,c0,c1,c2,c3,c4,c5,c6,c7,c8,c9,d0,d1,d2,d3,d4,d5,d6,d7,d8,d9,e0,e1,e2,e3,e4,e5,e6,e7,e8,e9,f0,f1,f2,f3,f4,
    f5,f6,f7,f8,f9] = object; return take(a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,b0,b1,b2,b3,b4,b5,b6,b7,b8,b9,c0,c1,c2,c3,c4,
    c5,c6,c7,c8,c9,d0,d1,d2,d3,d4,d5,d6,d7,d8,d9,e0,e1,e2,e3,e4,e5,e6,e7,e8,e9,f0,f1,f2,f3,f4,f5,f6,f7,f8,f9); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{},{},{},{}}; };
};
template <> struct Members<61> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,b0,b1,b2,b3,b4,b5,b6,
    b7,b8,b9,c0,c1,c2,c3,c4,c5,c6,c7,c8,c9,d0,d1,d2,d3,d4,d5,d6,d7,d8,d9,e0,e1,e2,e3,e4,e5,e6,e7,e8,e9,f0,f1,f2,f3,f4,
    f5,f6,f7,f8,f9,g0] = object; return take(a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,b0,b1,b2,b3,b4,b5,b6,b7,b8,b9,c0,c1,c2,c3,
    c4,c5,c6,c7,c8,c9,d0,d1,d2,d3,d4,d5,d6,d7,d8,d9,e0,e1,e2,e3,e4,e5,e6,e7,e8,e9,f0,f1,f2,f3,f4,f5,f6,f7,f8,f9,
    g0); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{},{},{},{},{}}; };
};
template <> struct Members<62> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,b0,b1,b2,b3,b4,b5,b6,
    b7,b8,b9,c0,c1,c2,c3,c4,c5,c6,c7,c8,c9,d0,d1,d2,d3,d4,d5,d6,d7,d8,d9,e0,e1,e2,e3,e4,e5,e6,e7,e8,e9,f0,f1,f2,f3,f4,
    f5,f6,f7,f8,f9,g0,g1] = object; return take(a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,b0,b1,b2,b3,b4,b5,b6,b7,b8,b9,c0,c1,c2,
    c3,c4,c5,c6,c7,c8,c9,d0,d1,d2,d3,d4,d5,d6,d7,d8,d9,e0,e1,e2,e3,e4,e5,e6,e7,e8,e9,f0,f1,f2,f3,f4,f5,f6,f7,f8,f9,g0,
    g1); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{},{},{},{},{},{}}; };
};
template <> struct Members<63> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,b0,b1,b2,b3,b4,b5,b6,
    b7,b8,b9,c0,c1,c2,c3,c4,c5,c6,c7,c8,c9,d0,d1,d2,d3,d4,d5,d6,d7,d8,d9,e0,e1,e2,e3,e4,e5,e6,e7,e8,e9,f0,f1,f2,f3,f4,
    f5,f6,f7,f8,f9,g0,g1,g2] = object; return take(a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,b0,b1,b2,b3,b4,b5,b6,b7,b8,b9,c0,c1,
    c2,c3,c4,c5,c6,c7,c8,c9,d0,d1,d2,d3,d4,d5,d6,d7,d8,d9,e0,e1,e2,e3,e4,e5,e6,e7,e8,e9,f0,f1,f2,f3,f4,f5,f6,f7,f8,f9,
    g0,g1,g2); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{},{},{},{},{},{},{}}; };
};
template <> struct Members<64> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,b0,b1,b2,b3,b4,b5,b6,
    b7,b8,b9,c0,c1,c2,c3,c4,c5,c6,c7,c8,c9,d0,d1,d2,d3,d4,d5,d6,d7,d8,d9,e0,e1,e2,e3,e4,e5,e6,e7,e8,e9,f0,f1,f2,f3,f4,
    f5,f6,f7,f8,f9,g0,g1,g2,g3] = object; return take(a0,a1,a2,a3,a4,a5,a6,a7,a8,a9,b0,b1,b2,b3,b4,b5,b6,b7,b8,b9,c0,
    c1,c2,c3,c4,c5,c6,c7,c8,c9,d0,d1,d2,d3,d4,d5,d6,d7,d8,d9,e0,e1,e2,e3,e4,e5,e6,e7,e8,e9,f0,f1,f2,f3,f4,f5,f6,f7,f8,
    f9,g0,g1,g2,g3); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{},{},{},{},{},{},{},{}}; };
};
// clang-format on

}  // namespace koine::tree::detail
