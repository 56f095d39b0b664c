"""The table of `nn.summary` in its own style: every call of a module, indented, with shapes, parameters, memory and work. Imports the units."""

from __future__ import annotations

from typing import Any

from .units import amount, size

__all__ = ["native_table"]

COLUMNS = ("Module", "Output shape", "Parameters", "Activations", "Multiply-adds")


def shape(sizes: tuple[int | None, ...]) -> str:
    """(N, 10), N for the batch."""
    return "(" + ", ".join("N" if n is None else str(n) for n in sizes) + (",)" if len(sizes) == 1 else ")")


def native_table(summary: Any) -> str:
    """The whole table as text."""
    cells = [_cells(row) for row in summary.rows]
    widths = [max(len(line[at]) for line in [COLUMNS, *cells]) for at in range(len(COLUMNS))]
    rule = "─" * (sum(widths) + 2 * (len(widths) - 1))

    def laid(line: tuple[str, ...]) -> str:
        parts = [text.ljust(width) if at < 2 else text.rjust(width) for at, (text, width) in enumerate(zip(line, widths, strict=True))]
        return "  ".join(parts).rstrip()

    lines = [laid(COLUMNS), rule, *(laid(line) for line in cells), rule]
    each = " for each sample" if summary.per_sample else " for this batch"
    frozen = summary.non_trainable_params
    lines.append(
        f"Parameters: {summary.total_params:,} ({size(summary.param_bytes)}), trainable {summary.trainable_params:,}, frozen {frozen:,}"
    )
    if summary.buffer_bytes:
        lines.append(f"Buffers: {size(summary.buffer_bytes)}")
    lines.append(f"Activations: {size(summary.activation_bytes)}{each}")
    lines.append(f"Multiply-adds: {amount(summary.multiply_adds)}{each}")
    if summary.idle:
        lines.append("Not called: " + ", ".join(f"{path} ({count:,} parameters)" for path, count in summary.idle))
    return "\n".join(lines)


def _cells(row: Any) -> tuple[str, ...]:
    name = row.path.rpartition(".")[2] if row.depth else ""
    label = f"{'  ' * row.depth}{name} {row.module._get_name()}".rstrip() if name else "  " * row.depth + row.module._get_name()
    has_own = row.is_leaf or row.parameters
    shared = not row.parameters and next(row.module.parameters(), None) is not None
    params = "again" if row.again else "shared" if row.is_leaf and shared else f"{row.parameters:,}" if has_own else "-"
    memory = size(row.activation_bytes) if row.activation_bytes else "0" if row.is_leaf else "-"
    work = amount(row.multiply_adds) if row.is_leaf or row.multiply_adds else "-"
    return label, ", ".join(shape(sizes) for sizes in row.output_shapes), params, memory, work
