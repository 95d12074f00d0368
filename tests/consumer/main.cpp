#include <koine/dtype.h>

#include <cstdio>
#include <string>

int main() { std::puts(std::string(koine::name(koine::DType::float32)).c_str()); }
