"""Tests; a package of this name, so that one that a dependency installs does not hide it."""
