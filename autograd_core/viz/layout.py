"""Places the boxes of one frame in layers. Numbers in, numbers out; no recursion, nothing random, knows nothing of tensors.

Longest-path ranks; sources stand right above their users; long edges run through dummies, one chain for all edges from
the same place; program order to begin with, then a fixed number of barycentre sweeps of which the ordering with the fewest
crossings is kept; then passes that move each layer towards its neighbours by least squares under the wanted distances.
`across` is the direction of a layer, `along` that of the edges: x and y when drawn from top to bottom. layout.js holds the same code.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass, field
from itertools import pairwise

SWEEPS, PASSES = 6, 8
GAP, NEAR, BETWEEN = 26, 14, 25  # between boxes of a layer, beside a dummy, between layers
STEP = 16  # between the places where edges enter a box
SNAP = 14.0  # what a box may lie aside of another for the edge between them to be led straight down
ENTRY, FREE, EXIT = 0, 1, 2  # what a node is: where edges come into the frame, a box, where they leave


@dataclass
class Spot:
    """A box, a port or a dummy: its size, and where its centre is put."""

    across: float
    along: float
    kind: int = FREE
    rank: int = 0
    x: float = 0.0  # centre across
    y: float = 0.0  # centre along
    dummy: bool = False


@dataclass
class Wire:
    """An edge of a frame: from a place on a box (offset from its centre) to a place on another, and the points that it goes through."""

    source: int
    target: int
    leave: float = 0.0
    enter: float | None = None  # None: the layout chooses
    loose: bool = False  # whether the layout may move the place on the source
    points: list[tuple[float, float]] = field(default_factory=list)


class _Layers:
    """The spots of a frame in layers, with dummies, and the neighbours of each."""

    def __init__(self, spots: list[Spot], wires: list[Wire], between: float) -> None:
        self.spots = spots
        self.between = between
        self.wires = [w for w in wires if w.source < w.target]  # spots come in program order
        self.up: list[list[tuple[int, float, float]]] = []  # per spot: (neighbour, offset there, offset here); once spread, as `_pulls` says
        self.down: list[list[tuple[int, float, float]]] = []
        self.route: list[list[int]] = []  # per wire: its dummies from top to bottom
        self.rows: list[list[int]] = []
        self.packed: list[list[float]] = []  # per row: where its spots stand without room between them

    def rank(self) -> None:
        """Longest path from the top; sources down to their first user; ports at the ends."""
        spots = self.spots
        first: dict[int, int] = {}
        fed = set()
        for s in spots:
            s.rank = 0
        for w in sorted(self.wires, key=lambda w: w.target):
            spots[w.target].rank = max(spots[w.target].rank, spots[w.source].rank + 1)
            fed.add(w.target)
        for w in self.wires:
            first[w.source] = min(first.get(w.source, spots[w.target].rank), spots[w.target].rank)
        for i, s in enumerate(spots):
            if s.kind == FREE and i not in fed and i in first:
                s.rank = max(first[i] - 1, 0)
        if any(s.kind == ENTRY for s in spots):
            for s in spots:
                s.rank += 1 if s.kind != ENTRY and s.rank == 0 else 0
            self._settle()
        last = max((s.rank + 1 for s in spots if s.kind != EXIT), default=0)
        for s in spots:
            if s.kind == EXIT:
                s.rank = last
        used = sorted({s.rank for s in spots})
        close = {r: k for k, r in enumerate(used)}
        for s in spots:
            s.rank = close[s.rank]

    def _settle(self) -> None:
        """Move down whoever stands beside or above what feeds it."""
        for w in sorted(self.wires, key=lambda w: w.target):
            target = self.spots[w.target]
            target.rank = max(target.rank, self.spots[w.source].rank + 1)

    def stack(self) -> None:
        """Make the layers and the dummies of long edges."""
        count = max((s.rank for s in self.spots), default=-1) + 1
        self.rows = [[] for _ in range(count)]
        for i, s in enumerate(self.spots):
            self.rows[s.rank].append(i)
        self.up = [[] for _ in self.spots]
        self.down = [[] for _ in self.spots]
        chains: dict[tuple[int, float], list[int]] = {}
        for w in sorted(self.wires, key=lambda w: (w.source, w.leave, w.target)):
            chain = chains.setdefault((w.source, w.leave), [])
            at, leave = w.source, w.leave
            path = []
            for k, rank in enumerate(range(self.spots[w.source].rank + 1, self.spots[w.target].rank)):
                if k == len(chain):
                    chain.append(self._dummy(rank))
                    self._link(at, chain[k], leave, 0.0)
                at, leave = chain[k], 0.0
                path.append(at)
            self.route.append(path)
            self._link(at, w.target, leave, w.enter or 0.0)
        order = {id(w): k for k, w in enumerate(sorted(self.wires, key=lambda w: (w.source, w.leave, w.target)))}
        self.route = [self.route[order[id(w)]] for w in self.wires]

    def _dummy(self, rank: int) -> int:
        self.spots.append(Spot(0, 0, FREE, rank, dummy=True))
        self.up.append([])
        self.down.append([])
        self.rows[rank].append(len(self.spots) - 1)
        return len(self.spots) - 1

    def _link(self, a: int, b: int, leave: float, enter: float) -> None:
        self.down[a].append((b, enter, leave))
        self.up[b].append((a, leave, enter))

    def order(self) -> None:
        """Sweep down and up; keep the order of fewest crossings, the earliest among equals. A layer is sorted again only when it or the
        one that it looks at has changed since."""
        rows, last = self.rows, len(self.rows) - 1
        best = [list(row) for row in rows]
        place = [0] * len(self.spots)
        for row in rows:
            for k, i in enumerate(row):
                place[i] = k
        crossings = [self._crossings(k, place) for k in range(last)]
        fewest = sum(crossings)
        due = [True] * len(rows), [True] * len(rows)  # for the sweeps down and up
        for sweep in range(SWEEPS):
            if fewest == 0:
                break
            near, up = (self.up, 0) if sweep % 2 == 0 else (self.down, 1)
            stale: set[int] = set()
            for r in range(last, -1, -1) if up else range(last + 1):
                if due[up][r]:
                    due[up][r] = False
                    if self._sort(rows[r], near, place):
                        stale.update((max(r - 1, 0), min(r, last - 1)))
                        due[up][r] = due[1 - up][r] = True
                        due[0][min(r + 1, last)] = due[1][max(r - 1, 0)] = True
            for k in stale:
                crossings[k] = self._crossings(k, place)
            found = sum(crossings)
            if found < fewest:
                best, fewest = [list(row) for row in rows], found
        self.rows = best

    def _sort(self, row: list[int], near: list[list[tuple[int, float, float]]], place: list[int]) -> bool:
        """Order a layer by the means of its neighbours' places; whether that changed it."""
        if len(row) == 1:
            return False
        spots = self.spots
        keys = {}
        for i in row:
            links = near[i]
            if links:
                middle = 0.0
                for n, there, _ in links:
                    middle += place[n] + there / 1000
                keys[i] = (middle / len(links), spots[i].dummy)
            else:
                keys[i] = (place[i], spots[i].dummy)
        before = list(row)
        row.sort(key=keys.__getitem__)
        if row == before:
            return False
        for k, i in enumerate(row):
            place[i] = k
        return True

    def _crossings(self, r: int, place: list[int]) -> int:
        """How many edges cross below a layer."""
        found = 0
        ends: list[tuple[int, float]] = []
        for i in self.rows[r]:
            keys = [(place[n], enter) for n, enter, _ in self.down[i]]
            if len(keys) > 1:
                keys.sort()
            for key in keys:
                if ends and key < ends[-1]:
                    at = bisect_right(ends, key)
                    found += len(ends) - at
                    ends.insert(at, key)
                else:
                    ends.append(key)
        return found

    def enter(self) -> None:
        """Where the edges into a box come in: the main one in the middle, the others beside it in the order in which they arrive."""
        place = {i: k for row in self.rows for k, i in enumerate(row)}
        arriving: dict[int, list[tuple[int, int]]] = {}
        for k, w in enumerate(self.wires):
            if w.enter is None:
                last = self.route[k][-1] if self.route[k] else w.source
                arriving.setdefault(w.target, []).append((last, k))
        for target, wires in arriving.items():
            sources = sorted({last for last, _ in wires}, key=lambda i: place[i])
            straight = [i for i, s in enumerate(sources) if not self._beside(s)]
            main = straight[len(straight) // 2] if straight else (len(sources) - 1) / 2
            room = max(self.spots[target].across / 2 - 12, 0)
            step = min(STEP, 2 * room / len(sources)) if len(straight) < 2 else min(2 * STEP, 2 * room / len(sources))
            if len(straight) != 1:
                main = (len(sources) - 1) / 2
            offset = {s: max(min((i - main) * step, room), -room) for i, s in enumerate(sources)}
            for last, k in wires:
                self.wires[k].enter = offset[last]
            self.up[target] = [(n, there, offset.get(n, here)) for n, there, here in self.up[target]]
            for n in sources:
                self.down[n] = [(t, offset[n] if t == target else e, here) for t, e, here in self.down[n]]

    def gap(self, a: int, b: int) -> float:
        """The least distance between the centres of two neighbours in a layer."""
        one, two = self.spots[a], self.spots[b]
        space = NEAR if one.dummy or two.dummy or one.kind != FREE or two.kind != FREE else GAP
        return (one.across + two.across) / 2 + space

    def spread(self) -> None:
        """Positions across: begin packed, then each layer as near to its neighbours as the distances allow."""
        spots = self.spots
        self.packed = [offsets([self.gap(a, b) for a, b in pairwise(row)]) for row in self.rows]
        for row, packed in zip(self.rows, self.packed, strict=True):
            for i, x in zip(row, packed, strict=True):
                spots[i].x = x - packed[-1] / 2
        xs = [s.x for s in spots]
        up, down = self.up, self.down = self._pulls(self.up), self._pulls(self.down)
        for number in range(PASSES):
            if number < PASSES - 1:  # the last two look both ways
                near = down if number % 2 else up if number < PASSES - 2 else [a + b for a, b in zip(up, down, strict=True)]
            order = range(len(self.rows) - 1, -1, -1) if number % 2 else range(len(self.rows))
            for r in order:
                row = self.rows[r]
                wanted, weight = [], []
                for i in row:
                    pull = moment = 0.0
                    for n, aside, h in near[i]:
                        pull += h
                        moment += h * (xs[n] + aside)
                    wanted.append(moment / pull if pull else xs[i])
                    weight.append((1.0 if spots[i].dummy else 16.0) if pull else 0.01)
                if len(row) == 1:
                    xs[row[0]] = wanted[0]
                    continue
                for i, x in zip(row, pooled(wanted, weight, self.packed[r]), strict=True):
                    xs[i] = x
        for s, x in zip(spots, xs, strict=True):
            s.x = x

    def _pulls(self, near: list[list[tuple[int, float, float]]]) -> list[list[tuple[int, float, float]]]:
        """For each spot (neighbour, where it would be straight below that one's place, how much the edge wants that): a long edge in its
        middle most, the ends of a detour least."""
        detour = [s.dummy for s in self.spots]
        beside = [self._beside(i) for i in range(len(detour))]
        found = []
        for i, links in enumerate(near):
            mine = []
            for n, there, here in links:
                both = detour[i] + detour[n]
                mine.append((n, there - here, 8.0 if both == 2 else 0.5 if both else 1.0 if beside[i] or beside[n] else 4.0))
            found.append(mine)
        return found

    def _put(self, row: list[int], wanted: list[float], weight: list[float]) -> None:
        if len(row) == 1:
            self.spots[row[0]].x = wanted[0]
            return
        for i, x in zip(row, pooled(wanted, weight, self.packed[self.spots[row[0]].rank]), strict=True):
            self.spots[i].x = x

    def straighten(self) -> None:
        """Chains of boxes one below the other, and long edges, as straight as their neighbours allow."""
        spots = self.spots
        for row in self.rows[1:]:
            wanted, weight = [], []
            for i in row:
                near = [n for n in self.up[i] if not spots[n[0]].dummy]
                if len(near) > 1:
                    near = [n for n in near if not self._beside(n[0])]
                above, aside, _ = near[0] if len(near) == 1 else (-1, 0.0, 0.0)
                chained = above >= 0 and not spots[i].dummy and sum(not spots[n].dummy for n, _, _ in self.down[above]) == 1
                wanted.append(spots[above].x + aside if chained else spots[i].x)
                weight.append(64.0 if chained else 0.25 if spots[i].dummy else 4.0)
            self._put(row, wanted, weight)
        place = {i: k for row in self.rows for k, i in enumerate(row)}
        for i, s in enumerate(spots):
            if s.dummy and not spots[self.up[i][0][0]].dummy:
                self._straighten_chain(i, place)

    def _straighten_chain(self, first: int, place: dict[int, int]) -> None:
        """Give as many dummies in a row as can have it the same position, from the top."""
        held: list[int] = []
        low, high = -1e18, 1e18
        at = first
        while True:
            row, k = self.rows[self.spots[at].rank], place[at]
            least = self.spots[row[k - 1]].x + self.gap(row[k - 1], at) if k else -1e18
            most = self.spots[row[k + 1]].x - self.gap(at, row[k + 1]) if k + 1 < len(row) else 1e18
            if least > most:  # by a rounding: it stays where it is
                least = most = self.spots[at].x
            if held and max(low, least) > min(high, most):
                self._settle_chain(held, low, high)
                held, low, high = [], -1e18, 1e18
            held.append(at)
            low, high = max(low, least), min(high, most)
            below = [n for n, _, _ in self.down[at] if self.spots[n].dummy]
            if not below:
                break
            at = below[0]
        self._settle_chain(held, low, high)

    def _settle_chain(self, held: list[int], low: float, high: float) -> None:
        middle = sorted(self.spots[i].x for i in held)[len(held) // 2]
        for i in held:
            self.spots[i].x = min(max(middle, low), high)

    def _beside(self, i: int) -> bool:
        """Whether what comes from here is not the main way through the frame: a detour, or data from outside."""
        return self.spots[i].dummy or (self.spots[i].kind == FREE and not self.up[i])

    def finish(self) -> tuple[float, float]:
        """Positions along, whole numbers, the points of the edges; returns the size of everything."""
        spots = self.spots
        left = min((s.x - s.across / 2 for s in spots), default=0.0)
        for s in spots:
            s.x = math.ceil(s.x - left) + 0.0
        bands = []
        y = 0.0
        for k, row in enumerate(self.rows):
            height = max(spots[i].along for i in row)
            ports = all(spots[i].kind != FREE for i in row)
            for i in row:
                spots[i].y = y + (height / 2 if self.up[i] or spots[i].kind != FREE else height - spots[i].along / 2)
            bands.append((y, y + height))
            y += height
            if k + 1 < len(self.rows):
                after = all(spots[i].kind != FREE for i in self.rows[k + 1])
                y += self.between / 2 if ports or after else self.between + min(3.0 * max(self._shift(row) - 2, 0), 24.0)
        self._snap()
        for k, w in enumerate(self.wires):
            self._trace(w, self.route[k], bands)
        return max((s.x + s.across / 2 for s in spots), default=0.0), y

    def _snap(self) -> None:
        """Where one edge of a box goes straight on and almost straight down, let all of them leave where it is straight."""
        leaving: dict[int, list[int]] = {}
        for k, w in enumerate(self.wires):
            leaving.setdefault(w.source, []).append(k)
        for source, wires in leaving.items():
            ahead = [self.wires[k] for k in wires if not self.route[k]]
            a = self.spots[source]
            if len(ahead) != 1 or not all(self.wires[k].loose for k in wires):
                continue
            aside = self.spots[ahead[0].target].x + (ahead[0].enter or 0.0) - a.x
            if abs(aside) <= min(SNAP, a.across / 2 - 10):
                for k in wires:
                    self.wires[k].leave = aside

    def _shift(self, row: list[int]) -> int:
        """How many edges below a layer go sideways: they want room."""
        return sum(abs(self.spots[n].x - self.spots[i].x + aside) > 30 for i in row for n, aside, _ in self.down[i])

    def _trace(self, w: Wire, route: list[int], bands: list[tuple[float, float]]) -> None:
        """Straight through each layer, so that an edge never crosses a box; bends only between layers."""
        a, b = self.spots[w.source], self.spots[w.target]
        x = a.x + w.leave
        end = b.x + (w.enter or 0.0)
        if x == end and not route:
            w.points = [(x, a.y + a.along / 2), (x, b.y - b.along / 2)]
            return
        points = [(x, a.y + a.along / 2), (x, bands[a.rank][1])]
        for i in route:
            s = self.spots[i]
            points += [(s.x, bands[s.rank][0]), (s.x, bands[s.rank][1])]
        w.points = [*points, (end, bands[b.rank][0]), (end, b.y - b.along / 2)]


def total(values: list[float]) -> float:
    """The sum from left to right: the built-in one compensates in some versions of Python, and the page must find the same places."""
    out = 0.0
    for v in values:
        out += v
    return out


def nearest(wanted: list[float], weight: list[float], gaps: list[float]) -> list[float]:
    """Positions with at least these gaps, nearest to the wanted ones by weighted least squares: pooling of adjacent violators."""
    return pooled(wanted, weight, offsets(gaps))


def offsets(gaps: list[float]) -> list[float]:
    """Where things stand that are packed with these gaps."""
    out = [0.0]
    for gap in gaps:
        out.append(out[-1] + gap)
    return out


def pooled(wanted: list[float], weight: list[float], packed: list[float]) -> list[float]:
    """`nearest`, with the packed positions instead of the gaps."""
    weights: list[float] = []
    moments: list[float] = []
    counts: list[int] = []
    for x, w, moved in zip(wanted, weight, packed, strict=True):
        moment, count = w * (x - moved), 1
        while weights and moments[-1] * w > moment * weights[-1]:
            w, moment, count = weights.pop() + w, moments.pop() + moment, counts.pop() + count
        weights.append(w)
        moments.append(moment)
        counts.append(count)
    out: list[float] = []
    for w, moment, count in zip(weights, moments, counts, strict=True):
        level = moment / w
        for _ in range(count):
            out.append(level + packed[len(out)])
    return out


def lay_out(spots: list[Spot], wires: list[Wire], between: float = BETWEEN) -> tuple[float, float]:
    """Place the spots, given in program order, and lead the wires; returns (size across, size along)."""
    layers = _Layers(list(spots), wires, between)
    layers.rank()
    layers.stack()
    layers.order()
    layers.enter()
    layers.spread()
    layers.straighten()
    return layers.finish()
