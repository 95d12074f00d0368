"""Programs are verified at every stage, unless the environment says otherwise."""

import os

os.environ.setdefault("KOINE_VERIFY", "1")
