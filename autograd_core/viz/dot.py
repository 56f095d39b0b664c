"""A scene in the DOT language, as a graphviz object: what torchviz users expect. Needs the `graphviz` package, not its program."""

from __future__ import annotations

from typing import Any

import graphviz

from .cards import Card
from .nest import Frame
from .scene import Scene
from .theme import BAD, FAMILIES, LIGHT, heat, ink_on
from .words import grad_word

ATTRIBUTES = {"fontname": "Helvetica", "fontsize": "10"}


def quoted(text: str) -> str:
    """Text that DOT shows as it is: backslashes are no escapes, < begins no HTML, NUL and other control characters are dots."""
    shown = "".join(c if c == "\n" or c.isprintable() else "·" for c in text).replace("\\", "\\\\")
    return shown + " " if shown.startswith("<") and shown.endswith(">") else shown


class Digraph(graphviz.Digraph):  # type: ignore[misc]
    """A graphviz.Digraph whose notebook picture never fails: without the `dot` program the built-in layout draws it."""

    built_in: Any = None

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None, **_: Any) -> dict[str, str]:
        try:
            bundle: dict[str, str] = super()._repr_mimebundle_(include, exclude)
        except graphviz.ExecutableNotFound:
            bundle = {"text/plain": self.source}
            if self.built_in is not None:
                bundle["image/svg+xml"] = self.built_in()
        return bundle


def to_dot(scene: Scene, sideways: bool = False, show_attrs: bool = True, show_saved: bool = False) -> Digraph:
    """The visible part of a scene: boxes, clusters, edges; chips become ellipses."""
    dot = Digraph(
        graph_attr={"rankdir": "LR" if sideways else "TB", "ranksep": "0.3", **ATTRIBUTES},
        node_attr={"shape": "box", "style": "rounded,filled", "height": "0.3", "margin": "0.12,0.06", **ATTRIBUTES},
        edge_attr={"color": LIGHT.edge, "arrowhead": "vee", "arrowsize": "0.7", **ATTRIBUTES},
    )
    if scene.title:
        dot.attr(label=quoted(scene.title), labelloc="t")
    root, boxes, flows = scene.visible()
    lines: list[tuple[int, str | Frame | None]] = [(0, item) for item in reversed(root.items)]
    while lines:
        depth, item = lines.pop()
        if item is None:
            dot.body.append("\t" * (depth + 1) + "}\n")
        elif isinstance(item, Frame):
            card = scene.modules[item.id].card
            label = graphviz.quoting.quote(quoted(f"{card.title}  {card.aside}".strip()))
            look = f'label={label} color="{LIGHT.line}" bgcolor="{LIGHT.frame}" style="rounded"'
            dot.body.append("\t" * (depth + 1) + f'subgraph {graphviz.quoting.quote("cluster_" + item.id)} {{ {look}\n')
            lines.append((depth, None))
            lines += [(depth + 1, i) for i in reversed(item.items)]
        else:
            _node(dot, item, boxes[item], show_attrs, show_saved)
    for flow in flows:
        paint = heat(flow.grad)
        extra = {"fillcolor": paint, "dir": "both", "arrowtail": "normal"} if paint else {}  # the arrow that points back is filled with it
        dot.edge(flow.source, flow.target, label=quoted(flow.label) or None, tooltip=quoted(flow.note), **extra)
    return dot


def _node(dot: Digraph, name: str, card: Card, show_attrs: bool, show_saved: bool) -> None:
    head = f"{card.title}  {card.aside}".strip()
    lines = [" | ".join([head, *card.cells])] if card.cells else [head, *(card.lines if show_attrs else card.lines[-1:])]
    if show_saved:
        lines += [line for line in card.note.split("\n") if line.startswith("saves ")]
    colour = FAMILIES[card.family].colour if card.family else LIGHT.line
    style = "rounded,filled,dashed" if card.frozen else "rounded,filled"
    dot.node(
        name, quoted("\n".join(lines)), color=BAD if card.bad else colour, fillcolor=card.fill or "#ffffff", style=style,
        fontcolor=ink_on(card.fill) if card.fill else None,
        peripheries="2" if card.output else None, tooltip=quoted(card.note),
    )  # fmt: skip
    for k, chip in enumerate(card.chips):
        label = f"{chip.text}  {grad_word(chip.grad)}".strip()
        fill = heat(chip.grad) or (LIGHT.pill if chip.data else LIGHT.chip)
        style = "filled,dashed" if chip.data else "filled"
        dot.node(f"{name}_{k}", quoted(label), shape="ellipse", fillcolor=fill, fontcolor=ink_on(fill), color=LIGHT.line, style=style)
        dot.edge(f"{name}_{k}", name, arrowhead="none")
