"""Writes the .pyi files, which make known to editors and type checkers what the registry declares.

`python -m autograd_core.stubs` writes them, `--check` says which are stale. Every op stands there with its signature, its
result and a docstring whose formulas are printed from the rules. A tool: nothing imports it; nn is reached by its alias.
"""

from __future__ import annotations

import ast
import inspect
import re
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import autograd_core

from . import dtypes
from .op import PUBLIC_NAMES, Composed, Declared, Op, aliases, declared, registry
from .tensor.base import Size, Tensor, device

ROOT = Path(__file__).resolve().parents[1]
# Tensor.float, autograd_core.int and their kin stand in the way of the types of those names
SHADOWED = ("bool", "complex", "float", "int", "type")
KNOWN = {name: "_" + name for name in SHADOWED} | {
    "Array": "Tensor", "Value": "Tensor", "np.dtype": "_dtype", "np.ndarray": "np.ndarray", "np.ufunc": "np.ufunc", "None": "None",
    **{name: name for name in ("Any", "Callable", "Iterator", "Sequence", "Tensor", "str", "tuple", "list", "dict", "object")},
}  # fmt: skip
CLASSES: dict[Any, str] = {Size: "Size", device: "_device", dtypes.dtype: "_dtype"}
NOTE = "# Written by `python -m autograd_core.stubs` from the declarations: change those and run it again."
HEADER = f"""{NOTE}
from builtins import {", ".join(f"{name} as _{name}" for name in SHADOWED)}
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeAlias

import numpy as np

from {{core}}dtypes import dtype as _dtype
from {{core}}tensor.base import Size{{size}}, Tensor{{tensor}}, device as _device
from {{package}} import return_types as _return_types

_Operand: TypeAlias = Tensor | np.ndarray | np.generic | _float
"""
# inputs that may be numbers where they are not the first
NUMBERS = {"x", "y", "min", "max", "end", "weight", "value", "values", "lower", "upper"}
# what the short functions return that are given to Tensor without annotations
RETURNS = {
    "_int": "dim ndimension numel nelement element_size data_ptr storage_offset get_device itemsize nbytes output_nr",
    "_bool": """
        is_contiguous is_complex is_cpu is_cuda is_floating_point is_inference is_meta is_mps is_nonzero is_pinned is_quantized is_same_size
        is_shared is_signed is_sparse is_xpu""",
    "Tensor": "T mT H mH cpu pin_memory type_as expand_as share_memory_ dot __div__ __rdiv__ __round__ __reversed__",
    "Any": "layout",
    "tuple[_int, _int]": "__dlpack_device__",
}
RETURN_OF = {name: kind for kind, names in RETURNS.items() for name in names.split()}


def type_text(annotation: Any, scope: dict[str, Any]) -> str:
    """An annotation as it stands in the stubs: our aliases resolved, builtins under the names that nothing shadows."""

    def word(match: re.Match[str]) -> str:
        name = match.group()
        if name in KNOWN:
            return KNOWN[name]
        found = eval(name, scope) if name.split(".")[0] in scope else None
        if found in CLASSES:
            return CLASSES[found]
        if found is None or isinstance(found, type):
            return "Any"
        return type_text(re.sub(r"\b(typing|collections\.abc)\.", "", str(found)), {})

    return re.sub(r"[A-Za-z_][\w.]*", word, annotation if isinstance(annotation, str) else getattr(annotation, "__name__", str(annotation)))


def default_text(value: Any) -> str:
    """A default as it is written, or ... for one that has no short spelling."""
    short = value is None or (isinstance(value, (bool, int, float, str)) and value not in (float("inf"), float("-inf")))
    return repr(value) if short else "..."


def parameters(entry: Declared, method: bool) -> str:
    """The parameters of an op with PyTorch's names and the types that it takes."""
    scope = _function(entry).__globals__ if hasattr(_function(entry), "__globals__") else {}
    spread = getattr(entry, "spread", None)  # loose sizes are the methods' way: view(2, 3)
    out, starred = ["self"] if method else [], False
    for p in entry.params[1 if method else 0 :]:
        if p == spread:
            out.append(f"*{p}: _int | Sequence[_int]" if method else f"{p}: _int | Sequence[_int]")
            starred = method
            continue
        if p in entry.keyword_only and not starred:
            out.append("*")
            starred = True
        kind = _type_of(entry, p, scope)
        if p in entry.defaults:
            kind += " | None" if entry.defaults[p] is None and kind != "Any" and not kind.endswith("None") else ""
            kind += f" = {default_text(entry.defaults[p])}"
        out.append(f"{PUBLIC_NAMES.get(p, p)}: {kind}")
    return ", ".join(out)


def _function(entry: Declared) -> Any:
    return getattr(entry.fn, "ufunc", entry.fn)


def _type_of(entry: Declared, p: str, scope: dict[str, Any]) -> str:
    annotation = entry.annotations.get(p, "Any")
    number = annotation.endswith("| float") or (p in NUMBERS and p != entry.params[0] and getattr(entry, "types", "promote") != "same")
    if number and annotation.split(" |")[0] in ("Array", "Value"):
        return "_Operand | None" if annotation.endswith("None") else "_Operand"
    return type_text(annotation, scope)


def returns(entry: Declared) -> str:
    """The type of the result."""
    if isinstance(entry, Op):
        return "Tensor" if len(entry.outputs) == 1 else f"_return_types.{entry.key.replace('.', '_')}"
    if "return_indices" in entry.params:
        return "Tensor"  # and a pair when asked for the indices, which PyTorch's own stubs leave out too
    return type_text(entry.annotations.get("return", "Any"), getattr(_function(entry), "__globals__", {}))


def documentation(entry: Declared) -> str:
    """What the op says of itself; the letters of its formulas under the names of its parameters."""
    text = inspect.cleandoc(entry.__doc__ or "")
    renamed = [f"{p} is {PUBLIC_NAMES[p]}" for p in entry.params if p in PUBLIC_NAMES]
    return text + (f"\n\n({', '.join(renamed)}; g is the gradient of out.)" if isinstance(entry, Op) and entry.differentiable else "")


def define(name: str, shown: str, result: str, doc: str | None, indent: str = "", remark: str = "") -> str:
    """One def with its docstring."""
    head = f"{indent}def {name}({shown}) -> {result}:"
    if not doc:
        return f"{head} ...{remark}"
    head += remark
    doc = inspect.cleandoc(doc).replace("\\", "\\\\").replace('"""', "'''")
    body = textwrap.indent(f'"""{doc}{chr(10) if chr(10) in doc else ""}"""', indent + "    ", lambda line: bool(line.strip()))
    return f"{head}\n{body}"


def of_function(name: str, fn: Any, indent: str = "", remark: str = "") -> str:
    """A def for a plain Python function, from its own signature."""
    signature = inspect.signature(fn)
    scope = getattr(fn, "__globals__", {})
    parts, star = [], False
    for i, p in enumerate(signature.parameters.values()):
        if p.kind is p.KEYWORD_ONLY and not star:
            parts.append("*")
        star = star or p.kind in (p.KEYWORD_ONLY, p.VAR_POSITIONAL)
        stars = "*" if p.kind is p.VAR_POSITIONAL else "**" if p.kind is p.VAR_KEYWORD else ""
        text = stars + ("self" if indent and not i else p.name)
        if not (indent and not i and not text.startswith("*")):
            text += ": " + ("Any" if p.annotation is p.empty else type_text(p.annotation, scope))
        if p.default is not p.empty:
            text += f" = {default_text(p.default)}"
        parts.append(text)
    result = signature.return_annotation
    kind = RETURN_OF.get(name) or ("Any" if result is signature.empty else type_text(result, scope))
    if indent and parts and parts[0].startswith("*"):
        parts.insert(0, "self")
    return define(name, ", ".join(parts), kind, fn.__doc__, indent, remark)


def of_space(space: str, known: set[str] = frozenset()) -> Iterator[str]:  # type: ignore[assignment]
    """The defs of everything that is found in a space."""
    for name, entry in sorted(declared(space), key=lambda pair: pair[0]):
        if name not in known:
            yield of_entry(name, entry)


def out_text(entry: Any, shown: str) -> str:
    """`out=` at the end of the parameters of what takes it."""
    if not isinstance(entry, Declared) or not entry.takes_out({"out": None}):
        return shown
    star = "" if re.search(r"(^|, )\*", shown) else "*, "
    kind = "Sequence[Tensor]" if len(getattr(entry, "outputs", ())) > 1 else "Tensor"
    return f"{shown}{', ' if shown else ''}{star}out: {kind} | None = None"


def of_entry(name: str, entry: Any) -> str:
    """A def for what the registry holds: an op, a composed function, or a plain one."""
    if isinstance(entry, type):
        return f"from {entry.__module__} import {entry.__name__} as {name}"
    if isinstance(entry, Declared):
        code = getattr(_function(entry), "__code__", None)
        if code is not None and code.co_flags & inspect.CO_VARARGS:
            return of_function(name, _function(entry))
        shown = parameters(entry, False)
        return define(name, out_text(entry, shown), returns(entry), documentation(entry))
    known = {n: e for where in ("functional", "torch") for n, e in declared(where) if isinstance(e, Declared)}
    twin = known.get(name.removesuffix("_")) if name.endswith("_") else None
    return of_function(name, entry) if twin is None else define(name, parameters(twin, False), "Tensor", entry.__doc__)


def statements(path: Path) -> Iterator[ast.stmt]:
    """The top-level statements of a source file."""
    yield from ast.parse(path.read_text()).body


def facade() -> str:
    """autograd_core/__init__.pyi: what __init__.py imports, assigns and finds in the registry."""
    lines, known = [], set()
    for node in statements(ROOT / "autograd_core" / "__init__.py"):
        if isinstance(node, ast.ImportFrom) and (node.level or node.module == "math"):
            for alias in node.names:
                name = alias.asname or alias.name
                known.add(name)
                if not name.startswith("_"):
                    lines.append(f"from {'.' * node.level}{node.module or ''} import {alias.name} as {name}")
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and isinstance(node.value, ast.Name):
            source = next(line for line in lines if line.endswith(f" as {node.value.id}"))
            lines.append(source.rpartition(" as ")[0] + f" as {node.targets[0].id}")
            known.add(node.targets[0].id)
    lines += LAZY
    head = HEADER.format(package=".", core=".", size=" as Size", tensor=" as Tensor")
    return "\n".join([head, *lines, "", "__version__: str", "newaxis: None", "", *of_space("torch", known), ""])


def space(name: str) -> str:
    """autograd_core/<name>.pyi for a module that is nothing but a space."""
    return "\n".join([HEADER.format(package=".", core=".", size="", tensor=""), *of_space(name), ""])


def functional() -> str:
    """nn/functional.pyi: the space, and the functions of the file itself."""
    module = autograd_core.nn.functional
    lines = [HEADER.format(package="autograd_core", core="autograd_core.", size="", tensor="")]
    for name, entry in sorted(declared("functional"), key=lambda pair: pair[0]):
        own = getattr(module, name)
        if own is entry or not isinstance(entry, Declared):
            lines.append(of_entry(name, entry))
        else:  # given PyTorch's inplace= there
            shown = parameters(entry, False)
            choice = "" if "inplace" in entry.params else ", inplace: _bool = False"
            lines.append(define(name, shown + choice, returns(entry), documentation(entry)))
            if name + "_" not in {n for _, n, _ in aliases}:
                lines.append(define(name + "_", shown, "Tensor", f"`{name}` in place."))
    for name, value in vars(module).items():
        if inspect.isfunction(value) and value.__module__ == module.__name__ and name == value.__name__ and not name.startswith("_"):
            if name not in dict(declared("functional")):
                lines.append(of_function(name, value))
    return "\n".join([*lines, ""])


def methods() -> str:
    """autograd_core/tensor/declared.pyi: what Tensor is given from outside its class statement."""
    inside = _in_the_class_statement()
    entries = dict(declared("method"))
    operators = {f"__{e.operator}__": e for e in registry.values() if isinstance(e, (Op, Composed)) and e.operator}
    lines = [HEADER.format(package="..", core="..", size="", tensor=""), "class DeclaredMethods:"]
    lines.append('    """The methods, operators and in-place twins of Tensor that its modules and the op registry give it."""')
    for name, value in sorted(vars(Tensor).items()):
        private = name.startswith("_") and not name.endswith("__")
        text = None if private or name in inside else _attribute(name, value, entries, operators)
        if text:
            lines.append(text)
    return "\n".join([*lines, ""])


def _in_the_class_statement() -> set[str]:
    """What Tensor is given by its own class statement, which type checkers see without us."""
    source = statements(ROOT / "autograd_core" / "tensor" / "base.py")
    (own,) = [n for n in source if isinstance(n, ast.ClassDef) and n.name == "Tensor"]
    names = {n.name for n in own.body if isinstance(n, ast.FunctionDef)}
    return names | {n.target.id for n in own.body if isinstance(n, ast.AnnAssign) and isinstance(n.target, ast.Name)}


def _attribute(name: str, value: Any, entries: dict[str, Any], operators: dict[str, Any]) -> str | None:
    remark = "  # type: ignore[override]" if name in ("__eq__", "__ne__") else ""
    entry = entries.get(name)
    if isinstance(entry, Declared) and getattr(value, "__qualname__", "") == f"Tensor.{entry.name}":
        return define(name, parameters(entry, True), returns(entry), documentation(entry), "    ")
    twin = entries.get(name.removesuffix("_"))
    if name.endswith("_") and not name.endswith("__") and isinstance(twin, Declared) and getattr(twin, "inplace", False):
        return define(name, parameters(twin, True), "Tensor", f"`{twin.name}` in place.", "    ")
    if name in operators:
        entry = operators[name]
        shown = "self" if len(entry.params) == 1 else "self, other: object" if remark else "self, other: _Operand"
        return define(name, shown, "Tensor", None, "    ", remark)
    if re.fullmatch(r"__[ri]\w+__", name) and f"__{name[3:]}" in operators:
        return define(name, "self, other: _Operand", "Tensor", None, "    ")
    if isinstance(value, property):
        return "    @property\n" + define(name, "self", RETURN_OF.get(name, "Any"), value.__doc__, "    ")
    return of_function(name, value, "    ", remark) if inspect.isfunction(value) else f"    {name}: None" if value is None else None


def tuples() -> str:
    """autograd_core/return_types.pyi: the results of the ops that have several."""
    lines = [NOTE, "from typing import NamedTuple", "", "from .tensor.base import Tensor", ""]
    for entry in registry.values():
        if isinstance(entry, Op) and len(entry.outputs) > 1 and "engine" not in entry.spaces:
            lines += [f"class {entry.key.replace('.', '_')}(NamedTuple):", *[f"    {name}: Tensor" for name in entry.outputs], ""]
    return "\n".join(lines)


# what autograd_core finds when it is asked for it
LAZY = [
    "import data as data, nn as nn, optim as optim",
    "from . import func as func, return_types as return_types, viz as viz",
    "from .serialization import load as load, save as save",
]
TARGETS: dict[str, Callable[[], str]] = {
    "autograd_core/__init__.pyi": facade,
    "autograd_core/linalg.pyi": lambda: space("linalg"),
    "autograd_core/special.pyi": lambda: space("special"),
    "autograd_core/return_types.pyi": tuples,
    "autograd_core/tensor/declared.pyi": methods,
    "nn/functional.pyi": functional,
}


def stale() -> list[str]:
    """The files that do not say what the declarations say."""
    return [name for name, make in TARGETS.items() if not (ROOT / name).exists() or (ROOT / name).read_text() != make()]


def main(arguments: list[str]) -> int:
    """Write the stubs; with --check only say which are stale. The exit status is their number then."""
    if arguments not in ([], ["--check"]):
        print(f"usage: python -m autograd_core.stubs [--check]; got {' '.join(arguments)}")
        return 2
    changed = stale()
    if arguments:
        print("\n".join(f"{name} is stale: run `python -m autograd_core.stubs`" for name in changed) or "the stubs are up to date")
        return len(changed)
    for name in changed:
        (ROOT / name).write_text(TARGETS[name]())
        print(f"wrote {name}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
