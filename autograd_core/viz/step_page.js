"use strict";
// The stepper's page: a cursor over recorded steps. It computes no gradient; every number was written by the engine. Names of the user's
// only ever become text, never markup.
(async () => {
  const text64 = atob(document.getElementById("data").textContent.trim()), packed = new Uint8Array(text64.length);
  for (let i = 0; i < text64.length; i++) packed[i] = text64.charCodeAt(i);
  const data = JSON.parse(await new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"))).text());
  const rows = (columns) => (columns[0] || []).map((_, i) => columns.map((c) => c[i]));
  for (const name of ["steps", "stats", "layers"]) data[name] = rows(data[name]);
  for (const name of ["boxes", "groups", "lines"]) data.graph[name] = rows(data.graph[name]);
  const $ = (id) => document.getElementById(id), { texts, steps, stats, values, scopes, n } = data, look = data.look;
  const sizes = [0], breaks = new Set(data.breaks), flagged = [...new Set(data.flags.map((f) => f[0]))].sort((a, b) => a - b);
  let k = 0, slot = 0, element = 0, digits = 4, playing = 0, tab = "", rate = 0.01, byModule = false, room = $("panel").clientWidth || 380;

  // Which heat colours want white ink, by relative luminance.
  const bright = (c) => [1, 3, 5].map((i) => parseInt(c.slice(i, i + 2), 16) / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  look.dark = new Set([...look.ramp, look.bad, look.zero].filter((c) => bright(c) < 0.19));
  for (const s of steps) {
    const all = s[3].filter((i) => i >= 0).map((i) => stats[i][1]);
    sizes.push(all.find((v) => typeof v === "string") ?? Math.max(0, ...all));
  }

  const number = (v, d = digits) => {
    if (typeof v === "string") return { nan: "NaN", inf: "∞", "-inf": "−∞" }[v] || v;
    if (d > 8) return String(v).replace(/-/g, "−");
    const text = v === 0 ? "0" : String(Number(v.toPrecision(d)));
    return (text.length > d + 6 ? v.toExponential(d - 1).replace(/\.?0+e/, "e").replace("e+", "e") : text).replace(/-/g, "−");
  };
  const factor = (v, d) => { const t = number(v, d); return t[0] === "−" ? `(${t})` : t; };
  const el = (kind, inside, name) => {
    const it = document.createElement(kind);
    if (name) it.className = name;
    it.append(...(Array.isArray(inside) ? inside : inside === undefined ? [] : [inside]));
    return it;
  };
  const dot = (size) => { const it = el("span", undefined, "dot"); it.style.background = heat(size, look) || "transparent"; return it; };
  // Rules are MathML that the library wrote from its own declarations, with every character escaped.
  const law = (rule, name) => {
    const it = el("div", undefined, "law");
    it.innerHTML = `<math><mfrac><mrow><mo>∂</mo><mi>L</mi></mrow><mrow><mo>∂</mo><mi></mi></mrow></mfrac><mo>=</mo></math> ${rule[1]}`;
    it.querySelector("mfrac mrow:nth-child(2) mi").textContent = rule[0];
    for (const mi of it.querySelectorAll("mi")) if (/^g(_|$)/.test(mi.textContent)) mi.classList.add("u");
    it.title = rule[2];
    it.append(el("span", [el("span", "g", "u"), " is the gradient that came", ...(name === rule[0] ? [] : [`; ${rule[0]} is `, el("b", name)])], "soft"));
    return it;
  };

  // arrivals: value -> [step, statistics] of each contribution; arrived(value, k) is what has come of it
  const arrivals = new Map();
  steps.forEach((s, i) => s[4].forEach((p) => { if (!arrivals.has(p[0])) arrivals.set(p[0], []); arrivals.get(p[0]).push([i + 1, p[3]]); }));
  const arrived = (value, at) => {
    const list = (arrivals.get(value) || []).filter((a) => a[0] <= at), known = values[value];
    const bad = list.map((a) => stats[a[1]][4]).find((v) => typeof v === "string");
    return { some: list.length > 0, all: known && list.length === known[2], size: known && known[3] !== null ? known[3] : list.length ? stats[list.at(-1)[1]][1] : null,
      sum: bad ?? (list.length ? list.reduce((sum, a) => sum + stats[a[1]][4], 0) : null) };
  };
  arrived.single = (at) => { const i = steps[at - 1][3].find((v) => v >= 0); return i === undefined ? null : stats[i][4]; };

  const scopeAt = (i) => (i >= 1 && i <= n ? scopes[steps[i - 1][1]] : scopes[0] || [[], []]);
  const moduleOf = (i) => { const names = scopeAt(i)[0]; return names.length ? texts[names.at(-1)] : ""; };

  function go(to, part) {
    k = Math.max(0, Math.min(n, to));
    slot = part ?? Math.max(0, k ? steps[k - 1][4].findIndex((p) => !values[p[0]][1]) : 0);
    element = 0;
    render();
    try { history.replaceState(null, "", `#k=${k}`); } catch { /* a page without an address, as in a notebook */ }
  }
  function over(direction) {
    const inside = graph.place(direction > 0 ? k + 1 : k);
    let at = k + direction;
    while (inside !== undefined && at > 0 && at < n && graph.place(direction > 0 ? at + 1 : at) === inside) at += direction;
    go(at);
  }
  const move = (way, other) => (byModule !== Boolean(other) ? over(way) : go(k + way));
  const next = (list, way) => (way > 0 ? list.find((v) => v > k) : [...list].reverse().find((v) => v < k));
  const run = (way) => go(next([...breaks].sort((a, b) => a - b), way) ?? (way > 0 ? n : 0));
  const flag = (way) => { const to = next(flagged, way); if (to !== undefined) go(to); };
  const mark = () => { if (!k) return; breaks.has(k) ? breaks.delete(k) : breaks.add(k); strip.show(k, true); $("mark").classList.toggle("on", breaks.has(k)); };
  function by(modules) {
    byModule = modules;
    $("bymodule").classList.toggle("on", modules); $("byop").classList.toggle("on", !modules);
  }
  function play(on) {
    clearInterval(playing);
    playing = on ? setInterval(() => { const from = k; move(1); if (k === from || k >= n || [...breaks].some((b) => b > from && b <= k)) play(false); }, 650) : 0;
    $("play").textContent = playing ? "pause" : "play";
  }

  const graph = stepGraph(data, $("picture"), sizes, arrived, go), strip = stepStrip(data, $("time"), sizes, breaks, go), layers = stepLayers(data, go);

  function render() {
    const s = k ? steps[k - 1] : null, parts = s ? s[4] : [];
    $("place").textContent = `step ${k} of ${n}`;
    const [names, kinds] = scopeAt(k);
    $("path").textContent = s ? names.map((t, i) => [texts[kinds[i]], texts[t] && `(${texts[t].split(".").at(-1)})`].filter(Boolean).join(" ")).join("  ›  ") || "outside of modules" : "the seed: no step has been taken yet";
    $("what").replaceChildren(s ? texts[s[0]] : "The loss", ...(s && moduleOf(k) ? [el("small", moduleOf(k))] : []));
    $("flags").textContent = data.flags.filter((f) => f[0] === k).map((f) => "⚑ " + f[2]).join("\n");
    $("mark").classList.toggle("on", breaks.has(k));
    $("story").replaceChildren(...(s ? story(s, parts) : ["Backward begins here: the loss changes with itself one to one, ", el("b", `∂L/∂L = ${number(data.seed)}`),
      ". Each step takes one operation, from the last to the first, and passes the gradient on to its inputs by the chain rule. Press ", el("b", "→"), "."]));
    $("rule").replaceChildren(...(s ? equation(parts) : []));
    $("lower").hidden = false;
    $("tensors").replaceChildren(...(s ? [...s[3].map((i, o) => i >= 0 ? tensor(i, [el("b", "came", "u"), ` to the output${s[3].length > 1 ? ` ${o}` : ""}`]) : ""),
      ...parts.map((p, i) => tensor(p[3], ["goes to ", el("b", texts[p[1]])], p, i))] : [el("p", "none yet", "soft")]));
    panel();
    graph.show(k);
    strip.show(k);
  }

  function story(s, parts) {
    const names = parts.map((p) => texts[p[1]]), all = names.length > 1 ? `${names.slice(0, -1).join(", ")} and ${names.at(-1)}` : names[0];
    if (!parts.length) return ["The gradient of the output has come. None of the inputs needs one: it ends here."];
    const done = s[5].length ? ` With it the gradient of ${s[5].length > 1 ? `${s[5].length} parameters` : nameOf(values[s[5][0]])} is complete.` : "";
    return [`The gradient of the output has come. The rule of ${texts[s[0]]} passes it on to ${all}.${done}`];
  }

  function equation(parts) {
    if (!parts.length) return [];
    const part = parts[Math.min(slot, parts.length - 1)], [, name, , , rule, equations] = part, out = [], own = data.rules[rule];
    if (parts.length > 1) {
      out.push(el("div", [el("span", "its rule for", "soft"), ...parts.map((p, i) => {
        const b = el("button", texts[p[1]], i === slot ? "on" : "");
        b.onclick = () => { slot = i; element = 0; render(); };
        return b;
      })], "tabs"));
    }
    out.push(law(own, texts[name]));
    const e = equations[Math.min(element, equations.length - 1)];
    if (!e) return [...out, ...gain(part)];
    const [target, terms, more, rest, total, before, after, count, of, linear, notes, , given] = e, count_ = terms.length + more;
    const flow = [];
    if (linear && terms.length) {
      const [un, u, sn, d] = terms.reduce((a, b) => (Math.abs(b[1] * b[3]) > Math.abs(a[1] * a[3]) ? b : a));
      flow.push(three(`upstream ${texts[un]}`, u, "u"), el("i", "×"), three(`local derivative ${texts[sn]}`, d, "d"), el("i", "="));
      if (count_ > 1) flow.push(three(`largest of ${count_} terms`, product(u, d)), el("i", "…"));
    }
    flow.push(three(count_ > 1 && linear ? `all ${count_}: the contribution` : "contribution", total, "", "sum"));
    if (of > 1) flow.push(el("i", "+="), three(`gradient after ${count} of ${of}`, after));
    out.push(el("div", flow, "three"));
    const shown = [el("small", linear ? `${texts[target]} ${of > 1 ? "+=" : "="} ${terms.map((t) => texts[t[0]] + " · " + texts[t[2]]).join(" + ") || "0"}${more ? ` + ${more} more` : ""}` : texts[target])];
    if (linear) {
      // where large terms cancel they need more digits, for the sum to be right to those of the result
      const largest = Math.max(0, Math.abs(rest), ...terms.map((t) => Math.abs(t[1] * t[3]))), whole = Math.abs(total);
      const fine = largest > whole && whole && isFinite(largest) ? Math.max(digits, Math.min(digits + Math.ceil(Math.log10(largest / whole)), 9)) : digits;
      terms.forEach((t, i) => shown.push(i ? " + " : "", el("span", factor(t[1], fine), "u"), " · ", el("span", factor(t[3], fine), "d")));
      if (more) shown.push(` + (${more} more: ${number(rest, fine)})`);
      else if (typeof rest === "number" && typeof total === "number" && Math.abs(rest) > Math.abs(total) * 10 ** -digits) shown.push(` + (rounding: ${number(rest)})`);
      if (!terms.length) shown.push("0");
    }
    shown.push(el("b", ` = ${number(total)}`));
    if (given.length) shown.push(el("small", `with ${given.map(([text, v]) => `${texts[text]} = ${number(v)}`).join(", ")}`));
    const eq = el("div", shown, "eq");
    eq.id = "equation";
    eq.dataset.total = total;
    out.push(eq);
    if (of > 1) {
      out.push(el("p", before === null ? `The first of ${of} contributions to this gradient: it is now ${number(after)}.`
        : `Contribution ${count} of ${of} to this gradient, which are added up: ${number(before)} + ${factor(total)} = ${number(after)}.`, "soft"));
    }
    for (const note of equations[0][10]) out.push(el("p", texts[note], "note"));
    return out;
  }
  const product = (u, d) => (typeof u === "string" || typeof d === "string" ? "nan" : u * d);
  const three = (label, value, name, whole) => el("div", [el("b", label), el("span", number(value), name)], whole);
  // where the page holds no equation: how the size changes
  function gain(part) {
    const came = sizes[k], went = stats[part[3]][1], known = typeof came === "number" && typeof went === "number" && came > 0;
    return [el("div", [three("size of what came", came, "u"), el("i", known ? "×" : "→"), ...(known ? [three("gain", went / came, "d"), el("i", "=")] : []),
      three(`size of what goes to ${texts[part[1]]}`, went, "", "sum")], "three"), el("p", `Steps are many: the numbers of this one are not in the page. s.goto(${k}).explain() has them.`, "soft")];
  }

  function tensor(i, label, part, at) {
    const [shape, size, least, most, mean, zeros, nans, infs, elements, bins, picture] = stats[i], shown = data.shapes[shape];
    const words = [el("p", [dot(size), ...label, el("span", `   ${shown}`, "soft")])], single = elements === 1;
    const bad = nans || infs ? ` · ${nans ? `${nans} NaN ` : ""}${infs ? `${infs} infinite` : ""}` : "";
    words.push(el("p", (single ? `= ${number(nans ? "nan" : infs ? "inf" : least)}` : `size ${number(size, 3)}, from ${number(least, 3)} to ${number(most, 3)}`)
      + (zeros && !single ? ` · ${Math.round((1000 * zeros) / elements) / 10} % are 0` : "") + bad, "soft"));
    const seen = [];
    if (picture && !single) seen.push(sheet(picture, part, at));
    if (bins.length && elements > 12) seen.push(histogram(bins));
    if (seen.length) words.push(el("div", seen));
    return el("div", words, "tensor");
  }

  // element of the flat picture -> index in the tensor's own shape
  const flatten = (index, part) => {
    const dims = data.shapes[stats[part[3]][0]].split("×").map(Number);
    return index.reduce((flat, v, d) => flat * (index.length === dims.length ? dims[d] : 1) + v, 0);
  };
  const paper = (width, height) => {
    const it = el("canvas"), ratio = devicePixelRatio || 1, pen = it.getContext("2d");
    it.width = Math.round(width * ratio); it.height = Math.round(height * ratio);
    it.style.width = `${width}px`; it.style.height = `${height}px`;
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    return [it, pen];
  };
  const shade = (share) => {
    const [r, g, b] = share < 0 ? [44, 77, 158] : [171, 42, 30], a = Math.min(Math.abs(share), 1) ** 0.8;
    return `rgb(${Math.round(255 - a * (255 - r))},${Math.round(255 - a * (255 - g))},${Math.round(255 - a * (255 - b))})`;
  };
  // the numbers as colours, and as numbers where there is room
  function sheet([height, width, cells, most], part, at) {
    const given = Array.isArray(cells), told = given && width <= 5 && height <= 8;
    const space = innerWidth > 1380 ? 250 : 170, sx = told ? 58 : Math.max(4, Math.min(18, Math.floor(space / width))), sy = told ? 20 : Math.max(4, Math.min(sx, Math.floor((space * 0.85) / height)));
    const [it, pen] = paper(width * sx, height * sy), top = given ? Math.max(1e-300, ...cells.filter((v) => typeof v === "number").map(Math.abs)) : most;
    pen.font = `11.5px ${FACE}`; pen.textAlign = "center"; pen.textBaseline = "middle";
    for (let r = 0; r < height; r++) for (let c = 0; c < width; c++) {
      const v = given ? cells[r * width + c] : cells.charCodeAt(r * width + c) - 76;
      const share = given ? (typeof v === "string" ? NaN : v / top) : v > 40 ? NaN : v / 40;
      pen.fillStyle = Number.isNaN(share) ? "#7b1fa2" : shade(share);
      pen.fillRect(c * sx, r * sy, sx, sy);
      if (told) { pen.fillStyle = Number.isNaN(share) || Math.abs(share) > 0.62 ? "#fff" : "#14181d"; pen.fillText(number(v, 3), (c + 0.5) * sx, (r + 0.5) * sy); }
    }
    const chosen = part && given && at === slot ? part[5][Math.min(element, part[5].length - 1)] : null;
    if (chosen) {
      const flat = flatten(chosen[11], part), x = (flat % width) * sx, y = Math.floor(flat / width) * sy;
      for (const [ink, line] of [["#fff", 3.4], ["#14181d", 1.6]]) { pen.strokeStyle = ink; pen.lineWidth = line; pen.strokeRect(x + 1, y + 1, sx - 2, sy - 2); }
    }
    it.title = given ? `${height}×${width}: ${cells.map((v) => number(v, 3)).join("  ")}` : `blue −${number(most, 3)}, white 0, red ${number(most, 3)}`;
    if (part && given) {
      it.style.cursor = "pointer";
      it.onclick = (e) => {
        const flat = Math.floor(e.offsetY / sy) * width + Math.floor(e.offsetX / sx), index = part[5].findIndex((q) => flatten(q[11], part) === flat);
        if (index >= 0) { slot = at; element = index; render(); }
      };
    }
    return it;
  }
  // how many numbers have which magnitude
  function histogram(bins) {
    const [it, pen] = paper(118, 48), top = Math.max(1, ...bins), tone = tones();
    pen.fillStyle = tone.now;
    bins.forEach((count, i) => { if (count) pen.fillRect(3 + i * 7, 36 - Math.max(1.5, (33 * count) / top), 6, Math.max(1.5, (33 * count) / top)); });
    pen.fillStyle = tone.soft;
    pen.fillRect(2, 36, 114, 0.7);
    pen.font = `9px ${FACE}`;
    pen.fillText("1e−12", 2, 46); pen.textAlign = "center"; pen.fillText("1", 73, 46); pen.textAlign = "right"; pen.fillText("2e7", 116, 46);
    it.title = `how many numbers have which magnitude, from 1e-12 to 2e7: ${bins.join(" ")}`;
    return it;
  }

  // the panels on the right: source, what waits, what was, the layers
  const TABS = { source: "Source", waiting: "Waiting", history: "History", layers: "Layers" };
  function panel() {
    const buttons = Object.entries(TABS).filter(([id]) => id !== "layers" || layers.many).map(([id, word]) => {
      const b = el("button", word, id === tab ? "on" : "");
      b.role = "tab"; b.ariaSelected = String(id === tab); b.dataset.tab = id;
      b.onclick = () => { tab = id; panel(); };
      return b;
    });
    $("tabs").replaceChildren(...buttons);
    $("panel").replaceChildren(...{ source, waiting, history: past, layers: depths }[tab]());
  }
  const link = (to, inside, name = "") => { const it = el("p", inside, `go ${name}`); it.onclick = () => go(to); return it; };

  function source() {
    const s = k ? steps[k - 1] : null, place = s && s[2] >= 0 ? texts[s[2]] : "", cut = place.lastIndexOf(":"), file = place.slice(0, cut), line = Number(place.slice(cut + 1));
    if (!place) return [el("p", s ? "The line is not known: compute the loss inside of “with viz.record():”." : "The line of your program that ran the operation of a step.", "soft")];
    const lines = data.files[file] || {}, out = [], near = [];
    for (let i = line - 4; i <= line + 4; i++) if (lines[i] !== undefined) near.push(i);
    const margin = Math.min(...near.map((i) => lines[i]).filter((t) => t.trim()).map((t) => /^\s*/.exec(t)[0].length));
    for (const i of near) out.push(el(i === line ? "mark" : "span", `${String(i).padStart(4)}  ${lines[i].slice(margin)}`));
    const pre = el("pre", out);
    pre.id = "source";
    return [el("p", `${file}, line ${line}`, "soft"), pre];
  }

  // The gradients that have arrived at step k and wait: counted anew from the steps, newest first, the leaves last.
  const nameOf = ([name, taken]) => (name >= 0 ? texts[name] : [texts[steps[taken - 1][0]], moduleOf(taken)].filter(Boolean).join(" of "));
  const waits = [...arrivals].map(([value, list]) => ({ list, first: list[0][0], taken: values[value][1], name: nameOf(values[value]), of: values[value][2] }));
  function waiting() {
    const live = waits.filter((w) => w.first <= k && !(w.taken && w.taken <= k)).sort((a, b) => !a.taken - !b.taken || b.first - a.first);
    if (!live.length) return [el("p", k ? "nothing waits any more" : `the loss, with ${number(data.seed)}`, "soft")];
    const [inner, leaves] = [live.filter((w) => w.taken), live.filter((w) => !w.taken)], out = [];
    const line = (w) => {
      const here = w.list.filter((a) => a[0] <= k), all = here.length === w.of;
      return link(w.taken || w.list.at(-1)[0], [dot(stats[here.at(-1)[1]][1]), w.name, el("span", `   ${all ? (w.taken ? "ready" : "complete") : `${here.length} of ${w.of} contributions`}`, "soft")]);
    };
    if (inner.length) out.push(el("p", "Gradients that have come and wait for their operation's turn:", "soft"), ...inner.slice(0, 7).map(line));
    if (leaves.length) out.push(el("p", "In .grad so far:", "soft"), ...leaves.slice(0, 8).map(line));
    const hidden = Math.max(inner.length - 7, 0) + Math.max(leaves.length - 8, 0);
    return hidden ? [...out, el("p", `… ${hidden} more`, "soft")] : out;
  }

  function past() {
    const out = [], part = k ? steps[k - 1][4][Math.min(slot, steps[k - 1][4].length - 1)] : null, list = part ? arrivals.get(part[0]) : [];
    if (list.length > 1) {
      out.push(el("p", `The gradient of ${texts[part[1]]} is the sum of ${list.length} contributions:`, "soft"));
      const at = list.findIndex((a) => a[0] === k), from = Math.max(0, Math.min(at - 2, list.length - 5));
      for (const [step, i] of list.slice(from, from + 5)) out.push(link(step, [dot(stats[i][1]), `step ${step}`, el("span", `   size ${number(stats[i][1], 3)}${step > k ? ", still to come" : ""}`, "soft")], step === k ? "current" : ""));
    }
    out.push(el("p", "Steps up to here:", "soft"));
    for (let i = k; i > Math.max(0, k - (out.length > 1 ? 6 : 11)); i--) out.push(link(i, [dot(sizes[i]), `${i}   ${texts[steps[i - 1][0]]}`, el("span", `   ${moduleOf(i)}`, "soft")], i === k ? "current" : ""));
    if (!k) out.push(el("p", "none yet", "soft"));
    return out;
  }

  function depths() {
    const width = Math.max(300, Math.min(room, 620)), key = el("div", SERIES.map(([, word, colour, dash]) => {
      const line = el("i");
      line.style.borderColor = colour;
      if (dash) line.style.borderTopStyle = "dashed";
      return el("span", [line, word]);
    }), "key");
    const field = el("input");
    field.value = rate; field.setAttribute("aria-label", "learning rate");
    field.onchange = () => { if (Number(field.value) > 0) rate = Number(field.value); panel(); };
    key.append(el("span", ["at learning rate", field]), el("span", "dashed guide: an update of a thousandth, about right for plain SGD"));
    const flags = data.flags.filter((f) => /vanishing|exploding/.test(f[1]) && f[0] !== k).map((f) => link(f[0], "⚑ " + f[2], "alarm"));
    flags.forEach((f) => { f.style.whiteSpace = "normal"; f.style.color = "var(--bad)"; });
    return [el("p", "Sizes, layer by layer (size: root of the mean square):", "soft"), layers.chart(width, 220, k, rate), key, ...flags.slice(0, 2)];
  }

  // search: operations, modules, parameters, numbers of steps
  const names = new Map();
  steps.forEach((s, i) => [s[0], ...(scopes[s[1]] || [[]])[0]].forEach((t) => { if (texts[t] && !names.has(texts[t])) names.set(texts[t], i + 1); }));
  for (const w of waits) if (!w.taken) names.set(w.name, w.list.at(-1)[0]);
  $("search").addEventListener("focus", () => { if (!$("found").children.length) $("found").replaceChildren(...[...names.keys()].slice(0, 80).map((v) => { const o = el("option"); o.value = v; return o; })); });
  $("search").addEventListener("change", () => {
    const text = $("search").value.trim(), hit = [...names].find(([v]) => v === text) || [...names].find(([v]) => v.includes(text));
    if (/^\d+$/.test(text)) go(Number(text));
    else if (text && hit) go(hit[1]);
    $("search").blur();
  });
  $("search").addEventListener("keydown", (e) => { if (e.key === "Escape") { $("search").value = ""; $("search").blur(); } });
  $("search").addEventListener("blur", () => $("found").replaceChildren());

  const help = () => ($("help").open ? $("help").close() : $("help").showModal());
  const keys = {
    ArrowRight: (e) => move(1, e.shiftKey), ArrowLeft: (e) => move(-1, e.shiftKey), Home: () => go(0), End: () => go(n),
    " ": () => play(!playing), c: () => run(1), C: () => run(-1), b: mark, n: () => flag(1), p: () => flag(-1), "/": () => $("search").focus(), "?": help,
    e: () => { if (k && steps[k - 1][4].length) { slot = (slot + 1) % steps[k - 1][4].length; element = 0; render(); } }, m: () => by(!byModule), o: () => graph.fold(),
    d: () => { digits = digits > 8 ? 4 : 9; render(); }, "+": () => graph.scale(1.25), "-": () => graph.scale(0.8), 0: () => graph.fit(),
  };
  addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey || e.target.tagName === "INPUT") return;
    const does = keys[e.key] || keys[e.key.toLowerCase()];
    if (does) { e.preventDefault(); does(e); }
  });
  for (const [id, does] of Object.entries({ home: () => go(0), end: () => go(n), back: () => move(-1), step: () => move(1), over: () => over(1), cont: () => run(1),
    rcont: () => run(-1), play: () => play(!playing), flag: () => flag(1), mark, ask: help, byop: () => by(false), bymodule: () => by(true),
    all: graph.all, first: graph.first, fold: graph.fold, more: () => graph.scale(1.25), less: () => graph.scale(0.8) })) $(id).onclick = (e) => { does(e); e.currentTarget?.blur(); };
  const linked = () => { const found = /k=(\d+)/.exec(location.hash); return found ? Number(found[1]) : null; };
  addEventListener("hashchange", () => { const to = linked(); if (to !== null && to !== k) go(to); });
  new ResizeObserver(() => {
    if (!$("panel").clientWidth || $("panel").clientWidth === room) return;
    room = $("panel").clientWidth;
    if (tab === "layers") panel();
  }).observe($("panel"));

  $("scale").replaceChildren("size of the gradient:", el("span", "vanishes 1e−8"), ...look.ramp.map((c) => { const i = el("i"); i.style.background = c; return i; }), el("span", "1e3 explodes"));
  $("notice").textContent = data.notice;
  $("flag").hidden = !data.flags.length;
  for (const it of document.querySelectorAll(".modules")) it.hidden = !graph.modules;
  tab = data.flags.some((f) => /vanishing|exploding/.test(f[1])) && layers.many ? "layers" : "source";
  by(data.by === "module" || (n > 60 && linked() === null && !data.at && graph.closed() && scopes.length > 1));
  go(linked() ?? data.at);
  document.documentElement.dataset.ready = String(Math.round(performance.now()));
})();
