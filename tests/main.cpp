#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include <cstdlib>

int main(int argc, char** argv) {
  // Tests do not fill the user's own folder of kernels; ctest names one.
  setenv("KOINE_CACHE", "off", 0);
  setenv("KOINE_VERIFY", "1", 0);
  return doctest::Context(argc, argv).run();
}
