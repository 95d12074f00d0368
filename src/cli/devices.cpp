#include "cli/commands.h"
#include "cli/table.h"

#include <koine/runtime.h>

#include <iostream>

namespace koine::cli {

void list_devices() {
  using enum Table::Align;
  Table table({left, left});
  for (const runtime::DeviceInfo& device : runtime::devices()) table.add({device.name, device.doc});
  table.write(std::cout);
}

}  // namespace koine::cli
