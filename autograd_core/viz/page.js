"use strict";
// The page of a drawing: opens and closes modules, shows what a box says when it is clicked, zooms. Needs no network and no kernel.
(async () => {
  const source = document.getElementById("data").textContent.trim();
  const raw = source[0] === "{" ? source : await new Response(
    new Blob([Uint8Array.from(atob(source), (c) => c.charCodeAt(0))]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
  const data = JSON.parse(raw), NS = "http://www.w3.org/2000/svg", $ = (id) => document.getElementById(id);
  const { modules, boxes, flows, look } = data, open = new Set(data.open), above = new Map(), MARGIN = 18;
  for (const m of Object.values(modules)) for (const i of m.items) above.set(i, m.id);
  const MANY = 1500;
  let sideways = data.sideways, zoom = 1, now = null;

  const esc = (t) => t.replace(/[&<>"']/g, (c) => "&#" + c.charCodeAt(0) + ";");
  const hot = (g) => g === null ? null : typeof g === "string" ? look.bad : g === 0 ? look.zero
    : look.ramp[Math.min(Math.max(Math.floor(Math.log10(g)) - look.low, 0), look.ramp.length - 1)];

  function visible() {
    const showing = new Map(), root = { id: "g", items: [], title: 0, strip: 0, header: 0 }, frames = new Map([["g", root]]), shown = [];
    const holder = (box) => {
      if (!showing.has(box)) {
        let found = box;
        for (let at = above.get(box); at; at = above.get(at)) if (at !== "g" && !open.has(at) && !modules[at].merged) found = at;
        showing.set(box, found);
      }
      return showing.get(box);
    };
    const stack = [...modules.g.items].reverse().map((i) => ["g", i]);
    while (stack.length) {
      const [frame, item] = stack.pop(), m = modules[item];
      if (!m) { shown.push(item); frames.get(frame).items.push(item); }
      else if (m.merged) stack.push(...[...m.items].reverse().map((i) => [frame, i]));
      else if (open.has(item)) {
        const f = { id: item, items: [], title: m.head[0], strip: m.head[1], header: m.header };
        frames.set(item, f); frames.get(frame).items.push(f);
        stack.push(...[...m.items].reverse().map((i) => [item, i]));
      } else { shown.push(item); frames.get(frame).items.push(item); }
    }
    const merged = new Map();
    for (const [s, t, key, wide, note, label, grad] of flows) {
      const a = holder(s), b = holder(t), name = a + " " + b + " " + key;
      if (a === b) continue;
      const known = merged.get(name);
      if (!known) merged.set(name, { source: a, target: b, key: a + ":" + key, wide, note, label, grad });
      else if (grad !== null) known.grad = typeof grad === "string" || typeof known.grad === "string" ? "NaN" : Math.hypot(known.grad || 0, grad);
    }
    return { root, shown, edges: [...merged.values()] };
  }

  const f0 = (x) => x.toFixed(0), f1 = (x) => x.toFixed(1);
  function curve(line) {
    let [x, y] = line[0], out = `M${f0(x)} ${f0(y)}`;
    for (const [u, v] of line.slice(1)) {
      if (sideways ? v === y : u === x) out += sideways ? `H${f0(u)}` : `V${f0(v)}`;
      else if (sideways) { const m = f0((x + u) / 2); out += `C${m} ${f0(y)} ${m} ${f0(v)} ${f0(u)} ${f0(v)}`; }
      else { const m = f0((y + v) / 2); out += `C${f0(x)} ${m} ${f0(u)} ${m} ${f0(u)} ${f0(v)}`; }
      [x, y] = [u, v];
    }
    return out;
  }
  function tip(x, y, size) {
    const s = Math.abs(size), k = size > 0 ? 0.55 : 0.6, d = size > 0 ? -s : s;
    return sideways ? `M${f0(x)} ${f0(y)}l${d} ${f1(-s * k)}v${f1(2 * s * k)}z` : `M${f0(x)} ${f0(y)}l${f1(-s * k)} ${d}h${f1(2 * s * k)}z`;
  }
  function edgeText(e, line) {
    const path = curve(line), [x0, y0] = line[0], [x, y] = line[line.length - 1], paint = hot(e.grad);
    let out = `<g><title>${esc(e.note)}</title><path class="e" d="${path}" stroke-width="${e.wide}"/><path class="tip" d="${tip(x, y, 6)}"/>`;
    if (typeof e.grad === "string") out += `<path d="${path}" stroke="${look.bad}" stroke-width="${e.wide}" stroke-dasharray="4 3" fill="none"/>`;
    if (paint) out += `<path class="up" d="${tip(x0, y0, -8)}" fill="${paint}"/>`;
    return out + "</g>";
  }
  function labelPlaces(edges, lines) {
    const leaving = new Map(), arriving = new Map(), found = new Map();
    for (const e of edges) leaving.set(e.source, (leaving.get(e.source) || 0) + 1);
    edges.forEach((e, k) => {
      const line = lines[k], [x, y] = line[0], [u, v] = line[line.length - 1];
      if (!e.label) return;
      if (leaving.get(e.source) === 1) found.set(k, sideways ? [x + 12, y + (v < y ? 14 : -5), "start"] : [x + (u <= x ? 9 : -9), y + 13, u <= x ? "start" : "end"]);
      else arriving.set(e.target, [...(arriving.get(e.target) || []), [sideways ? v : u, k]]);
    });
    for (const ends of arriving.values())
      ends.sort((a, b) => a[0] - b[0] || a[1] - b[1]).forEach(([, k], place) => {
        const [x, y] = lines[k][lines[k].length - 1], before = place < (ends.length + (sideways ? 1 : 0)) >> 1;
        found.set(k, sideways ? [x - 10, y + (before ? -5 : 14), "end"] : [x + (before ? -7 : 7), y - 7, before ? "end" : "start"]);
      });
    return found;
  }
  const labelText = (e, [x, y, end]) => `<text class="t halo" x="${f0(x)}" y="${f0(y)}" text-anchor="${end}">${esc(e.label)}</text>`;
  function frameText(m, [x, y, w, h]) {
    const rect = (d) => `<rect class="fr" x="${f0(x + d)}" y="${f0(y + d)}" width="${f0(w)}" height="${f0(h)}" rx="9"/>`;
    const way = `<path class="e" d="M${f0(x + 20)} ${f0(y + h - 7)}H${f0(x + 11)}a4 4 0 0 1 -4 -4V${f0(y + 42)}a4 4 0 0 1 4 -4h3" stroke-dasharray="3 3" stroke-width="1.3"/>`;
    const back = m.carried ? `<g><title>${esc(m.carried)}</title>${way}<path class="tip" d="M${f0(x + 20)} ${f0(y + 38)}l-7 -4v8z"/></g>` : "";
    return (m.run ? rect(6) + rect(3) : "") + rect(0) + back;
  }
  function titleText(m, [x, y, w]) {
    const strip = m.strip ? `<g transform="translate(${f0(w - m.stripWidth - 12)} 10)">${m.strip}</g>` : "";
    return `<g data-g="${m.id}" tabindex="0" role="button" aria-expanded="true" class="click" transform="translate(${f0(x)} ${f0(y)})"><title>${esc(m.note)}</title>` +
      `<rect width="${f0(w)}" height="28" fill="transparent"/><text class="t b" x="12" y="20">${esc("▾ " + m.title)}` +
      `<tspan class="s small" dx="8">${esc(m.chosen === undefined ? m.aside : "piece " + (m.chosen + 1))}</tspan></text>${strip}</g>`;
  }
  function boxText(id, [x, y]) {
    const m = modules[id], b = m || boxes[id];
    const act = m ? `data-g="${id}" aria-expanded="false"` : `data-o="${id}"`;
    return `<g ${act} tabindex="0" role="button" class="click" transform="translate(${f0(x)} ${f0(y)})"><title>${esc(b.note)}</title>${b.svg}</g>`;
  }

  function draw() {
    const { root, shown, edges } = visible(), sizes = {};
    for (const i of shown) { const b = modules[i] || boxes[i]; sizes[i] = [b.w, b.h]; }
    const longest = Math.max(0, ...flows.map((f) => f[7])), between = !longest ? BETWEEN : sideways ? Math.floor(longest + 0.5) + 26 : BETWEEN + 14;
    const plan = arrange(root, sizes, edges, sideways, between);
    now = { plan, edges, shown, places: labelPlaces(edges, plan.lines), painted: "" };
    const width = plan.width + 2 * MARGIN, height = plan.height + 2 * MARGIN;
    $("view").innerHTML = `<svg xmlns="${NS}" id="graph" viewBox="0 0 ${f0(width)} ${f0(height)}" data-w="${f0(width)}" data-h="${f0(height)}">` +
      `<style>${data.css}</style>${data.defs}<g id="drawn" transform="translate(${MARGIN} ${MARGIN})"></g></svg>`;
    scale();
    $("count").textContent = `${shown.length} boxes of ${data.operations} operations`;
  }
  // of a large picture only what is in sight, and somewhat more, is in the document
  function paint() {
    const { plan, edges, shown, places } = now, view = $("view"), all = shown.length + edges.length < MANY;
    const step = 400, x0 = Math.floor(view.scrollLeft / zoom / step) * step, y0 = Math.floor(view.scrollTop / zoom / step) * step;
    const sight = all ? "all" : [x0, y0, view.clientWidth / zoom, view.clientHeight / zoom].join();
    if (sight === now.painted) return;
    now.painted = sight;
    const x1 = x0 + view.clientWidth / zoom + 2 * step, y1 = y0 + view.clientHeight / zoom + 2 * step;
    const seen = (a, b, c, d) => all || (a < x1 && c > x0 - step && b < y1 && d > y0 - step);
    const box = ([x, y, w, h]) => seen(x, y, x + w, y + h);
    const line = (l) => all || seen(Math.min(...l.map((p) => p[0])), l[0][1], Math.max(...l.map((p) => p[0])) + 1, l[l.length - 1][1] + 1);
    const frames = Object.entries(plan.frames).filter(([i, at]) => i !== "g" && box(at));
    $("drawn").innerHTML = frames.map(([i, at]) => frameText(modules[i], at))
      .concat(edges.map((e, k) => (line(plan.lines[k]) ? edgeText(e, plan.lines[k]) : "")))
      .concat(frames.map(([i, at]) => titleText(modules[i], at)))
      .concat(shown.map((i) => (box(plan.boxes[i]) ? boxText(i, plan.boxes[i]) : "")))
      .concat([...places].map(([k, at]) => (line(plan.lines[k]) ? labelText(edges[k], at) : ""))).join("");
  }
  function scale() {
    const svg = $("graph");
    svg.setAttribute("width", svg.dataset.w * zoom); svg.setAttribute("height", svg.dataset.h * zoom);
    paint();
  }
  const place = (id) => { const g = document.querySelector(`[data-g="${id}"]`); return g ? g.getBoundingClientRect() : null; };
  function toggle(id) {
    const before = place(id);
    if (open.has(id)) open.delete(id); else open.add(id);
    draw();
    const after = place(id), view = $("view");
    if (before && after) { view.scrollLeft += after.left - before.left; view.scrollTop += after.top - before.top; }
    const g = document.querySelector(`[data-g="${id}"]`);
    if (g) g.focus({ preventScroll: true });
  }
  // another piece of a run in the place of the one that is drawn: same boxes, its own numbers
  function choose(run, k) {
    const piece = (data.pieces[run] || [])[k];
    if (!piece) return;
    for (const [id, [note, svg]] of Object.entries(piece)) Object.assign(boxes[id], { note, svg });
    modules[run].chosen = k;
    if (!open.has(run)) open.add(run);
    draw();
  }
  function say(text) { $("said").textContent = text; $("said").hidden = !text; }
  function act(event) {
    const at = event.target.closest("[data-g],[data-o]");
    if (!at) return say("");
    const title = event.target.querySelector && event.target.querySelector(":scope>title");
    if (event.type === "click" && title && event.target !== at) {
      say(title.textContent);
      if (event.target.dataset.piece !== undefined && at.dataset.g) choose(at.dataset.g, +event.target.dataset.piece);
      return;
    }
    if (at.dataset.g) { say((modules[at.dataset.g] || {}).note || ""); toggle(at.dataset.g); } else say(boxes[at.dataset.o].note);
  }
  $("view").addEventListener("click", act);
  $("view").addEventListener("keydown", (e) => { if (e.key === "Enter" || e.key === " ") { e.preventDefault(); act(e); } });
  $("view").addEventListener("wheel", (e) => { if (e.ctrlKey) { e.preventDefault(); zoom = Math.min(Math.max(zoom * (e.deltaY < 0 ? 1.15 : 1 / 1.15), 0.1), 4); scale(); } }, { passive: false });
  $("view").addEventListener("scroll", () => requestAnimationFrame(paint));
  window.addEventListener("resize", () => requestAnimationFrame(paint));
  const inner = Object.values(modules).filter((m) => m.id !== "g" && !m.merged).map((m) => m.id);
  const buttons = {
    all: () => { for (const i of inner) open.add(i); draw(); }, none: () => { open.clear(); draw(); },
    first: () => { open.clear(); for (const i of data.open) open.add(i); draw(); }, turn: () => { sideways = !sideways; draw(); },
    fit: () => { const svg = $("graph"), view = $("view"); zoom = Math.min((view.clientWidth - 4) / svg.dataset.w, 1.5); scale(); },
    more: () => { zoom = Math.min(zoom * 1.25, 4); scale(); }, less: () => { zoom = Math.max(zoom / 1.25, 0.1); scale(); },
  };
  for (const [id, run] of Object.entries(buttons)) $(id).addEventListener("click", run);
  $("bar").hidden = false;
  draw();
  // at first as large as is there, half the size at least; in a frame that is not shown yet, once it is
  const arrive = () => {
    const wide = $("view").clientWidth, share = (wide - 4) / $("graph").dataset.w;
    if (wide < 50) return window.addEventListener("resize", arrive, { once: true });
    if (share < 1) { zoom = Math.max(share, 0.5); scale(); }
    if (share < 0.5) { $("view").scrollLeft = (now.plan.boxes[now.shown[0]][0] + MARGIN) * zoom - wide / 2; paint(); }
  };
  arrive();
})();
