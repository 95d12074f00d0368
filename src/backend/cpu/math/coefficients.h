#pragma once

// Written by tests/math/coefficients.py.
namespace koine::backend::cpu::math {

template <class E>
struct Table;

template <>
struct Table<float> {
  /// exp(r) = 1 + r + r^2 q(r), |r| <= log(2) / 2.
  static constexpr double exp[] = {0x1.fffffcp-2, 0x1.55548ap-3, 0x1.555914p-5, 0x1.123fc8p-7, 0x1.6a1c14p-10};
  /// cosh(r) = 1 + z q(z), z = r^2, |r| <= log(2) / 2.
  static constexpr double cosh[] = {0x1.000000p-1, 0x1.5554e2p-5, 0x1.6d54bcp-10};
  /// sinh(r) = r + r z q(z), z = r^2, |r| <= log(2) / 2.
  static constexpr double sinh[] = {0x1.555556p-3, 0x1.110fc2p-7, 0x1.a2d6b0p-13};
  /// log(1 + f) = f + f^2 q(f), sqrt(1/2) <= 1 + f <= sqrt(2).
  static constexpr double log[] = {-0x1.000000p-1, 0x1.555554p-2,  -0x1.000232p-2, 0x1.99a062p-3, -0x1.546f28p-3,
                                   0x1.22cf0ap-3,  -0x1.0d99fap-3, 0x1.05b93cp-3,  -0x1.3935c0p-4};
  /// exp(2 r) = 1 + r q(r), |r| <= log(2) / 4.
  static constexpr double exp_twice[] = {0x1.000000p+1, 0x1.fffffcp+0, 0x1.55548ap+0,
                                         0x1.555914p-1, 0x1.123fc8p-2, 0x1.6a1c14p-4};
  /// tanh(x) = x + x z q(z), z = x^2, x <= 0.5625.
  static constexpr double tanh[] = {-0x1.555548p-2, 0x1.110c5ap-3, -0x1.b9048ep-5, 0x1.580444p-6, -0x1.93f664p-8};
  /// sin(r) = r + r z q(z), z = r^2, |r| <= pi / 4.
  static constexpr double sin[] = {-0x1.555546p-3, 0x1.110778p-7, -0x1.99538ep-13};
  /// cos(r) = 1 - z / 2 + z^2 q(z), z = r^2, |r| <= pi / 4.
  static constexpr double cos[] = {0x1.55554ap-5, -0x1.6c0c26p-10, 0x1.99e71ap-16};
  /// asin(s) = s + s z q(z), z = s^2, s <= 1/2.
  static constexpr double asin[] = {0x1.5555cap-3, 0x1.33016cp-4, 0x1.7489bap-5, 0x1.8bbbe8p-6, 0x1.59c522p-5};
  /// atan(t) = t + t z q(z), z = t^2, t <= 1.
  static constexpr double atan[] = {-0x1.55553ep-2, 0x1.9991e4p-3,  -0x1.242086p-3, 0x1.c08c46p-4,  -0x1.5808d6p-4,
                                    0x1.da283ep-5,  -0x1.fd7852p-6, 0x1.641bf2p-7,  -0x1.d344bcp-10};
  /// erf(x) = x + x q(z), z = x^2, x <= 1.
  static constexpr double erf[] = {0x1.06eba8p-3, -0x1.81273ep-2,  0x1.ce2ce6p-4, -0x1.b7f71ap-6,
                                   0x1.53f224p-8, -0x1.a3515ap-11, 0x1.4771d8p-14};
  /// erf(x) = 1 - exp(q(x - 1)), 1 <= x.
  static constexpr double log_erfc[] = {-0x1.d97fc0p+0, -0x1.51c980p+1,  -0x1.afb832p-1,  -0x1.500b52p-5,
                                        0x1.1c6d48p-7,  -0x1.78b0aap-12, -0x1.51a4b6p-11, 0x1.6de98ep-13};
  /// pi / 2 in two pieces.
  static constexpr double half_pi[] = {0x1.921fb6p+0, -0x1.777a5cp-25};
  /// log(2) in two pieces; the first times an exponent is exact.
  static constexpr double ln2[] = {0x1.62e400p-1, 0x1.7f7d1cp-20};
  /// 1 / log(2), and 1 less.
  static constexpr double log2_e[] = {0x1.715476p+0, 0x1.c551dap-2};
};

template <>
struct Table<double> {
  /// exp(r) = 1 + r + r^2 q(r), |r| <= log(2) / 2.
  static constexpr double exp[] = {0x1.000000p-1,         0x1.555555555555cp-3,  0x1.55555555554fbp-5,
                                   0x1.111111110e961p-7,  0x1.6c16c16c323b9p-10, 0x1.a01a01b4aa50ep-13,
                                   0x1.a01a0130c3646p-16, 0x1.71dded2a15902p-19, 0x1.27e5ba771cc67p-22,
                                   0x1.af711f62a773ep-26, 0x1.1e3b775ae4294p-29};
  /// cosh(r) = 1 + z q(z), z = r^2, |r| <= log(2) / 2.
  static constexpr double cosh[] = {0x1.000000p-1,         0x1.555555555555dp-5,  0x1.6c16c16c13b71p-10,
                                    0x1.a01a01b290145p-16, 0x1.27e4c2cda63dbp-22, 0x1.1f98a1694e67bp-29};
  /// sinh(r) = r + r z q(z), z = r^2, |r| <= log(2) / 2.
  static constexpr double sinh[] = {0x1.5555555555555p-3,  0x1.1111111111113p-7,  0x1.a01a01a018629p-13,
                                    0x1.71de3a5f4487ep-19, 0x1.ae641a110be48p-26, 0x1.61dad5436f20ap-33};
  /// log(1 + f) = 2 s + s z q(z), s = f / (2 + f), z = s^2, sqrt(1/2) <= 1 + f <= sqrt(2).
  static constexpr double log[] = {0x1.5555555555593p-1, 0x1.999999997f84cp-2, 0x1.2492494244628p-2,
                                   0x1.c71c51c0f39c8p-3, 0x1.74664eac9229fp-3, 0x1.39a00dc1e9086p-3,
                                   0x1.2f171a1d00ff1p-3};
  /// log(1 + f) = 2 s + s z (2 / 3 + z q(z)), as in log.
  static constexpr double precise_log[] = {0x1.9999999999b36p-2, 0x1.24924924571b1p-2, 0x1.c71c722e774d3p-3,
                                           0x1.745ce981fe9b8p-3, 0x1.3b1efe4116cc3p-3, 0x1.0f7e326c0ed50p-3,
                                           0x1.0e531c029bd8bp-3};
  /// sin(r) = r + r z q(z), z = r^2, |r| <= pi / 4.
  static constexpr double sin[] = {-0x1.5555555555549p-3, 0x1.111111110f802p-7,   -0x1.a01a019c01ca7p-13,
                                   0x1.71de35696b2e7p-19, -0x1.ae5e5a9ee01fdp-26, 0x1.5d8f87074c140p-33};
  /// cos(r) = 1 - z / 2 + z^2 q(z), z = r^2, |r| <= pi / 4.
  static constexpr double cos[] = {0x1.555555555554ap-5,   -0x1.6c16c16c14efcp-10, 0x1.a01a019c7559cp-16,
                                   -0x1.27e4f7dfb2999p-22, 0x1.1ee9d0025c159p-29,  -0x1.8fa087c29419ep-37};
  /// asin(s) = s + s z q(z), z = s^2, s <= 1/2.
  static constexpr double asin[] = {
      0x1.5555555555578p-3, 0x1.333333332df8bp-4,  0x1.6db6db7225910p-5, 0x1.f1c71a8dea342p-6, 0x1.6e8bdfa2a52b8p-6,
      0x1.1c49e2f955df2p-6, 0x1.ca20c8ac5197fp-7,  0x1.757ba39eb53d7p-7, 0x1.6173156cd30eap-7, 0x1.e2cb2ce0def45p-9,
      0x1.648ef876b6404p-6, -0x1.594f6890acbd9p-6, 0x1.0baed5bad956bp-5};
  /// atan(t) = t + t z q(z), z = t^2, |t| <= tan(pi / 8).
  static constexpr double atan[] = {-0x1.555555555553dp-2, 0x1.99999999957b7p-3,  -0x1.24924922a9b8fp-3,
                                    0x1.c71c70e4d1bfcp-4,  -0x1.745cf8bc6bfb8p-4, 0x1.3b1117140ac65p-4,
                                    -0x1.10eba2e02ad72p-4, 0x1.df0e27b6d5b48p-5,  -0x1.9ccde56cd8167p-5,
                                    0x1.37c9f46a8856cp-5,  -0x1.2551e331f0f32p-6};
  /// erf(x) = x + x q(z), z = x^2, x <= 1.
  static constexpr double erf[] = {0x1.06eba8214db68p-3,   -0x1.812746b0379bdp-2,  0x1.ce2f21a040d16p-4,
                                   -0x1.b82ce311fa94ap-6,  0x1.565bccf92b46fp-8,   -0x1.c02db03ddc086p-11,
                                   0x1.f9a2baa99fdc8p-14,  -0x1.f4ca4d7b638f0p-17, 0x1.b97fd4665e678p-20,
                                   -0x1.5c072ab5443a0p-23, 0x1.d71b2b4898148p-27,  -0x1.abaea1b28d497p-31};
  /// erf(x) = 1 - exp(q(x - 1)), 1 <= x.
  static constexpr double log_erfc[] = {
      -0x1.d97fbf27aa2a1p+0,  -0x1.51c9b0006c237p+1,  -0x1.afabc11a29553p-1,  -0x1.5477f09c10980p-5,
      0x1.48c9d3ed589d9p-7,   -0x1.033f65e984652p-9,  0x1.f1b39880e7878p-13,  0x1.b8dd4542eb60cp-16,
      -0x1.c7a4c45fd8a0cp-16, 0x1.4263be05d6653p-17,  -0x1.1451df9e8a5f4p-19, 0x1.3105b9235115bp-23,
      0x1.a5266a9450404p-24,  -0x1.c0f86217a1d5ep-25, 0x1.017793c5d44bep-26,  -0x1.8c054dd345e32p-29,
      0x1.97d9a4283a647p-32,  -0x1.ff4e726b5a3aap-36, 0x1.27685e7910b10p-40};
  /// pi / 2 in two pieces.
  static constexpr double half_pi[] = {0x1.921fb54442d18p+0, 0x1.1a62633145c07p-54};
  /// log(2) in two pieces; the first times an exponent is exact.
  static constexpr double ln2[] = {0x1.62e42fefa4000p-1, -0x1.8432a1b0e2634p-43};
  /// 1 / log(2), and 1 less.
  static constexpr double log2_e[] = {0x1.71547652b82fep+0, 0x1.c551d94ae0bf8p-2};
};

/// 2/pi in pieces (Payne and Hanek 1983).
struct TwoOverPi {
  /// Piece 0 for float32 arguments, from |x| < 2^17 on.
  static constexpr double float_a[] = {0x1.45f306d000000p-1,  0x1.45f306d000000p-1,  0x1.f306dc9000000p-9,
                                       0x1.b939104000000p-26, 0x1.1054a7e000000p-42, 0x1.4fe13a8000000p-59,
                                       0x1.3abe8f8000000p-75, 0x1.a3ea69b000000p-89};
  /// Piece 1 for float32 arguments, from |x| < 2^17 on.
  static constexpr double float_b[] = {0x1.9391054000000p-30,  0x1.9391054000000p-30, 0x1.91054a7000000p-38,
                                       0x1.4a7f09d000000p-54,  0x1.09d5f47000000p-70, 0x1.f47d4d3000000p-86,
                                       0x1.4d37703000000p-102, 0x1.7036d8a000000p-118};
  /// Piece 2 for float32 arguments, from |x| < 2^17 on.
  static constexpr double float_c[] = {0x1.4fe13abe8fa9ap-59,  0x1.4fe13abe8fa9ap-59, 0x1.e13abe8fa9a6ep-67,
                                       0x1.7d1f534ddc0dap-84,  0x1.a9a6ee06db14ap-99, 0x1.dc0db6295993cp-116,
                                       0x1.b6295993c4390p-132, 0x1.5993c439041fep-148};
  /// Piece 0 for float64, from |x| < 2 on; times 2^256 for |x| >= 2^497.
  static constexpr double double_a[] = {
      0x1.45f306dc9c882p-1,   0x1.45f306dc9c882p-1,   0x1.45f306dc9c882p-1,   0x1.45f306dc9c882p-1,
      0x1.45f306dc9c882p-1,   0x1.9836e4e441529p-12,  0x1.c9c882a53f84ep-29,  0x1.054a7f09d5f44p-46,
      0x1.3f84eafa3ea68p-61,  0x1.d5f47d4d37700p-78,  0x1.1f534ddc0db62p-92,  0x1.4ddc0db629599p-108,
      0x1.b6c52b3278860p-129, 0x1.4acc9e21c8208p-143, 0x1.93c439041fe51p-156, 0x1.c820ff28b1d58p-175,
      0x1.fe5163abdebb0p-192, 0x1.163abdebbc561p-204, 0x1.7bd778ac36e48p-221, 0x1.bc561b7246e3ap-236,
      0x1.b7246e3a424d0p-256, 0x1.1b8e909374b80p-270, 0x1.a424dd2e00649p-284, 0x1.ba5c00c925dd4p-301,
      0x1.924bba8274400p-326, 0x1.25dd413a32438p-333, 0x1.413a32439fc3ap-349, 0x1.1921cfe1deb1cp-364,
      0x1.cfe1deb1cb129p-380, 0x1.deb1cb129a73ep-396, 0x1.cb129a73ee882p-412, 0x1.34e7dd1046beap-429,
      0x1.ee88235f52ebbp-188, 0x1.1afa975da2420p-207, 0x1.52ebb4484e99cp-220, 0x1.b4484e99c7026p-236,
      0x1.3a671c09ad17cp-254, 0x1.c7026b45f7e41p-268, 0x1.ad17df904e644p-286, 0x1.f7e413991d639p-300,
      0x1.3991d63983530p-320, 0x1.1d639835339f4p-332, 0x1.9835339f49c84p-348, 0x1.339f49c845f8bp-364,
      0x1.49c845f8bbdf9p-380, 0x1.17e2ef7e4a0ecp-398, 0x1.77bf250763ff0p-413, 0x1.9283b1ff897ffp-428,
      0x1.b1ff897ffde05p-444, 0x1.897ffde05980fp-460, 0x1.fde05980fef2fp-476, 0x1.6603fbcbc462cp-494,
      0x1.fde5e2316b414p-509, 0x1.e2316b414da3ep-525, 0x1.6b414da3eda6cp-541, 0x1.4da3eda6cfd9ep-557,
      0x1.f6d367ecf27cbp-572, 0x1.67ecf27cb09b7p-588, 0x1.e4f96136e9e8cp-605, 0x1.6136e9e8c7eccp-621,
      0x1.74f463f669e5fp-636, 0x1.8fd9a797fa8b4p-654, 0x1.a797fa8b5d49cp-670, 0x1.fea2d7527bac7p-684,
      0x1.aea4f758fd7cap-701};
  /// Piece 1 for float64, from |x| < 2 on; times 2^256 for |x| >= 2^497.
  static constexpr double double_b[] = {
      0x1.4a7f09d5f47d4p-54,  0x1.4a7f09d5f47d4p-54,  0x1.4a7f09d5f47d4p-54,  0x1.4a7f09d5f47d4p-54,
      0x1.4a7f09d5f47d4p-54,  0x1.f84eafa3ea69bp-65,  0x1.5f47d4d377036p-82,  0x1.ea69bb81b6c52p-97,
      0x1.bb81b6c52b327p-113, 0x1.b6c52b3278872p-129, 0x1.2b3278872083fp-145, 0x1.e21c820ff28b0p-163,
      0x1.2083fca2c757bp-177, 0x1.fca2c757bd778p-193, 0x1.8eaf7aef1586cp-210, 0x1.bd778ac36e48dp-225,
      0x1.8ac36e48dc748p-241, 0x1.6e48dc74849bap-257, 0x1.b8e909374b800p-274, 0x1.09374b801924ap-290,
      0x1.a5c00c925dd41p-305, 0x1.924bba8274640p-326, 0x1.77504e8c90e7cp-339, 0x1.3a32439fc3bd0p-357,
      0x1.2439fc3bd6396p-369, 0x1.fc3bd63962534p-385, 0x1.d63962534e7ddp-401, 0x1.62534e7dd1046p-417,
      0x1.4e7dd1046bea5p-433, 0x1.d1046bea5d768p-449, 0x1.afa975da24274p-467, 0x1.75da24274ce38p-483,
      0x1.1213a671c09acp-242, 0x1.d338e04d68befp-257, 0x1.c09ad17df904ep-274, 0x1.68befc827323ap-289,
      0x1.f904e64758e60p-306, 0x1.cc8eb1cc1a99cp-323, 0x1.ac7306a673e93p-337, 0x1.06a673e93908bp-353,
      0x1.cfa4e422fc5dcp-371, 0x1.3908bf177bf25p-385, 0x1.7e2ef7e4a0ec6p-402, 0x1.7bf250763ff12p-417,
      0x1.41d8ffc4bffecp-435, 0x1.ff897ffde0598p-452, 0x1.2fffbc0b301fdp-465, 0x1.bc0b301fde5e2p-481,
      0x1.301fde5e2316bp-497, 0x1.de5e2316b414dp-513, 0x1.18b5a0a6d1f68p-532, 0x1.6829b47db4d9ep-546,
      0x1.b47db4d9fb3c8p-562, 0x1.b4d9fb3c9f2c2p-578, 0x1.fb3c9f2c26dd2p-594, 0x1.3e584dba7a31cp-611,
      0x1.36e9e8c7ecd30p-629, 0x1.3d18fd9a797fap-642, 0x1.fb34f2ff516b8p-659, 0x1.3cbfd45aea4f7p-673,
      0x1.d45aea4f758fdp-689, 0x1.d49eeb1faf97cp-706, 0x1.758fd7cbe2f67p-721, 0x1.d7cbe2f67a0e7p-737,
      0x1.e2f67a0e73ef1p-753};
  /// Piece 2 for float64, from |x| < 2 on; times 2^256 for |x| >= 2^497.
  static constexpr double double_c[] = {
      0x1.a6ee06db14accp-107, 0x1.a6ee06db14accp-107, 0x1.a6ee06db14accp-107, 0x1.a6ee06db14accp-107,
      0x1.a6ee06db14accp-107, 0x1.7036d8a5664f1p-118, 0x1.b14acc9e21c82p-135, 0x1.664f10e4107f9p-150,
      0x1.10e4107f9458ep-166, 0x1.07f9458eaf7a0p-186, 0x1.9458eaf7aef15p-198, 0x1.d5ef5de2b0db8p-215,
      0x1.aef1586dc91b8p-230, 0x1.586dc91b8e909p-246, 0x1.c91b8e909374bp-262, 0x1.8e909374b8019p-278,
      0x1.26e9700324976p-295, 0x1.700324977504ep-311, 0x1.924bba8274648p-326, 0x1.ba827464873f8p-342,
      0x1.d1921cfe1deb0p-360, 0x1.0e7f0ef58e588p-375, 0x1.877ac72c4a69cp-390, 0x1.8e5894d39f744p-407,
      0x1.29a73ee88235cp-424, 0x1.cfba208d7d4bap-438, 0x1.046bea5d76890p-457, 0x1.7d4baed1213a6p-470,
      0x1.aed1213a671c0p-486, 0x1.213a671c09ad1p-502, 0x1.9c7026b45f7e4p-520, 0x1.35a2fbf209cc0p-539,
      0x1.17df904e64758p-294, 0x1.904e64758e60dp-310, 0x1.91d639835339cp-328, 0x1.8e60d4ce7d272p-342,
      0x1.a99cfa4e422fcp-359, 0x1.f49c845f8bbdcp-376, 0x1.2117e2ef7e4a0p-390, 0x1.e2ef7e4a0ec7fp-406,
      0x1.7e4a0ec7fe25fp-422, 0x1.d8ffc4bffef00p-443, 0x1.fe25fff781660p-454, 0x1.fff7816603fbcp-470,
      0x1.816603fbcbc46p-486, 0x1.fde5e2316b400p-509, 0x1.cbc462d6829b4p-518, 0x1.8b5a0a6d1f6d0p-536,
      0x1.05368fb69b3f6p-551, 0x1.47db4d9fb3c9fp-566, 0x1.4d9fb3c9f2c26p-582, 0x1.b3c9f2c26dd3dp-598,
      0x1.f2c26dd3d18fdp-614, 0x1.b74f463f669e4p-632, 0x1.d18fd9a797fa8p-646, 0x1.d9a797fa8b5d4p-662,
      0x1.97fa8b5d49eebp-678, 0x1.16ba93dd63f5ep-695, 0x1.49eeb1faf97c5p-710, 0x1.63f5f2f8bd9e8p-727,
      0x1.f2f8bd9e839cep-743, 0x1.7b3d0739f78a4p-760, 0x1.41ce7de294a4bp-774, 0x1.f78a5292ea6bcp-792,
      0x1.29497535fdafcp-807};
  /// Piece 3 for float64, from |x| < 2 on; times 2^256 for |x| >= 2^497.
  static constexpr double double_d[] = {
      0x1.3c439041fe516p-160, 0x1.3c439041fe516p-160, 0x1.3c439041fe516p-160, 0x1.3c439041fe516p-160,
      0x1.3c439041fe516p-160, 0x1.c820ff28b1d50p-175, 0x1.fe5163abdeba0p-192, 0x1.163abdebbc560p-204,
      0x1.5ef5de2b0db92p-219, 0x1.de2b0db92371dp-235, 0x1.0db92371d2126p-251, 0x1.2371d2126e970p-267,
      0x1.d2126e9700324p-283, 0x1.ba5c00c925dd4p-301, 0x1.00324977504e8p-315, 0x1.25dd413a32438p-333,
      0x1.504e8c90e7f0ep-347, 0x1.1921cfe1deb1cp-364, 0x1.cfe1deb1cb128p-380, 0x1.deb1cb129a73ep-396,
      0x1.cb129a73ee882p-412, 0x1.4d39f74411afap-427, 0x1.f74411afa975dp-443, 0x1.1afa975da2420p-463,
      0x1.a975da24274cep-475, 0x1.da24274ce3813p-491, 0x1.3a671c09ad178p-510, 0x1.c7026b45f7e40p-524,
      0x1.35a2fbf209cc8p-539, 0x1.f7e413991d638p-556, 0x1.3991d63983520p-576, 0x1.1d639835339f4p-588,
      0x1.cc1a99cfa4e42p-347, 0x1.339f49c845f8ap-364, 0x1.a4e422fc5defcp-379, 0x1.17e2ef7e4a0e8p-398,
      0x1.77bf250763ff0p-413, 0x1.c941d8ffc4bffp-427, 0x1.d8ffc4bffef02p-443, 0x1.c4bffef02cc07p-459,
      0x1.fef02cc07f797p-475, 0x1.6603fbcbc4628p-494, 0x1.fde5e2316b414p-509, 0x1.788c5ad05368fp-523,
      0x1.6b414da3eda6cp-541, 0x1.4da3eda6cfd9cp-557, 0x1.f6d367ecf27cap-572, 0x1.b3f6793e584dbp-587,
      0x1.e4f96136e9e8cp-605, 0x1.6136e9e8c7eccp-621, 0x1.ba7a31fb34f2fp-635, 0x1.8fd9a797fa8b0p-654,
      0x1.34f2ff516ba93p-667, 0x1.fea2d7527bac6p-684, 0x1.6ba93dd63f5f2p-699, 0x1.3dd63f5f2f8bdp-715,
      0x1.faf97c5ecf418p-734, 0x1.2f8bd9e839cfbp-747, 0x1.d9e839cfbc529p-763, 0x1.ce7de294a4ba8p-782,
      0x1.bc529497535fdp-795, 0x1.292ea6bfb5fb0p-812, 0x1.535fdafd88fc6p-827, 0x1.dafd88fc6ae84p-843,
      0x1.88fc6ae842b01p-859};
};

}  // namespace koine::backend::cpu::math
