"""What is public is listed, documented and nothing else."""

import ast
import importlib
import inspect

import pytest

import macroimmune

PRIVATE_MODULES = {"macroimmune.cli.__main__"}


def all_of(tree: ast.Module) -> list[str] | None:
    for node in tree.body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "__all__":
            return ast.literal_eval(node.value)
    return None


def test_a_package_file_holds_names_and_no_logic(packages):
    for name, tree in packages.items():
        if name == "macroimmune":
            continue  # The verbs there load on first use.
        docstring, *others = tree.body
        assert isinstance(docstring, ast.Expr), name
        imports, listed = others[:-1], others[-1]
        assert all(isinstance(node, ast.ImportFrom) for node in imports), name
        assert isinstance(listed, ast.Assign), name


def test_all_lists_exactly_what_a_package_offers(packages):
    for name, tree in packages.items():
        if name == "macroimmune":
            continue
        offered = {
            alias.asname or alias.name
            for node in tree.body
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
        }
        assert offered == set(all_of(tree)), name


def test_the_verbs_of_the_package_are_what_it_lists():
    for name in macroimmune.__all__:
        assert callable(getattr(macroimmune, name)), name
    with pytest.raises(AttributeError, match="no attribute 'anything_else'"):
        _ = macroimmune.anything_else


def test_every_module_lists_its_public_names_and_has_them(modules):
    for name in set(modules) - PRIVATE_MODULES:
        listed = all_of(modules[name])
        assert listed is not None, name
        assert len(set(listed)) == len(listed), name
        module = importlib.import_module(name)
        assert all(hasattr(module, item) for item in listed), name


def test_what_one_module_takes_from_another_is_public_there(modules):
    lists = {name: all_of(tree) or [] for name, tree in modules.items()}
    found = {
        (name, f"{node.module}.{alias.name}")
        for name, tree in modules.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module in lists
        for alias in node.names
        if alias.name not in lists[node.module] and f"{node.module}.{alias.name}" not in modules
    }
    assert found == set()


def first_sentence(documented) -> str:
    return " ".join((inspect.getdoc(documented) or "").partition("\n\n")[0].split())


def test_every_public_function_and_class_says_what_it_is_in_a_sentence(modules):
    for name in set(modules) - PRIVATE_MODULES:
        module = importlib.import_module(name)
        assert first_sentence(module), name
        for item in all_of(modules[name]):
            documented = getattr(module, item)
            if not (inspect.isclass(documented) or inspect.isfunction(documented)):
                continue
            sentence = first_sentence(documented)
            assert sentence[:1].isupper() or not sentence[:1].isalpha(), f"{name}.{item}"
            assert sentence.endswith("."), f"{name}.{item}: {sentence!r}"
            # A dataclass without a docstring gets its signature for one.
            assert not sentence.startswith(f"{item}("), f"{name}.{item}"


def test_every_public_method_says_what_it_is(modules):
    for name in set(modules) - PRIVATE_MODULES:
        for node in ast.walk(modules[name]):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                methods = [item for item in node.body if isinstance(item, ast.FunctionDef)]
                for method in methods:
                    if not method.name.startswith("_"):
                        assert ast.get_docstring(method), f"{name}.{node.name}.{method.name}"
