"use strict";
// The layout of layout.py and nest.py, line for line, so that the page can open and close modules: same numbers in, same numbers out.
const SWEEPS = 6, PASSES = 8, GAP = 26, NEAR = 14, BETWEEN = 25, STEP = 16, SNAP = 14, ENTRY = 0, FREE = 1, EXIT = 2, PAD = 14;

const spot = (across, along, kind = FREE, rank = 0, dummy = false) => ({ across, along, kind, rank, x: 0, y: 0, dummy });
const byKeys = (...keys) => (a, b) => { for (const k of keys) { const d = k(a) - k(b); if (d) return d; } return 0; };

class Layers {
  constructor(spots, wires, between) {
    this.spots = spots; this.between = between;
    this.wires = wires.filter((w) => w.source < w.target);
    this.up = []; this.down = []; this.route = []; this.rows = [];
  }
  rank() {
    const { spots, wires } = this, first = new Map(), fed = new Set();
    for (const s of spots) s.rank = 0;
    for (const w of [...wires].sort(byKeys((e) => e.target))) {
      spots[w.target].rank = Math.max(spots[w.target].rank, spots[w.source].rank + 1);
      fed.add(w.target);
    }
    for (const w of wires) first.set(w.source, Math.min(first.has(w.source) ? first.get(w.source) : spots[w.target].rank, spots[w.target].rank));
    spots.forEach((s, i) => { if (s.kind === FREE && !fed.has(i) && first.has(i)) s.rank = Math.max(first.get(i) - 1, 0); });
    if (spots.some((s) => s.kind === ENTRY)) {
      for (const s of spots) if (s.kind !== ENTRY && s.rank === 0) s.rank = 1;
      for (const w of [...wires].sort(byKeys((e) => e.target))) spots[w.target].rank = Math.max(spots[w.target].rank, spots[w.source].rank + 1);
    }
    let last = 0;
    for (const s of spots) if (s.kind !== EXIT) last = Math.max(last, s.rank + 1);
    for (const s of spots) if (s.kind === EXIT) s.rank = last;
    const used = [...new Set(spots.map((s) => s.rank))].sort((a, b) => a - b), close = new Map(used.map((r, k) => [r, k]));
    for (const s of spots) s.rank = close.get(s.rank);
  }
  stack() {
    const count = this.spots.reduce((m, s) => Math.max(m, s.rank), -1) + 1;
    this.rows = Array.from({ length: count }, () => []);
    this.spots.forEach((s, i) => this.rows[s.rank].push(i));
    this.up = this.spots.map(() => []); this.down = this.spots.map(() => []);
    const chains = new Map(), sorted = [...this.wires].sort(byKeys((w) => w.source, (w) => w.leave, (w) => w.target)), routes = new Map();
    for (const w of sorted) {
      const name = w.source + ":" + w.leave;
      if (!chains.has(name)) chains.set(name, []);
      const chain = chains.get(name), path = [];
      let at = w.source, leave = w.leave, k = 0;
      for (let rank = this.spots[w.source].rank + 1; rank < this.spots[w.target].rank; rank++, k++) {
        if (k === chain.length) { chain.push(this.dummy(rank)); this.link(at, chain[k], leave, 0); }
        at = chain[k]; leave = 0; path.push(at);
      }
      routes.set(w, path);
      this.link(at, w.target, leave, w.enter || 0);
    }
    this.route = this.wires.map((w) => routes.get(w));
  }
  dummy(rank) {
    this.spots.push(spot(0, 0, FREE, rank, true)); this.up.push([]); this.down.push([]);
    this.rows[rank].push(this.spots.length - 1);
    return this.spots.length - 1;
  }
  link(a, b, leave, enter) { this.down[a].push([b, enter, leave]); this.up[b].push([a, leave, enter]); }
  places() { const place = []; for (const row of this.rows) row.forEach((i, k) => { place[i] = k; }); return place; }
  order() {
    let best = this.rows.map((r) => [...r]), fewest = this.crossings();
    for (let sweep = 0; sweep < SWEEPS && fewest; sweep++) {
      const near = sweep % 2 === 0 ? this.up : this.down, place = this.places();
      for (const row of sweep % 2 === 0 ? this.rows : [...this.rows].reverse()) {
        const middle = new Map(row.map((i) => [i, near[i].length ? total(near[i].map(([n, there]) => place[n] + there / 1000)) / near[i].length : place[i]]));
        row.sort(byKeys((i) => middle.get(i), (i) => (this.spots[i].dummy ? 1 : 0)));
        row.forEach((i, k) => { place[i] = k; });
      }
      const found = this.crossings();
      if (found < fewest) { best = this.rows.map((r) => [...r]); fewest = found; }
    }
    this.rows = best;
  }
  crossings() {
    const place = this.places(), before = byKeys((e) => e[0], (e) => e[1]);
    let sum = 0;
    for (const row of this.rows.slice(0, -1)) {
      const ends = [];
      for (const i of row) {
        for (const key of this.down[i].map(([n, enter]) => [place[n], enter]).sort(before)) {
          let lo = 0, hi = ends.length;
          while (lo < hi) { const mid = (lo + hi) >> 1; if (before(key, ends[mid]) < 0) hi = mid; else lo = mid + 1; }
          sum += ends.length - lo;
          ends.splice(lo, 0, key);
        }
      }
    }
    return sum;
  }
  enter() {
    const place = this.places(), arriving = new Map();
    this.wires.forEach((w, k) => {
      if (w.enter !== null) return;
      const path = this.route[k], last = path.length ? path[path.length - 1] : w.source;
      if (!arriving.has(w.target)) arriving.set(w.target, []);
      arriving.get(w.target).push([last, k]);
    });
    for (const [target, wires] of arriving) {
      const sources = [...new Set(wires.map(([last]) => last))].sort(byKeys((i) => place[i]));
      const straight = sources.map((s, i) => [s, i]).filter(([s]) => !this.beside(s)).map(([, i]) => i);
      const room = Math.max(this.spots[target].across / 2 - 12, 0);
      const step = straight.length < 2 ? Math.min(STEP, (2 * room) / sources.length) : Math.min(2 * STEP, (2 * room) / sources.length);
      const main = straight.length === 1 ? straight[0] : (sources.length - 1) / 2;
      const offset = new Map(sources.map((s, i) => [s, Math.max(Math.min((i - main) * step, room), -room)]));
      for (const [last, k] of wires) this.wires[k].enter = offset.get(last);
      this.up[target] = this.up[target].map(([n, there, here]) => [n, there, offset.has(n) ? offset.get(n) : here]);
      for (const n of sources) this.down[n] = this.down[n].map(([t, e, here]) => [t, t === target ? offset.get(n) : e, here]);
    }
  }
  gap(a, b) {
    const one = this.spots[a], two = this.spots[b];
    const near = one.dummy || two.dummy || one.kind !== FREE || two.kind !== FREE;
    return (one.across + two.across) / 2 + (near ? NEAR : GAP);
  }
  put(row, wanted, weight) {
    const xs = row.length === 1 ? wanted : nearest(wanted, weight, row.slice(1).map((b, k) => this.gap(row[k], b)));
    row.forEach((i, k) => { this.spots[i].x = xs[k]; });
  }
  spread() {
    const { spots } = this;
    for (const row of this.rows) {
      let x = 0;
      row.forEach((i, k) => { x += k ? this.gap(row[k - 1], i) : 0; spots[i].x = x; });
      for (const i of row) spots[i].x -= x / 2;
    }
    for (let number = 0; number < PASSES; number++) {
      const down = number % 2 === 0;
      for (const row of down ? this.rows : [...this.rows].reverse()) {
        const wanted = [], weight = [];
        for (const i of row) {
          const links = number >= PASSES - 2 ? [...this.up[i], ...this.down[i]] : down ? this.up[i] : this.down[i];
          const heavy = links.map(([n, there, here]) => [this.pull(i, n), spots[n].x + (there - here)]);
          const pull = total(heavy.map(([h]) => h));
          wanted.push(pull ? total(heavy.map(([h, at]) => h * at)) / pull : spots[i].x);
          weight.push(pull ? (spots[i].dummy ? 1 : 16) : 0.01);
        }
        this.put(row, wanted, weight);
      }
    }
  }
  straighten() {
    const { spots } = this;
    for (const row of this.rows.slice(1)) {
      const wanted = [], weight = [];
      for (const i of row) {
        let near = this.up[i].filter(([n]) => !spots[n].dummy);
        if (near.length > 1) near = near.filter(([n]) => !this.beside(n));
        const [above, there, here] = near.length === 1 ? near[0] : [-1, 0, 0];
        const chained = above >= 0 && !spots[i].dummy && this.down[above].filter(([n]) => !spots[n].dummy).length === 1;
        wanted.push(chained ? spots[above].x + (there - here) : spots[i].x);
        weight.push(chained ? 64 : spots[i].dummy ? 0.25 : 4);
      }
      this.put(row, wanted, weight);
    }
    const place = this.places();
    spots.forEach((s, i) => { if (s.dummy && !spots[this.up[i][0][0]].dummy) this.straightenChain(i, place); });
  }
  straightenChain(first, place) {
    let held = [], low = -1e18, high = 1e18, at = first;
    for (;;) {
      const row = this.rows[this.spots[at].rank], k = place[at];
      let least = k ? this.spots[row[k - 1]].x + this.gap(row[k - 1], at) : -1e18;
      let most = k + 1 < row.length ? this.spots[row[k + 1]].x - this.gap(at, row[k + 1]) : 1e18;
      if (least > most) least = most = this.spots[at].x;
      if (held.length && Math.max(low, least) > Math.min(high, most)) { this.settle(held, low, high); held = []; low = -1e18; high = 1e18; }
      held.push(at);
      low = Math.max(low, least); high = Math.min(high, most);
      const below = this.down[at].filter(([n]) => this.spots[n].dummy);
      if (!below.length) break;
      at = below[0][0];
    }
    this.settle(held, low, high);
  }
  settle(held, low, high) {
    const xs = held.map((i) => this.spots[i].x).sort((a, b) => a - b), middle = xs[Math.floor(xs.length / 2)];
    for (const i of held) this.spots[i].x = Math.min(Math.max(middle, low), high);
  }
  pull(a, b) { const d = this.spots[a].dummy + this.spots[b].dummy; return d === 2 ? 8 : d ? 0.5 : this.beside(a) || this.beside(b) ? 1 : 4; }
  beside(i) { return this.spots[i].dummy || (this.spots[i].kind === FREE && !this.up[i].length); }
  finish() {
    const { spots } = this;
    const left = spots.length ? Math.min(...spots.map((s) => s.x - s.across / 2)) : 0;
    for (const s of spots) s.x = Math.ceil(s.x - left);
    const bands = [], port = (row) => row.every((i) => spots[i].kind !== FREE);
    let y = 0;
    this.rows.forEach((row, k) => {
      const height = Math.max(...row.map((i) => spots[i].along));
      for (const i of row) spots[i].y = y + (this.up[i].length || spots[i].kind !== FREE ? height / 2 : height - spots[i].along / 2);
      bands.push([y, y + height]);
      y += height;
      if (k + 1 < this.rows.length)
        y += port(row) || port(this.rows[k + 1]) ? this.between / 2 : this.between + Math.min(3 * Math.max(this.shift(row) - 2, 0), 24);
    });
    this.snap();
    this.wires.forEach((w, k) => this.trace(w, this.route[k], bands));
    return [spots.reduce((m, s) => Math.max(m, s.x + s.across / 2), spots.length ? -Infinity : 0), y];
  }
  snap() {
    const leaving = new Map();
    this.wires.forEach((w, k) => { if (!leaving.has(w.source)) leaving.set(w.source, []); leaving.get(w.source).push(k); });
    for (const [source, wires] of leaving) {
      const ahead = wires.filter((k) => !this.route[k].length).map((k) => this.wires[k]), a = this.spots[source];
      if (ahead.length !== 1 || !wires.every((k) => this.wires[k].loose)) continue;
      const aside = this.spots[ahead[0].target].x + (ahead[0].enter || 0) - a.x;
      if (Math.abs(aside) <= Math.min(SNAP, a.across / 2 - 10)) for (const k of wires) this.wires[k].leave = aside;
    }
  }
  shift(row) {
    let n = 0;
    for (const i of row) for (const [t, e, leave] of this.down[i]) n += Math.abs(this.spots[t].x - this.spots[i].x + (e - leave)) > 30;
    return n;
  }
  trace(w, route, bands) {
    const a = this.spots[w.source], b = this.spots[w.target];
    const x = a.x + w.leave, end = b.x + (w.enter || 0);
    if (x === end && !route.length) { w.points = [[x, a.y + a.along / 2], [x, b.y - b.along / 2]]; return; }
    const points = [[x, a.y + a.along / 2], [x, bands[a.rank][1]]];
    for (const i of route) { const s = this.spots[i]; points.push([s.x, bands[s.rank][0]], [s.x, bands[s.rank][1]]); }
    w.points = [...points, [end, bands[b.rank][0]], [end, b.y - b.along / 2]];
  }
}

function total(values) { let out = 0; for (const v of values) out += v; return out; }

function nearest(wanted, weight, gaps) {
  const pools = [], out = [];
  let moved = 0, k = 0;
  wanted.forEach((x, n) => {
    moved += n ? gaps[n - 1] : 0;
    let pool = [weight[n], weight[n] * (x - moved), 1];
    while (pools.length && pools[pools.length - 1][1] * pool[0] > pool[1] * pools[pools.length - 1][0]) {
      const last = pools.pop();
      pool = [last[0] + pool[0], last[1] + pool[1], last[2] + pool[2]];
    }
    pools.push(pool);
  });
  moved = 0;
  for (const [weights, moment, count] of pools)
    for (let n = 0; n < count; n++) { moved += k ? gaps[k - 1] : 0; out.push(moment / weights + moved); k++; }
  return out;
}

function layOut(spots, wires, between) {
  const layers = new Layers([...spots], wires, between);
  layers.rank(); layers.stack(); layers.order(); layers.enter(); layers.spread(); layers.straighten();
  return layers.finish();
}

// frame: {id, items: [box id or frame], title, strip, header}; sizes: {box id: [width, height]}; edges: [{source, target, key}]
function arrange(root, sizes, edges, sideways, between) {
  const frames = [], stack = [root], parent = new Map([[root.id, null]]), depth = new Map([[root.id, 0]]), nameOf = (i) => (typeof i === "string" ? i : i.id);
  while (stack.length) {
    const frame = stack.pop();
    frames.push(frame);
    for (const item of [...frame.items].reverse()) if (typeof item !== "string") stack.push(item);
  }
  const size = new Map(Object.entries(sizes).map(([i, [w, h]]) => [i, sideways ? [h, w] : [w, h]]));
  for (const frame of frames) for (const item of frame.items) { parent.set(nameOf(item), frame); depth.set(nameOf(item), depth.get(frame.id) + 1); }
  const local = new Map(frames.map((f) => [f.id, new Map()])), ports = new Map(frames.map((f) => [f.id, new Map()])), spots = new Map(), steps = [];
  for (const edge of edges) {
    let a = edge.source, b = edge.target;
    const out = [], into = [];
    while (parent.get(a) !== parent.get(b)) {
      if (depth.get(a) >= depth.get(b)) { const f = parent.get(a); out.push([f, [a, ">" + edge.key, edge.key]]); a = f.id; }
      else { const f = parent.get(b); into.push([f, ["<" + edge.key, b, edge.key]]); b = f.id; }
    }
    const way = [...out, [parent.get(a), [a, b, edge.key]], ...into.reverse()].map(([f, step]) => {
      const name = JSON.stringify(step), known = local.get(f.id);
      if (!known.has(name)) known.set(name, { step, source: 0, target: 0, leave: 0, enter: null, loose: false, points: [] });
      return [f, known.get(name)];
    });
    steps.push(way);
  }
  const port = (name, key) => (ports.has(name) && ports.get(name).has(key) ? ports.get(name).get(key) : null);
  for (const frame of [...frames].reverse()) {
    const wires = [...local.get(frame.id).values()], names = frame.items.map(nameOf);
    const entries = [...new Set(wires.map((w) => w.step[0]).filter((n) => n[0] === "<"))];
    const exits = [...new Set(wires.map((w) => w.step[1]).filter((n) => n[0] === ">"))];
    const order = [...entries, ...names, ...exits], at = new Map(order.map((n, k) => [n, k]));
    const mine = [...entries.map(() => spot(0, 0, ENTRY)), ...names.map((n) => spot(...size.get(n))), ...exits.map(() => spot(0, 0, EXIT))];
    for (const w of wires) {
      const [a, b, key] = w.step, inside = port(b, "<" + key);
      w.source = at.get(a); w.target = at.get(b);
      w.leave = port(a, ">" + key) || 0;
      w.enter = inside !== null ? inside : b[0] === ">" ? 0 : null;
      w.loose = a[0] !== "<" && !ports.has(a);
    }
    const [across, along] = layOut(mine, wires, between);
    const [before, after, header] = frame === root ? [0, 0, 0] : [PAD, PAD, frame.header];
    let shift, all;
    if (sideways) { shift = [header, before]; all = [2 * Math.ceil((across + header + after) / 2), Math.max(along + before + after, frame.title + frame.strip)]; }
    else {
      const doors = mine.slice(0, entries.length).map((s) => s.x), free = doors.length > 0 && frame !== root;
      const left = free ? Math.max(frame.title - before - Math.min(...doors), 0) : 0, right = free ? Math.max(frame.strip - after - across + Math.max(...doors), 0) : 0;
      const extra = Math.max(frame.title + frame.strip - across - before - after - left - right, 0);
      shift = [before + Math.ceil(left) + Math.floor(extra / 2 + 0.5), header]; all = [2 * Math.ceil((across + before + after + Math.ceil(left) + Math.ceil(right) + extra) / 2), along + header + after];
    }
    for (const s of mine) { s.x += shift[0]; s.y += shift[1]; }
    for (const w of wires) w.points = w.points.map(([x, y]) => [x + shift[0], y + shift[1]]);
    size.set(frame.id, all);
    spots.set(frame.id, new Map(order.map((n, k) => [n, mine[k]])));
    for (const n of [...entries, ...exits]) ports.get(frame.id).set(n, spots.get(frame.id).get(n).x - all[0] / 2);
  }
  const corner = new Map([[root.id, [0, 0]]]), boxes = {}, framed = {}, turn = ([x, y, w, h]) => (sideways ? [y, x, h, w] : [x, y, w, h]);
  for (const frame of frames) {
    const [x0, y0] = corner.get(frame.id);
    framed[frame.id] = turn([x0, y0, ...size.get(frame.id)]);
    for (const item of frame.items) {
      const name = nameOf(item), s = spots.get(frame.id).get(name);
      corner.set(name, [x0 + s.x - s.across / 2, y0 + s.y - s.along / 2]);
      if (typeof item === "string") boxes[name] = turn([...corner.get(name), s.across, s.along]);
    }
  }
  const lines = steps.map((way) => {
    const line = [];
    for (const [frame, w] of way) {
      const [x0, y0] = corner.get(frame.id), known = spots.get(frame.id), a = known.get(w.step[0]), b = known.get(w.step[1]);
      const points = w.points.length ? w.points : [[a.x, a.y + a.along / 2], [b.x, b.y - b.along / 2]];
      for (const [x, y] of points) {
        const last = line[line.length - 1];
        if (!last || last[0] !== x + x0 || last[1] !== y + y0) line.push([x + x0, y + y0]);
      }
    }
    return sideways ? line.map(([x, y]) => [y, x]) : line;
  });
  const [w, h] = size.get(root.id);
  return { boxes, frames: framed, lines, width: sideways ? h : w, height: sideways ? w : h };
}

if (typeof module !== "undefined") module.exports = { arrange, BETWEEN };
