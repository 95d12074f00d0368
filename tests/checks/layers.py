"""Each file includes only what layers.txt allows its folder, so that the drawing of the layers is true."""

import re

import _project

# Files that the build writes, and the layer they belong to.
GENERATED = {"ops_rows.h": "ops"}

_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.M)


def read_layers(root):
    """The lines of layers.txt as {layer: set of layers it may include}, itself among them."""
    layers = {}
    for line in (root / "layers.txt").read_text().splitlines():
        if line and not line.startswith("#"):
            layer, allowed = line.split(":")
            layers[layer.strip()] = {layer.strip(), *allowed.split()}
    unknown = {name for allowed in layers.values() for name in allowed} - set(layers)
    if unknown:
        raise SystemExit(f"layers.txt: unknown layers {sorted(unknown)}")
    return layers


def layer_of(path, layers):
    """The layer of a path below src/: the longest name that is the file or a folder of it, or None."""
    parts = path.split("/")
    for n in range(len(parts), 0, -1):
        if "/".join(parts[:n]) in layers:
            return "/".join(parts[:n])
    return None


def check(root):
    layers = read_layers(root)
    found = []
    for file in _project.sources(root, "src", "include"):
        name = file.relative_to(root).as_posix()
        public = name.startswith("include/")
        layer = "api" if public else layer_of(name.removeprefix("src/"), layers)
        if layer is None:
            found.append(f"{name}: its folder is not in layers.txt")
            continue
        text = _project.without_comments(file.read_text())
        for match in _INCLUDE.finditer(text):
            quote, target = match.groups()
            where = f"{name}:{_project.line_of(text, match.start())}"
            if target.startswith("koine/"):
                other = "api"
            elif quote == "<":
                continue
            elif public:
                found.append(f"{where}: a public header includes \"{target}\"; it may include only <koine/...>")
                continue
            else:
                other = GENERATED.get(target) or layer_of(target, layers)
            if other is not None and other not in layers[layer]:
                found.append(f"{where}: {layer} may not include {other} ({target})")
            elif quote == '"' and other != "api" and target not in GENERATED and not (root / "src" / target).exists():
                found.append(f"{where}: \"{target}\" is no file of src/ (paths start there)")
    return found


if __name__ == "__main__":
    _project.main(__doc__, check, parts=("src", "include", "layers.txt"), plants=[
        ("src/base/planted.cpp", '#include "runtime/planted.h"', "base may not include runtime"),
        ("src/transform/planted.cpp", '#include "ops/family/planted.h"', "transform may not include ops"),
        ("src/nn/planted.cpp", '/* "ir/a.h" is not seen here */ \n#include "ir/planted.h"', "nn may not include ir"),
        ("src/base/planted.h", '#include <koine/array.h>\n#include "base/missing.h"', "no file of src/"),
        ("src/planted/planted.cpp", "int planted;", "not in layers.txt"),
        ("include/koine/planted.h", '#include "ir/planted.h"', "public header"),
    ])
