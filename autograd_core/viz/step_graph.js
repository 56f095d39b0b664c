"use strict";
// The graph and the strip of the stepper's page. Of a large graph only what the view shows is drawn: the boxes nearest to the cursor in
// full, the others as coloured rectangles, one path for each colour, so that the page stays at a few hundred elements.
const NS = "http://www.w3.org/2000/svg", FULL = 48, FRAMES = 40;

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

function stepGraph(data, svg, sizes, go) {
  const { boxes, lines, frames } = data.graph, look = data.look, boxOf = new Map();
  boxes.forEach((b, i) => { if (b[4]) boxOf.set(b[4], i); });
  const touching = boxes.map(() => []);
  lines.forEach((l, i) => { touching[l[0]].push(i); touching[l[1]].push(i); });
  let zoom = 1, x = data.graph.width / 2, y = data.graph.height, now = 0;

  const seen = (l, r, t, b) => (box) => box[0] < r && box[0] + box[2] > l && box[1] < b && box[1] + box[3] > t;
  const route = (p) => { let d = `M${p[0]} ${p[1]}`; for (let i = 2; i < p.length; i += 2) d += `l${p[i]} ${p[i + 1]}`; return d; };

  function draw() {
    const w = (svg.clientWidth || 500) / zoom, h = (svg.clientHeight || 500) / zoom, l = x - w / 2, t = y - h / 2;
    svg.setAttribute("viewBox", `${l.toFixed(1)} ${t.toFixed(1)} ${w.toFixed(1)} ${h.toFixed(1)}`);
    const here = seen(l, l + w, t, t + h), list = [], far = (b) => Math.hypot(b[0] + b[2] / 2 - x, b[1] + b[3] / 2 - y);
    boxes.forEach((b, i) => { if (here(b)) list.push(i); });
    if (list.length > FULL) list.sort((a, b) => far(boxes[a]) - far(boxes[b]) || a - b);
    const whole = zoom < 0.4 ? [] : list.slice(0, FULL), rest = zoom < 0.4 ? list : list.slice(FULL), parts = [];
    for (const f of frames.filter(here).sort((a, b) => b[2] * b[3] - a[2] * a[3]).slice(0, FRAMES)) {
      parts.push(make("rect", { class: "frame", x: f[0], y: f[1], width: f[2], height: f[3], rx: 7 }));
      if (zoom >= 0.4) parts.push(make("text", { class: "s", x: f[0] + 10, y: f[1] + 19 }, data.texts[f[4]]));
    }
    const flow = [], hot = [], b = boxOf.get(now);
    for (const i of new Set(list.flatMap((i) => touching[i]))) (lines[i][0] === b || lines[i][1] === b ? hot : flow).push(route(lines[i][2]));
    parts.push(make("path", { class: "flow", d: flow.join("") }), make("path", { class: "hot", d: hot.join("") }));
    const groups = new Map();
    for (const i of rest) {
      const fill = (boxes[i][4] && boxes[i][4] <= now && heat(sizes[boxes[i][4]], look)) || "var(--pill)";
      groups.set(fill, (groups.get(fill) || "") + `M${boxes[i][0]} ${boxes[i][1]}h${boxes[i][2]}v${boxes[i][3]}h${-boxes[i][2]}z`);
    }
    for (const [fill, d] of [...groups].sort()) parts.push(make("path", { d, style: `fill:${fill}` }));
    for (const i of whole.sort((a, b) => a - b)) parts.push(box(boxes[i]));
    if (b !== undefined && rest.includes(b)) parts.push(make("rect", { class: "now", style: "fill:none;stroke-width:" + 4 / zoom, x: boxes[b][0], y: boxes[b][1], width: boxes[b][2], height: boxes[b][3] }));
    svg.replaceChildren(...parts);
  }

  function box([bx, by, w, h, k, family, text]) {
    const g = make("g", { class: "b", transform: `translate(${bx} ${by})` });
    g.dataset.k = k;
    const fill = k && k <= now ? heat(sizes[k], look) : null, dark = fill && look.dark.has(fill);
    g.append(make("rect", { class: k && k === now ? "box now" : "box", width: w, height: h, rx: 5, ...(fill ? { style: `fill:${fill}` } : {}) }));
    if (family >= 0) g.append(make("rect", { width: 7, height: h, rx: 3, fill: data.families[family][1] }));
    const ink = fill ? (dark ? "fill:#fff" : "fill:#14181d") : "", [title, aside, ...more] = text.map((i) => data.texts[i]);
    g.append(make("text", { x: 15, y: 18, style: `font-weight:600;${ink}` }, aside ? `${title}  ${aside}` : title));
    more.forEach((line, i) => { if (33 + 16 * i < h) g.append(make("text", { class: "s", x: 15, y: 34 + 16 * i, style: ink }, line)); });
    return g;
  }

  function show(k) {
    now = k;
    const b = boxes[boxOf.get(k) ?? boxOf.get(1) ?? 0];
    if (b) { x = b[0] + b[2] / 2; y = b[1] + b[3] / 2; }
    draw();
  }

  let held = null;
  svg.addEventListener("pointerdown", (e) => { held = { px: e.clientX, py: e.clientY, x, y, moved: false }; svg.setPointerCapture(e.pointerId); });
  svg.addEventListener("pointermove", (e) => {
    if (!held) return;
    held.moved = held.moved || Math.hypot(e.clientX - held.px, e.clientY - held.py) > 4;
    if (held.moved) { x = held.x - (e.clientX - held.px) / zoom; y = held.y - (e.clientY - held.py) / zoom; draw(); }
  });
  svg.addEventListener("pointerup", (e) => {
    const still = held && !held.moved;
    held = null;
    if (!still) return;
    const area = svg.getBoundingClientRect(), px = x + (e.clientX - area.left - area.width / 2) / zoom, py = y + (e.clientY - area.top - area.height / 2) / zoom;
    const hit = boxes.find((b) => b[4] && px >= b[0] && px <= b[0] + b[2] && py >= b[1] && py <= b[1] + b[3]);
    if (hit) go(hit[4]);
  });
  const scale = (f) => { zoom = Math.min(Math.max(zoom * f, 0.02), 3); draw(); };
  svg.addEventListener("wheel", (e) => { e.preventDefault(); scale(e.deltaY < 0 ? 1.15 : 1 / 1.15); }, { passive: false });
  const fit = () => {
    zoom = Math.min((svg.clientWidth || 500) / (data.graph.width + 40), (svg.clientHeight || 500) / (data.graph.height + 40), 1);
    x = data.graph.width / 2; y = data.graph.height / 2; draw();
  };
  return { show, draw, scale, fit };
}

// The strip of all steps: the size of the gradient on a logarithmic scale, flags, breakpoints, the cursor.
function stepStrip(data, canvas, sizes, breaks, go) {
  const look = data.look, front = canvas.getContext("2d"), under = document.createElement("canvas"), pen = under.getContext("2d");
  const place = (size) => typeof size === "string" ? 1 : size === 0 ? 0.02 : Math.min(Math.max((Math.log10(size) - look.low) / (look.high - look.low), 0.02), 1);
  let now = 0, drawn = false;

  function background() {
    const w = canvas.clientWidth, h = canvas.clientHeight, ratio = devicePixelRatio || 1;
    canvas.width = under.width = Math.round(w * ratio); canvas.height = under.height = Math.round(h * ratio);
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, w, h);
    const wide = w / data.n, line = getComputedStyle(document.body).getPropertyValue("--line");
    for (let k = 1; k <= data.n; k++) {
      const tall = place(sizes[k]) * (h - 12);
      pen.fillStyle = heat(sizes[k], look) || "#888";
      pen.fillRect((k - 1) * wide, h - tall, Math.max(wide - (wide > 4 ? 1 : 0), 0.7), tall);
      if (wide > 4) { pen.strokeStyle = line; pen.lineWidth = 0.5; pen.strokeRect((k - 1) * wide, h - tall, wide - 1, tall); }
    }
    for (const [k, kind] of data.flags) { pen.fillStyle = kind === "healed" ? "#009E73" : look.bad; pen.fillRect((k - 0.5) * wide - 1.5, 0, 3, 9); }
    pen.fillStyle = "#0072B2";
    for (const k of breaks) { pen.beginPath(); pen.arc((k - 0.5) * wide, 6, 3.5, 0, 7); pen.fill(); }
    front.setTransform(ratio, 0, 0, ratio, 0, 0);
    drawn = true;
  }

  function show(k, again) {
    now = k;
    if (!drawn || again) background();
    const w = canvas.clientWidth, h = canvas.clientHeight, wide = w / data.n;
    front.clearRect(0, 0, w, h);
    front.drawImage(under, 0, 0, w, h);
    front.fillStyle = getComputedStyle(document.body).color;
    front.fillRect(k ? (k - 0.5) * wide - 1 : 0, 0, 2, h);
    canvas.setAttribute("aria-valuemax", data.n);
    canvas.setAttribute("aria-valuenow", k);
  }
  const at = (e) => go(Math.max(0, Math.min(data.n, Math.ceil((e.offsetX / canvas.clientWidth) * data.n))));
  let held = false;
  canvas.addEventListener("pointerdown", (e) => { held = true; canvas.setPointerCapture(e.pointerId); at(e); });
  canvas.addEventListener("pointermove", (e) => { if (held) at(e); });
  canvas.addEventListener("pointerup", () => { held = false; });
  addEventListener("resize", () => show(now, true));
  return { show };
}
