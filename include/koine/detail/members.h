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
  static constexpr auto pass(auto& object, auto&& take) { auto& [a] = object; return take(a); }
  template <class T> static constexpr bool braces = requires { T{{}}; };
};
template <> struct Members<2> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a,b] = object; return take(a,b); }
  template <class T> static constexpr bool braces = requires { T{{},{}}; };
};
template <> struct Members<3> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a,b,c] = object; return take(a,b,c); }
  template <class T> static constexpr bool braces = requires { T{{},{},{}}; };
};
template <> struct Members<4> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a,b,c,d] = object; return take(a,b,c,d); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{}}; };
};
template <> struct Members<5> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a,b,c,d,e] = object; return take(a,b,c,d,e); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{}}; };
};
template <> struct Members<6> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a,b,c,d,e,f] = object; return take(a,b,c,d,e,f); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{}}; };
};
template <> struct Members<7> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a,b,c,d,e,f,g] = object; return take(a,b,c,d,e,f,
    g); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{}}; };
};
template <> struct Members<8> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a,b,c,d,e,f,g,h] = object; return take(a,b,c,d,e,f,g,
    h); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{}}; };
};
template <> struct Members<9> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a,b,c,d,e,f,g,h,i] = object; return take(a,b,c,d,e,f,
    g,h,i); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{}}; };
};
template <> struct Members<10> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a,b,c,d,e,f,g,h,i,j] = object; return take(a,b,c,d,e,
    f,g,h,i,j); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{}}; };
};
template <> struct Members<11> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a,b,c,d,e,f,g,h,i,j,k] = object; return take(a,b,c,d,
    e,f,g,h,i,j,k); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{}}; };
};
template <> struct Members<12> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a,b,c,d,e,f,g,h,i,j,k,l] = object; return take(a,b,c,
    d,e,f,g,h,i,j,k,l); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{},{}}; };
};
template <> struct Members<13> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a,b,c,d,e,f,g,h,i,j,k,l,m] = object; return take(a,b,
    c,d,e,f,g,h,i,j,k,l,m); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{}}; };
};
template <> struct Members<14> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a,b,c,d,e,f,g,h,i,j,k,l,m,n] = object; return take(a,
    b,c,d,e,f,g,h,i,j,k,l,m,n); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{}}; };
};
template <> struct Members<15> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a,b,c,d,e,f,g,h,i,j,k,l,m,n,
    o] = object; return take(a,b,c,d,e,f,g,h,i,j,k,l,m,n,o); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}}; };
};
template <> struct Members<16> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,
    p] = object; return take(a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}}; };
};
template <> struct Members<17> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,
    q] = object; return take(a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {}}; };
};
template <> struct Members<18> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,
    r] = object; return take(a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {}}; };
};
template <> struct Members<19> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,
    s] = object; return take(a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{}}; };
};
template <> struct Members<20> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,
    t] = object; return take(a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{},{}}; };
};
template <> struct Members<21> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,
    u] = object; return take(a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{},{},{}}; };
};
template <> struct Members<22> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,
    v] = object; return take(a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,v); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{},{},{},{}}; };
};
template <> struct Members<23> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,v,
    w] = object; return take(a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,v,w); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{},{},{},{},{}}; };
};
template <> struct Members<24> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,v,w,
    x] = object; return take(a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,v,w,x); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{},{},{},{},{},{}}; };
};
template <> struct Members<25> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,v,w,x,
    y] = object; return take(a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,v,w,x,y); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{},{},{},{},{},{},{}}; };
};
template <> struct Members<26> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,v,w,x,y,
    z] = object; return take(a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,v,w,x,y,z); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{},{},{},{},{},{},{},{}}; };
};
template <> struct Members<27> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,v,w,x,y,z,
    A] = object; return take(a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,v,w,x,y,z,A); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{},{},{},{},{},{},{},{},{}}; };
};
template <> struct Members<28> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,v,w,x,y,z,
    A,B] = object; return take(a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,v,w,x,y,z,A,B); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{},{},{},{},{},{},{},{},{},{}}; };
};
template <> struct Members<29> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,v,w,x,y,z,
    A,B,C] = object; return take(a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,v,w,x,y,z,A,B,C); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{},{},{},{},{},{},{},{},{},{},{}}; };
};
template <> struct Members<30> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,v,w,x,y,z,
    A,B,C,D] = object; return take(a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,v,w,x,y,z,A,B,C,D); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{},{},{},{},{},{},{},{},{},{},{},{}}; };
};
template <> struct Members<31> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,v,w,x,y,z,
    A,B,C,D,E] = object; return take(a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,v,w,x,y,z,A,B,C,D,E); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{},{},{},{},{},{},{},{},{},{},{},{},{}}; };
};
template <> struct Members<32> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,v,w,x,y,z,
    A,B,C,D,E,F] = object; return take(a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,v,w,x,y,z,A,B,C,D,E,F); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{},{},{},{},{},{},{},{},{},{},{},{},{},{}}; };
};
template <> struct Members<33> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,v,w,x,y,z,
    A,B,C,D,E,F,G] = object; return take(a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,v,w,x,y,z,A,B,C,D,E,F,G); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}}; };
};
template <> struct Members<34> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,v,w,x,y,z,
    A,B,C,D,E,F,G,H] = object; return take(a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,v,w,x,y,z,A,B,C,D,E,F,G,H); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}}; };
};
template <> struct Members<35> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,v,w,x,y,z,
    A,B,C,D,E,F,G,H,I] = object; return take(a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,v,w,x,y,z,A,B,C,D,E,F,G,H,
    I); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}}; };
};
template <> struct Members<36> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,v,w,x,y,z,
    A,B,C,D,E,F,G,H,I,J] = object; return take(a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,v,w,x,y,z,A,B,C,D,E,F,G,H,I,
    J); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}}; };
};
template <> struct Members<37> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,v,w,x,y,z,
    A,B,C,D,E,F,G,H,I,J,K] = object; return take(a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,v,w,x,y,z,A,B,C,D,E,F,G,H,
    I,J,K); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}}; };
};
template <> struct Members<38> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,v,w,x,y,z,
    A,B,C,D,E,F,G,H,I,J,K,L] = object; return take(a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,v,w,x,y,z,A,B,C,D,E,F,G,
    H,I,J,K,L); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}}; };
};
template <> struct Members<39> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,v,w,x,y,z,
    A,B,C,D,E,F,G,H,I,J,K,L,M] = object; return take(a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,v,w,x,y,z,A,B,C,D,E,F,
    G,H,I,J,K,L,M); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}}; };
};
template <> struct Members<40> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,v,w,x,y,z,
    A,B,C,D,E,F,G,H,I,J,K,L,M,N] = object; return take(a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,v,w,x,y,z,A,B,C,D,E,
    F,G,H,I,J,K,L,M,N); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}}; };
};
template <> struct Members<41> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,v,w,x,y,z,
    A,B,C,D,E,F,G,H,I,J,K,L,M,N,O] = object; return take(a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,v,w,x,y,z,A,B,C,D,
    E,F,G,H,I,J,K,L,M,N,O); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}}; };
};
template <> struct Members<42> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,v,w,x,y,z,
    A,B,C,D,E,F,G,H,I,J,K,L,M,N,O,P] = object; return take(a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,v,w,x,y,z,A,B,C,
    D,E,F,G,H,I,J,K,L,M,N,O,P); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}}; };
};
template <> struct Members<43> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,v,w,x,y,z,
    A,B,C,D,E,F,G,H,I,J,K,L,M,N,O,P,Q] = object; return take(a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,v,w,x,y,z,A,B,
    C,D,E,F,G,H,I,J,K,L,M,N,O,P,Q); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}}; };
};
template <> struct Members<44> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,v,w,x,y,z,
    A,B,C,D,E,F,G,H,I,J,K,L,M,N,O,P,Q,R] = object; return take(a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,v,w,x,y,z,A,
    B,C,D,E,F,G,H,I,J,K,L,M,N,O,P,Q,R); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}}; };
};
template <> struct Members<45> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,v,w,x,y,z,
    A,B,C,D,E,F,G,H,I,J,K,L,M,N,O,P,Q,R,S] = object; return take(a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,v,w,x,y,z,
    A,B,C,D,E,F,G,H,I,J,K,L,M,N,O,P,Q,R,S); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}}; };
};
template <> struct Members<46> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,v,w,x,y,z,
    A,B,C,D,E,F,G,H,I,J,K,L,M,N,O,P,Q,R,S,T] = object; return take(a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,v,w,x,y,
    z,A,B,C,D,E,F,G,H,I,J,K,L,M,N,O,P,Q,R,S,T); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}}; };
};
template <> struct Members<47> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,v,w,x,y,z,
    A,B,C,D,E,F,G,H,I,J,K,L,M,N,O,P,Q,R,S,T,U] = object; return take(a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,v,w,x,
    y,z,A,B,C,D,E,F,G,H,I,J,K,L,M,N,O,P,Q,R,S,T,U); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}}; };
};
template <> struct Members<48> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,v,w,x,y,z,
    A,B,C,D,E,F,G,H,I,J,K,L,M,N,O,P,Q,R,S,T,U,V] = object; return take(a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,v,w,
    x,y,z,A,B,C,D,E,F,G,H,I,J,K,L,M,N,O,P,Q,R,S,T,U,V); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}}; };
};
template <> struct Members<49> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,v,w,x,y,z,
    A,B,C,D,E,F,G,H,I,J,K,L,M,N,O,P,Q,R,S,T,U,V,W] = object; return take(a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,v,
    w,x,y,z,A,B,C,D,E,F,G,H,I,J,K,L,M,N,O,P,Q,R,S,T,U,V,W); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}}; };
};
template <> struct Members<50> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,v,w,x,y,z,
    A,B,C,D,E,F,G,H,I,J,K,L,M,N,O,P,Q,R,S,T,U,V,W,X] = object; return take(a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,
    v,w,x,y,z,A,B,C,D,E,F,G,H,I,J,K,L,M,N,O,P,Q,R,S,T,U,V,W,X); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}}; };
};
template <> struct Members<51> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,v,w,x,y,z,
    A,B,C,D,E,F,G,H,I,J,K,L,M,N,O,P,Q,R,S,T,U,V,W,X,Y] = object; return take(a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,
    u,v,w,x,y,z,A,B,C,D,E,F,G,H,I,J,K,L,M,N,O,P,Q,R,S,T,U,V,W,X,Y); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}}; };
};
template <> struct Members<52> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,v,w,x,y,z,
    A,B,C,D,E,F,G,H,I,J,K,L,M,N,O,P,Q,R,S,T,U,V,W,X,Y,Z] = object; return take(a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,
    t,u,v,w,x,y,z,A,B,C,D,E,F,G,H,I,J,K,L,M,N,O,P,Q,R,S,T,U,V,W,X,Y,Z); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}}; };
};
template <> struct Members<53> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,v,w,x,y,z,
    A,B,C,D,E,F,G,H,I,J,K,L,M,N,O,P,Q,R,S,T,U,V,W,X,Y,Z,a_] = object; return take(a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,
    s,t,u,v,w,x,y,z,A,B,C,D,E,F,G,H,I,J,K,L,M,N,O,P,Q,R,S,T,U,V,W,X,Y,Z,a_); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}}; };
};
template <> struct Members<54> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,v,w,x,y,z,
    A,B,C,D,E,F,G,H,I,J,K,L,M,N,O,P,Q,R,S,T,U,V,W,X,Y,Z,a_,b_] = object; return take(a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,
    q,r,s,t,u,v,w,x,y,z,A,B,C,D,E,F,G,H,I,J,K,L,M,N,O,P,Q,R,S,T,U,V,W,X,Y,Z,a_,b_); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {}}; };
};
template <> struct Members<55> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,v,w,x,y,z,
    A,B,C,D,E,F,G,H,I,J,K,L,M,N,O,P,Q,R,S,T,U,V,W,X,Y,Z,a_,b_,c_] = object; return take(a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,
    p,q,r,s,t,u,v,w,x,y,z,A,B,C,D,E,F,G,H,I,J,K,L,M,N,O,P,Q,R,S,T,U,V,W,X,Y,Z,a_,b_,c_); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {}}; };
};
template <> struct Members<56> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,v,w,x,y,z,
    A,B,C,D,E,F,G,H,I,J,K,L,M,N,O,P,Q,R,S,T,U,V,W,X,Y,Z,a_,b_,c_,d_] = object; return take(a,b,c,d,e,f,g,h,i,j,k,l,m,
    n,o,p,q,r,s,t,u,v,w,x,y,z,A,B,C,D,E,F,G,H,I,J,K,L,M,N,O,P,Q,R,S,T,U,V,W,X,Y,Z,a_,b_,c_,d_); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {}}; };
};
template <> struct Members<57> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,v,w,x,y,z,
    A,B,C,D,E,F,G,H,I,J,K,L,M,N,O,P,Q,R,S,T,U,V,W,X,Y,Z,a_,b_,c_,d_,e_] = object; return take(a,b,c,d,e,f,g,h,i,j,k,l,
    m,n,o,p,q,r,s,t,u,v,w,x,y,z,A,B,C,D,E,F,G,H,I,J,K,L,M,N,O,P,Q,R,S,T,U,V,W,X,Y,Z,a_,b_,c_,d_,e_); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{}}; };
};
template <> struct Members<58> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,v,w,x,y,z,
    A,B,C,D,E,F,G,H,I,J,K,L,M,N,O,P,Q,R,S,T,U,V,W,X,Y,Z,a_,b_,c_,d_,e_,f_] = object; return take(a,b,c,d,e,f,g,h,i,j,
    k,l,m,n,o,p,q,r,s,t,u,v,w,x,y,z,A,B,C,D,E,F,G,H,I,J,K,L,M,N,O,P,Q,R,S,T,U,V,W,X,Y,Z,a_,b_,c_,d_,e_,f_); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{},{}}; };
};
template <> struct Members<59> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,v,w,x,y,z,
    A,B,C,D,E,F,G,H,I,J,K,L,M,N,O,P,Q,R,S,T,U,V,W,X,Y,Z,a_,b_,c_,d_,e_,f_,g_] = object; return take(a,b,c,d,e,f,g,h,i,
    j,k,l,m,n,o,p,q,r,s,t,u,v,w,x,y,z,A,B,C,D,E,F,G,H,I,J,K,L,M,N,O,P,Q,R,S,T,U,V,W,X,Y,Z,a_,b_,c_,d_,e_,f_,g_); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{},{},{}}; };
};
template <> struct Members<60> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,v,w,x,y,z,
    A,B,C,D,E,F,G,H,I,J,K,L,M,N,O,P,Q,R,S,T,U,V,W,X,Y,Z,a_,b_,c_,d_,e_,f_,g_,h_] = object; return take(a,b,c,d,e,f,g,
    h,i,j,k,l,m,n,o,p,q,r,s,t,u,v,w,x,y,z,A,B,C,D,E,F,G,H,I,J,K,L,M,N,O,P,Q,R,S,T,U,V,W,X,Y,Z,a_,b_,c_,d_,e_,f_,g_,
    h_); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{},{},{},{}}; };
};
template <> struct Members<61> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,v,w,x,y,z,
    A,B,C,D,E,F,G,H,I,J,K,L,M,N,O,P,Q,R,S,T,U,V,W,X,Y,Z,a_,b_,c_,d_,e_,f_,g_,h_,i_] = object; return take(a,b,c,d,e,f,
    g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,v,w,x,y,z,A,B,C,D,E,F,G,H,I,J,K,L,M,N,O,P,Q,R,S,T,U,V,W,X,Y,Z,a_,b_,c_,d_,e_,f_,g_,
    h_,i_); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{},{},{},{},{}}; };
};
template <> struct Members<62> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,v,w,x,y,z,
    A,B,C,D,E,F,G,H,I,J,K,L,M,N,O,P,Q,R,S,T,U,V,W,X,Y,Z,a_,b_,c_,d_,e_,f_,g_,h_,i_,j_] = object; return take(a,b,c,d,
    e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,v,w,x,y,z,A,B,C,D,E,F,G,H,I,J,K,L,M,N,O,P,Q,R,S,T,U,V,W,X,Y,Z,a_,b_,c_,d_,e_,f_,
    g_,h_,i_,j_); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{},{},{},{},{},{}}; };
};
template <> struct Members<63> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,v,w,x,y,z,
    A,B,C,D,E,F,G,H,I,J,K,L,M,N,O,P,Q,R,S,T,U,V,W,X,Y,Z,a_,b_,c_,d_,e_,f_,g_,h_,i_,j_,k_] = object; return take(a,b,c,
    d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,v,w,x,y,z,A,B,C,D,E,F,G,H,I,J,K,L,M,N,O,P,Q,R,S,T,U,V,W,X,Y,Z,a_,b_,c_,d_,e_,
    f_,g_,h_,i_,j_,k_); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{},{},{},{},{},{},{}}; };
};
template <> struct Members<64> {
  static constexpr auto pass(auto& object, auto&& take) { auto& [a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,v,w,x,y,z,
    A,B,C,D,E,F,G,H,I,J,K,L,M,N,O,P,Q,R,S,T,U,V,W,X,Y,Z,a_,b_,c_,d_,e_,f_,g_,h_,i_,j_,k_,l_] = object; return take(a,
    b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,v,w,x,y,z,A,B,C,D,E,F,G,H,I,J,K,L,M,N,O,P,Q,R,S,T,U,V,W,X,Y,Z,a_,b_,c_,d_,
    e_,f_,g_,h_,i_,j_,k_,l_); }
  template <class T> static constexpr bool braces = requires { T{{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},
    {},{},{},{},{},{},{},{},{}}; };
};
// clang-format on

}  // namespace koine::tree::detail
