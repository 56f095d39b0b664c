"""Places boxes in layers: longest-path ranks, program order to begin with, a few sweeps towards the neighbours' middle.

Pure integer and float arithmetic on plain records, no recursion; knows nothing of tensors.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

SWEEPS = 6
GAP_X, GAP_Y = 28, 34


@dataclass
class Place:
    """Where a box stands: its centre, size and rank."""

    x: float
    y: float
    width: float
    height: float
    rank: int


def ranks_of(ids: list[int], edges: list[tuple[int, int]]) -> dict[int, int]:
    """id -> longest path from a source. Ids are in program order, so one pass is enough."""
    rank = dict.fromkeys(ids, 0)
    for source, user in sorted(edges, key=lambda e: e[1]):
        rank[user] = max(rank[user], rank[source] + 1)
    return rank


def lay_out(sizes: dict[int, tuple[float, float]], edges: list[tuple[int, int]]) -> dict[int, Place]:
    """id -> place, for boxes given as id -> (width, height) in program order."""
    ids = list(sizes)
    rank = ranks_of(ids, edges)
    _pull_down(ids, edges, rank)
    layers: list[list[int]] = [[] for _ in range(max(rank.values(), default=0) + 1)]
    for i in ids:
        layers[rank[i]].append(i)
    before: dict[int, list[int]] = {i: [] for i in ids}
    after: dict[int, list[int]] = {i: [] for i in ids}
    for source, user in edges:
        before[user].append(source)
        after[source].append(user)
    for sweep in range(SWEEPS):
        down = sweep % 2 == 0
        position = {i: k for layer in layers for k, i in enumerate(layer)}
        for layer in layers if down else layers[::-1]:
            near = before if down else after
            middle = {i: sum(position[n] for n in near[i]) / len(near[i]) if near[i] else position[i] for i in layer}
            layer.sort(key=lambda i: middle[i])
            position.update({i: k for k, i in enumerate(layer)})
    return _coordinates(layers, sizes, before, after, rank)


def _pull_down(ids: list[int], edges: list[tuple[int, int]], rank: dict[int, int]) -> None:
    """A source stands right above its first user, not at the top of the page."""
    users: dict[int, int] = {}
    fed = {user for _, user in edges}
    for source, user in edges:
        users[source] = min(users.get(source, rank[user]), rank[user])
    for i in ids:
        if i not in fed and i in users:
            rank[i] = users[i] - 1


def _coordinates(
    layers: list[list[int]],
    sizes: dict[int, tuple[float, float]],
    before: dict[int, list[int]],
    after: dict[int, list[int]],
    rank: dict[int, int],
) -> dict[int, Place]:
    places: dict[int, Place] = {}
    y = 0.0
    for layer in layers:
        height = max(sizes[i][1] for i in layer)
        x = 0.0
        for i in layer:
            w, h = sizes[i]
            places[i] = Place(x + w / 2, y + height / 2, w, h, rank[i])
            x += w + GAP_X
        y += height + GAP_Y
    for sweep in range(2 * SWEEPS):
        for layer in layers if sweep % 2 else layers[::-1]:
            near = before if sweep % 2 else after
            for i in layer:
                if near[i]:
                    places[i].x = sum(places[n].x for n in near[i]) / len(near[i])
            _spread(layer, places)
    left = min((p.x - p.width / 2 for p in places.values()), default=0.0)
    for p in places.values():
        p.x -= left
    return places


def _spread(layer: list[int], places: dict[int, Place]) -> None:
    """Push overlapping neighbours apart, keeping their order and their common middle."""
    wanted = sum(places[i].x for i in layer) / len(layer)
    for a, b in pairwise(layer):
        least = places[a].x + (places[a].width + places[b].width) / 2 + GAP_X
        places[b].x = max(places[b].x, least)
    shift = wanted - sum(places[i].x for i in layer) / len(layer)
    for i in layer:
        places[i].x += shift
