"use strict";
// The graph of the stepper's page: a tree of modules that open and close, laid out by layout.js. A run of equal pieces shows the piece that the
// cursor is in. What shows depends on the cursor and on what stands open, never on the way there. Shapes of one colour are one path, so that
// the page stays at a few hundred elements.
const NS = "http://www.w3.org/2000/svg", FULL = 64, TITLES = 24, OPEN = 28, CELLS = 44, HEAD = 32;

function heat(size, look) {
  if (size === undefined || size === null) return null;
  if (typeof size === "string") return look.bad;
  if (size === 0) return look.zero;
  return look.ramp[Math.min(Math.max(Math.floor(Math.log10(size)) - look.low, 0), look.ramp.length - 1)];
}

function make(kind, attributes, inside) {
  const it = document.createElementNS(NS, kind);
  for (const [name, value] of Object.entries(attributes)) it.setAttribute(name, value);
  if (inside !== undefined) it.textContent = inside;
  return it;
}

const ruler = document.createElement("canvas").getContext("2d"), FACE = 'Inter,"Segoe UI",Roboto,"Helvetica Neue",Arial,"DejaVu Sans",sans-serif';
const widths = new Map();
const wide = (text, size, bold) => {
  const key = `${bold ? 1 : 0}${size}${text}`;
  if (!widths.has(key)) { ruler.font = `${bold ? 600 : 400} ${size}px ${FACE}`; widths.set(key, ruler.measureText(text).width); }
  return widths.get(key);
};
const block = (x, y, w, h, r) => `M${x + r} ${y}h${w - 2 * r}a${r} ${r} 0 0 1 ${r} ${r}v${h - 2 * r}a${r} ${r} 0 0 1 ${-r} ${r}h${2 * r - w}a${r} ${r} 0 0 1 ${-r} ${-r}v${2 * r - h}a${r} ${r} 0 0 1 ${r} ${-r}z`;

// The colours of the style sheet, read once: to ask for them makes the browser lay out the page.
let known = null;
const tones = () => {
  if (!known) {
    const style = getComputedStyle(document.documentElement);
    known = Object.fromEntries(["ink", "soft", "line", "bad", "now"].map((name) => [name, style.getPropertyValue(`--${name}`)]));
  }
  return known;
};
matchMedia("(prefers-color-scheme:dark)").addEventListener("change", () => { known = null; });

// The tree of modules, and what of it shows at a step: {shown, plan, edges}.
function stepTree(data) {
  const { boxes, groups, lines } = data.graph, texts = data.texts, name = (item) => (item >= 0 ? `b${item}` : `g${-1 - item}`);
  const items = new Map(), above = new Map(), boxOf = new Map(), open = new Set(), root = `g${groups.length - 1}`, plans = new Map();
  groups.forEach((g, i) => { items.set(`g${i}`, g[3].map(name)); for (const item of items.get(`g${i}`)) above.set(item, `g${i}`); });
  boxes.forEach((b, i) => { if (b[2]) boxOf.set(b[2], `b${i}`); });
  const group = (id) => groups[Number(id.slice(1))], box = (id) => boxes[Number(id.slice(1))], isGroup = (id) => id[0] === "g";
  const run = (id) => isGroup(id) && group(id)[0] === 1, piece = (id) => above.has(id) && run(above.get(id));
  const first = (id) => (isGroup(id) ? group(id)[4] : box(id)[2]);
  const order = new Map();
  for (const [id, list] of items) if (run(id)) list.forEach((item, i) => order.set(item, i));

  // Lines by the innermost group that holds both ends, those among the pieces of a run by piece: a closed module or another piece costs nothing.
  const among = new Map();
  const note = (key, i) => { if (!among.has(key)) among.set(key, []); among.get(key).push(i); };
  const path = (id) => { const out = [id]; for (let at = above.get(id); at; at = above.get(at)) out.push(at); return out.reverse(); };
  lines.forEach(([s, t], i) => {
    const a = path(`b${s}`), b = path(`b${t}`);
    let d = 0;
    while (a[d + 1] !== undefined && a[d + 1] === b[d + 1] && items.has(a[d + 1])) d++;
    if (!run(a[d])) { note(a[d], i); return; }
    note(`${a[d]} ${order.get(a[d + 1])}`, i);
    if (b[d + 1] !== a[d + 1]) note(`${a[d]} ${order.get(b[d + 1])}`, i);
  });

  // of each run, the piece that shows at step k
  function pieces(k) {
    const found = new Map();
    for (let at = boxOf.get(k); at !== undefined; at = above.get(at)) if (piece(at)) found.set(above.get(at), order.get(at));
    return (id) => found.get(id) ?? (k < group(id)[4] ? items.get(id).length - 1 : 0);
  }
  function holder(id, chosen) {
    let found = id;
    for (let child = id, at = above.get(id); at && at !== root; child = at, at = above.get(at)) {
      if (run(at)) {
        if (!open.has(at)) found = at;
        else if (order.get(child) !== chosen(at)) found = at + (order.get(child) < chosen(at) ? "<" : ">");
      } else if (!piece(at) && !open.has(at)) found = at;
    }
    return found;
  }
  // which box of the picture step k belongs to, pieces told apart
  function place(k) {
    let found = boxOf.get(k);
    for (let child = found, at = above.get(found); at && at !== root; child = at, at = above.get(at)) {
      if (run(at) ? !open.has(at) : !piece(at) && !open.has(at)) found = run(at) ? child : at;
    }
    return found;
  }
  function size(id) {
    if (/[<>]$/.test(id)) return [132, 26];
    if (!isGroup(id)) return [box(id)[0], box(id)[1]];
    const [isRun, title, aside, inside] = group(id), strip = isRun ? Math.min(inside.length, CELLS) * 7 : 0;
    return [Math.round(Math.max(wide(texts[title], 13, true) + wide(texts[aside], 11.5) + 60, strip + 28, 200)), isRun ? 64 : 48];
  }
  function arranged(k) {
    const chosen = pieces(k), key = [...open].sort().map((id) => (run(id) ? `${id}:${chosen(id)}` : id)).join(" ");
    if (plans.has(key)) return plans.get(key);
    const frame = (id, header, title) => ({ id, items: [], header, title, strip: 0 }), top = frame("g", 0, 0), shown = [], flowing = [...(among.get(root) || [])];
    const fill = (into, list) => {
      for (const id of list) {
        if (!isGroup(id) || !open.has(id)) { shown.push(id); into.items.push(id); continue; }
        const inner = frame(id, run(id) ? HEAD + 12 : HEAD, Math.round(wide(texts[group(id)[1]] + texts[group(id)[2]], 13, true) + 105));
        into.items.push(inner);
        if (!run(id)) { flowing.push(...(among.get(id) || [])); fill(inner, items.get(id)); continue; }
        flowing.push(...(among.get(`${id} ${chosen(id)}`) || []), ...(isGroup(items.get(id)[chosen(id)]) ? among.get(items.get(id)[chosen(id)]) || [] : []));
        const at = chosen(id), last = items.get(id).length - 1, one = items.get(id)[at];
        inner.title = Math.max(inner.title, Math.min(last + 1, CELLS) * 7 + 28);
        if (at > 0) { shown.push(id + "<"); inner.items.push(id + "<"); }
        fill(inner, isGroup(one) ? items.get(one) : [one]);
        if (at < last) { shown.push(id + ">"); inner.items.push(id + ">"); }
      }
    };
    fill(top, items.get(root));
    const holders = new Map(), held = (id) => { if (!holders.has(id)) holders.set(id, holder(id, chosen)); return holders.get(id); };
    const edges = new Map();
    for (const i of flowing.sort((a, b) => a - b)) {
      const [s, t, v] = lines[i], source = held(`b${s}`), target = held(`b${t}`);
      if (source === target) continue;
      const name = `${source} ${target} ${v}`, done = boxes[t][2];
      if (!edges.has(name)) edges.set(name, { source, target, key: `${source}:${v}`, steps: [] });
      if (done) edges.get(name).steps.push(done);
    }
    const sizes = Object.fromEntries(shown.map((id) => [id, size(id)])), list = [...edges.values()], plan = arrange(top, sizes, list, false, 18);
    const found = { shown, plan, edges: list, held, chosen };
    if (plans.size > 40) plans.delete(plans.keys().next().value);
    plans.set(key, found);
    return found;
  }
  // as deep as OPEN boxes allow
  const depth = (id) => { let d = 0; for (let at = above.get(id); at && at !== root; at = above.get(at)) if (!piece(at)) d++; return d; };
  const closable = [...items.keys()].filter((id) => id !== root && !piece(id)), levels = Math.max(-1, ...closable.map(depth));
  function openTo(level) { for (const id of closable) depth(id) <= level ? open.add(id) : open.delete(id); plans.clear(); }
  function start() {
    openTo(-1);
    for (let level = 0; level <= levels; level++) {
      const before = [...open];
      openTo(level);
      if (arranged(0).shown.length > OPEN) { open.clear(); before.forEach((id) => open.add(id)); plans.clear(); break; }
    }
  }
  const closed = () => closable.some((id) => !open.has(id));
  const toggle = (id) => { open.has(id) ? open.delete(id) : open.add(id); };
  // the closed module around step k, else the innermost open one
  function around(k) {
    const found = [];
    for (let at = above.get(boxOf.get(k)); at && at !== root; at = above.get(at)) if (!piece(at)) found.push(at);
    return [...found].reverse().find((id) => !open.has(id)) ?? found[0];
  }
  start();
  return { items, group, box, isGroup, run, first, above, boxOf, order, open, root, place, arranged, toggle, start, closed, around, all: () => openTo(levels), none: () => openTo(-1) };
}

function stepGraph(data, svg, sizes, arrived, go) {
  const { texts, look } = data, tree = stepTree(data), numbers = data.graph.numbers === 1;
  let cw = svg.clientWidth || 480, ch = svg.clientHeight || 600; // kept: to ask for them makes the browser lay out the page
  let now = 0, scaled = 1, moved = null, seen = null, zoom = 1, x = 0, y = 0;

  const target = (state) => {
    const id = tree.boxOf.get(now) ?? tree.boxOf.get(1);
    return id === undefined ? null : state.plan.boxes[state.held(id)];
  };
  // the view is a function of the cursor: of a picture that does not fit it goes along by half its height at a time
  function look_at(state) {
    const { width, height } = state.plan, fit = Math.min(cw / (width + 36), ch / (height + 70));
    zoom = (fit >= 0.72 ? Math.min(fit, 1.3) : Math.max(0.9, Math.min(cw / (width + 36), 1))) * scaled;
    const w = cw / zoom, h = ch / zoom, at = target(state);
    const along = (middle, span, total) => {
      if (total + 70 <= span || !at) return total / 2 - 8;
      return Math.min(Math.max(Math.round(middle / (span * 0.4)) * span * 0.4, span / 2 - 20), total - span / 2 + 50);
    };
    if (moved) [x, y] = moved;
    else { x = width + 36 <= w || !at ? width / 2 : along(at[0] + at[2] / 2, w, width); y = at ? along(at[1] + at[3] / 2, h, height) : height / 2; }
    return [x - w / 2, y - h / 2, w, h];
  }

  const amount = (v) => {
    if (typeof v === "string") return { nan: "NaN", inf: "∞", "-inf": "−∞" }[v] || v;
    const text = v === 0 ? "0" : String(Number(v.toPrecision(4)));
    return (text.length > 9 ? v.toExponential(3).replace(/\.?0+e/, "e").replace("e+", "e") : text).replace(/-/g, "−");
  };
  const sizeOf = (id) => { const k = tree.first(id); return k && k <= now ? heat(sizes[k], look) : null; };

  function draw() {
    const state = tree.arranged(now), { plan } = state, [l, t, w, h] = look_at(state), paths = new Map(), parts = [];
    seen = state;
    svg.setAttribute("viewBox", [l, t, w, h].map((v) => v.toFixed(1)).join(" "));
    const inside = ([bx, by, bw, bh]) => bx < l + w && bx + bw > l && by < t + h && by + bh > t;
    const add = (key, d) => paths.set(key, (paths.get(key) || "") + d);
    const frames = Object.entries(plan.frames).filter(([id, at]) => id !== "g" && inside(at));
    parts.push(make("path", { class: "frame", d: frames.map(([, [fx, fy, fw, fh]]) => block(fx, fy, fw, fh, 8)).join("") }));
    const here = tree.boxOf.get(now) === undefined ? null : state.held(tree.boxOf.get(now));
    edges(state, here, l, t, w, h, parts);
    for (const [id, [fx, fy]] of frames.slice(0, TITLES)) title(id, fx, fy, state, parts, add);
    const list = state.shown.filter((id) => inside(plan.boxes[id])), mid = here ? plan.boxes[here] : null;
    if (list.length > FULL && mid) {
      const far = (id) => Math.abs(plan.boxes[id][1] - mid[1]) + Math.abs(plan.boxes[id][0] - mid[0]);
      list.sort((a, b) => far(a) - far(b) || (a < b ? -1 : 1));
    }
    const words = [], full = zoom < 0.45 ? 0 : FULL;
    list.forEach((id, i) => box(id, plan.boxes[id], add, i < full ? words : null, id === here));
    for (const [key, d] of [...paths].sort((a, b) => (a[0] < b[0] ? -1 : 1))) {
      const [, kind, colour] = key.split("|");
      parts.push(make("path", colour ? { class: kind, style: `fill:${colour}`, d } : { class: kind, d }));
    }
    parts.push(...words);
    if (mid) parts.push(make("path", { class: "now", "stroke-width": (3 / Math.min(zoom, 1)).toFixed(1), d: block(mid[0] - 3, mid[1] - 3, mid[2] + 6, mid[3] + 6, 8) }));
    svg.replaceChildren(...parts);
  }

  function edges({ plan, edges: list }, here, l, t, w, h, parts) {
    const rest = [], done = [], hot = [], tips = [];
    list.forEach((e, i) => {
      const line = plan.lines[i], ys = [line[0][1], line[line.length - 1][1]], xs = line.map((p) => p[0]);
      if (Math.min(...ys) > t + h || Math.max(...ys) < t || Math.min(...xs) > l + w || Math.max(...xs) < l) return;
      let [px, py] = line[0], d = `M${px} ${py}`;
      for (const [u, v] of line.slice(1)) {
        const m = Math.round((py + v) / 2);
        d += u === px ? `V${v}` : `C${px} ${m} ${u} ${m} ${u} ${v}`;
        [px, py] = [u, v];
      }
      const flowed = e.steps.some((k) => k <= now);
      const active = e.steps.length && ((e.target === here && flowed) || (e.source === here && flowed));
      (active ? hot : flowed ? done : rest).push(d);
      if (active) tips.push(`M${line[0][0]} ${line[0][1] + 1}l-6 10h12z`);
    });
    parts.push(make("path", { class: "flow", d: rest.join("") }), make("path", { class: "done", d: done.join("") }),
      make("path", { class: "hot", d: hot.join("") }), make("path", { class: "tip", d: tips.join("") }));
  }

  function title(id, fx, fy, state, parts, add) {
    const [isRun, word, aside] = tree.group(id), head = `▾ ${texts[word]}`, at = isRun ? state.chosen(id) : 0;
    parts.push(make("text", { class: "t", x: fx + 12, y: fy + 21 }, head));
    const more = isRun ? [`number ${at + 1}`, texts[aside]].filter(Boolean).join(" · ") : texts[aside];
    if (more) parts.push(make("text", { class: "s", x: fx + 22 + wide(head, 13, true), y: fy + 21 }, more));
    if (isRun) strip(id, fx + 12, fy + 28, add, at);
  }

  // a cell for each piece of a run, of many one for some neighbours
  const cells = (id) => { const n = tree.items.get(id).length; return [Math.min(n, CELLS), n]; };
  function strip(id, sx, sy, add, chosen) {
    const [count, n] = cells(id), list = tree.items.get(id);
    for (let i = 0; i < count; i++) {
      const from = Math.floor((i * n) / count), to = Math.floor(((i + 1) * n) / count);
      let least = null;
      for (let j = from; j < to; j++) {
        const k = tree.first(list[j]);
        if (k && k <= now && (least === null || typeof sizes[k] === "string" || sizes[k] < least)) least = sizes[k];
      }
      const current = chosen >= from && chosen < to;
      add(`3|cell|${heat(least, look) || "var(--pill)"}`, `M${sx + 7 * i} ${sy}h6v10h-6z`);
      if (current) add("4|mark", `M${sx + 7 * i - 1} ${sy - 1}h8v12h-8z`);
    }
  }

  function box(id, [bx, by, bw, bh], add, words, current) {
    if (/[<>]$/.test(id)) return more(id, [bx, by, bw, bh], add, words);
    const isGroup = tree.isGroup(id), leaf = !isGroup && numbers ? leafGrad(id) : undefined;
    const fill = leaf !== undefined ? heat(leaf === null ? null : Math.abs(leaf), look) : sizeOf(id);
    add(fill ? `1|box|${fill}` : `1|box${!isGroup && tree.box(id)[3] < 0 ? " input" : ""}`, block(bx, by, bw, bh, !isGroup && tree.box(id)[3] < 0 && !numbers ? bh / 2 : 6));
    const family = isGroup ? -1 : tree.box(id)[3];
    if (family >= 0) add(`2|bar|${data.families[family][1]}`, `M${bx + 6} ${by}h1v${bh}h-1a6 6 0 0 1 -6 -6v${12 - bh}a6 6 0 0 1 6 -6z`);
    if (isGroup && tree.run(id)) strip(id, bx + 14, by + 48, add, current ? tree.order.get(pieceAt(id)) ?? -1 : -1);
    if (!words) return;
    const g = make("g", { class: !fill ? "b" : look.dark.has(fill) ? "b lit" : "b inked" });
    g.dataset.k = tree.first(id);
    g.append(make("rect", { class: "hit", x: bx, y: by, width: bw, height: bh }));
    if (isGroup) inGroup(id, g, bx, by, bw, current);
    else if (numbers) inNumber(id, g, bx, by, leaf);
    else inBox(id, g, bx, by, add);
    words.push(g);
  }
  const pieceAt = (id) => { for (let at = tree.boxOf.get(now); at; at = tree.above.get(at)) if (tree.above.get(at) === id) return at; return null; };

  function inBox(id, g, bx, by, add) {
    const [, , , , head, aside, line, chips, value] = tree.box(id), bold = texts[head];
    g.append(make("text", { class: "t", x: bx + 14, y: by + 20 }, bold));
    const rest = value === null ? [texts[aside], texts[line]].filter(Boolean).join(" · ") : `${texts[aside]} = ${value}`.trim();
    if (rest) g.append(make("text", { class: "s", x: bx + 23 + wide(bold, 13, true), y: by + 20 }, rest));
    let at = bx + 14;
    for (const [text, v] of chips) {
      const kept = arrived(v, now), colour = kept.some && kept.all ? heat(kept.size, look) : kept.some ? "var(--pill)" : "var(--card)";
      add(`3|cell|${colour}`, `M${at} ${by + 30}h10v10h-10z`);
      g.append(make("text", { class: "s", x: at + 15, y: by + 39 }, texts[text]));
      at += wide(texts[text], 11.5) + 28;
    }
  }
  function leafGrad(id) {
    const [, , k, , , , , chips] = tree.box(id);
    if (k) return k <= now ? arrived.single(k) : null;
    return chips.length ? arrived(chips[0][1], now).sum : undefined;
  }
  function inNumber(id, g, bx, by, leaf) {
    const [, , , , head, aside, , , value] = tree.box(id), bold = texts[head];
    g.append(make("text", { class: "t", x: bx + 14, y: by + 19 }, bold));
    if (texts[aside]) g.append(make("text", { class: "s", x: bx + 23 + wide(bold, 13, true), y: by + 19 }, texts[aside]));
    const grad = leaf === undefined ? "" : `  │  grad ${leaf === null ? "…" : amount(leaf)}`;
    g.append(make("text", { class: "n", x: bx + 14, y: by + 38 }, `data ${value ?? "?"}${grad}`));
  }
  function inGroup(id, g, bx, by, bw, current) {
    const [, word, aside, , , count] = tree.group(id), head = `▸ ${texts[word]}`;
    g.append(make("text", { class: "t", x: bx + 14, y: by + 20 }, head));
    if (texts[aside]) g.append(make("text", { class: "s", x: bx + 23 + wide(head, 13, true), y: by + 20 }, texts[aside]));
    const step = current ? data.steps[now - 1] : null, piece = current ? pieceAt(id) : null;
    const place = step ? `now ${texts[step[0]]}${piece && tree.run(id) ? ` of number ${tree.order.get(piece) + 1}` : ""}` : `${count} operations`;
    g.append(make("text", { class: "s", x: bx + 14, y: by + 38 }, place));
  }
  function more(id, [bx, by, bw, bh], add, words) {
    const own = id.slice(0, -1), at = seen.chosen(own), count = id.endsWith("<") ? at : tree.items.get(own).length - 1 - at;
    add("1|box input", block(bx, by, bw, bh, bh / 2));
    if (words) words.push(make("text", { class: "s", x: bx + 18, y: by + 17 }, id.endsWith("<") ? `↑ ${count} before it` : `↓ ${count} after it`));
  }

  function show(k) { now = k; moved = null; draw(); }

  function hit(px, py) {
    const { plan, shown } = seen, on = ([bx, by, bw, bh]) => px >= bx && px <= bx + bw && py >= by && py <= by + bh;
    const id = shown.find((i) => on(plan.boxes[i]));
    const cell = (own, sx, sy) => {
      const [count, n] = cells(own), i = Math.floor((px - sx) / 7);
      return py >= sy - 2 && py <= sy + 12 && i >= 0 && i < count ? tree.items.get(own)[Math.min(Math.ceil((i * n) / count), n - 1)] : null;
    };
    if (id !== undefined) {
      if (/[<>]$/.test(id)) { const own = id.slice(0, -1), at = seen.chosen(own) + (id.endsWith("<") ? -1 : 1); return go(tree.first(tree.items.get(own)[at])); }
      if (!tree.isGroup(id)) return tree.box(id)[2] ? go(tree.box(id)[2]) : undefined;
      const [bx, by] = plan.boxes[id], one = tree.run(id) ? cell(id, bx + 14, by + 48) : null;
      if (one) { tree.toggle(id); return go(tree.first(one) || now); }
      return toggle(id);
    }
    const frame = Object.entries(plan.frames).filter(([i, at]) => i !== "g" && on(at)).sort((a, b) => a[1][2] * a[1][3] - b[1][2] * b[1][3])[0];
    if (!frame) return undefined;
    const [own, [fx, fy]] = frame, one = tree.run(own) ? cell(own, fx + 12, fy + 28) : null;
    if (one && tree.first(one)) return go(tree.first(one));
    return py < fy + HEAD ? toggle(own) : undefined;
  }
  const toggle = (id) => { tree.toggle(id); moved = null; draw(); svg.dispatchEvent(new Event("folded")); };

  let held = null;
  svg.addEventListener("pointerdown", (e) => { held = { px: e.clientX, py: e.clientY, x, y, moved: false }; svg.setPointerCapture(e.pointerId); });
  svg.addEventListener("pointermove", (e) => {
    if (!held) return;
    held.moved = held.moved || Math.hypot(e.clientX - held.px, e.clientY - held.py) > 4;
    if (held.moved) { moved = [held.x - (e.clientX - held.px) / zoom, held.y - (e.clientY - held.py) / zoom]; draw(); }
  });
  svg.addEventListener("pointerup", (e) => {
    const still = held && !held.moved, area = svg.getBoundingClientRect();
    held = null;
    if (still) hit(x + (e.clientX - area.left - area.width / 2) / zoom, y + (e.clientY - area.top - area.height / 2) / zoom);
  });
  const scale = (f) => { scaled = Math.min(Math.max(scaled * f, 0.05), 4); draw(); };
  svg.addEventListener("wheel", (e) => {
    e.preventDefault();
    if (e.ctrlKey || e.metaKey) return scale(e.deltaY < 0 ? 1.15 : 1 / 1.15);
    moved = [x + e.deltaX / zoom, y + e.deltaY / zoom];
    return draw();
  }, { passive: false });
  const fit = () => {
    const { width, height } = tree.arranged(now).plan;
    scaled = 1; look_at(tree.arranged(now)); scaled = Math.min(cw / (width + 36), ch / (height + 70)) / zoom;
    moved = [width / 2, height / 2 - 8]; draw();
  };
  new ResizeObserver(() => { // a frame of a notebook may be hidden at first
    if (!svg.clientWidth || (svg.clientWidth === cw && svg.clientHeight === ch)) return;
    [cw, ch] = [svg.clientWidth, svg.clientHeight];
    draw();
  }).observe(svg);
  const again = (does) => () => { does(); moved = null; scaled = 1; draw(); svg.dispatchEvent(new Event("folded")); };
  return {
    show, draw, scale, fit, place: tree.place, closed: tree.closed, modules: tree.items.size > 1, all: again(tree.all), none: again(tree.none), first: again(tree.start),
    fold: () => { const id = tree.around(now); if (id) toggle(id); },
  };
}
