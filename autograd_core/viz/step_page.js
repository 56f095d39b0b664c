"use strict";
// The stepper's page: a cursor over recorded steps. It computes no gradient; every number was written by the engine. Names of the user's
// only ever become text, never markup.
(async () => {
  const packed = Uint8Array.from(atob(document.getElementById("data").textContent.trim()), (c) => c.charCodeAt(0));
  const data = JSON.parse(await new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"))).text());
  const rows = (columns) => (columns[0] || []).map((_, i) => columns.map((c) => c[i]));
  Object.assign(data, { steps: rows(data.steps), stats: rows(data.stats) });
  data.graph.boxes = rows(data.graph.boxes);
  const $ = (id) => document.getElementById(id), { texts, steps, stats, values, n } = data, look = data.look;
  const sizes = [0], breaks = new Set(data.breaks), flagged = [...new Set(data.flags.map((f) => f[0]))].sort((a, b) => a - b);
  let k = 0, slot = 0, element = 0, digits = 4, playing = 0;

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
  // Rules are MathML that the library wrote from its own declarations, with every character escaped.
  const law = (rule) => {
    const it = el("div", undefined, "law");
    it.innerHTML = `<math><mfrac><mrow><mo>∂</mo><mi>L</mi></mrow><mrow><mo>∂</mo><mi></mi></mrow></mfrac><mo>=</mo></math> ${rule[1]}`;
    it.querySelector("mfrac mrow:nth-child(2) mi").textContent = rule[0];
    it.title = rule[2];
    return it;
  };

  const modulesAt = (i) => (i >= 1 && i <= n ? steps[i - 1][1].map((t) => texts[t]) : []);
  const innermost = (i) => modulesAt(i).join("\n");

  function go(to, part) {
    k = Math.max(0, Math.min(n, to));
    slot = part ?? Math.max(0, k ? steps[k - 1][4].findIndex((p) => !values[p[0]][1]) : 0);
    element = 0;
    render();
    try { history.replaceState(null, "", `#k=${k}`); } catch { /* a page without an address, as in a notebook */ }
  }

  function over(direction) {
    let at = k;
    if (direction > 0) {
      const inside = innermost(k + 1);
      at++;
      while (inside && at < n && innermost(at + 1) === inside) at++;
    } else {
      const inside = innermost(k);
      at--;
      while (inside && at > 0 && innermost(at) === inside) at--;
    }
    go(at);
  }
  const next = (list, way) => (way > 0 ? list.find((v) => v > k) : [...list].reverse().find((v) => v < k));
  const run = (way) => go(next([...breaks].sort((a, b) => a - b), way) ?? (way > 0 ? n : 0));
  const flag = (way) => { const to = next(flagged, way); if (to !== undefined) go(to); };
  const mark = () => { if (!k) return; breaks.has(k) ? breaks.delete(k) : breaks.add(k); strip.show(k, true); $("mark").classList.toggle("on", breaks.has(k)); };
  function play(on) {
    clearInterval(playing);
    playing = on ? setInterval(() => { if (k >= n || breaks.has(k + 1)) play(false); if (k < n) go(k + 1); }, 450) : 0;
    $("play").textContent = playing ? "pause" : "play";
  }

  const graph = stepGraph(data, $("picture"), sizes, go), strip = stepStrip(data, $("time"), sizes, breaks, go);

  function render() {
    const s = k ? steps[k - 1] : null, parts = s ? s[4] : [];
    $("place").textContent = `step ${k} of ${n}`;
    $("what").textContent = s ? [texts[s[0]], s[1].length ? texts[s[1].at(-1)] : ""].filter(Boolean).join("   ") : "The seed: nothing has run yet";
    $("flags").textContent = data.flags.filter((f) => f[0] === k).map((f) => "⚑ " + f[2]).join("\n");
    $("mark").classList.toggle("on", breaks.has(k));
    $("rule").replaceChildren(...(s ? equation(parts) : [el("p", ["The pass starts with ∂L/∂L = ", el("b", number(data.seed)), ". Press → to run the rule of the last operation."])]));
    $("tensors").replaceChildren(...(s ? [...s[3].map((i, o) => i >= 0 ? tensor(i, `came${s[3].length > 1 ? ` (output ${o})` : ""}`) : ""),
      ...parts.map((p, i) => tensor(p[3], `to ${texts[p[1]]}`, p, i))] : []));
    source(s);
    frontier();
    graph.show(k);
    strip.show(k);
  }

  function equation(parts) {
    if (!parts.length) return [el("p", "No gradient goes on from here.")];
    const part = parts[Math.min(slot, parts.length - 1)], [, name, nth, , rule, equations] = part, out = [];
    const own = data.rules[rule];
    if (parts.length > 1) {
      out.push(el("div", parts.map((p, i) => {
        const b = el("button", texts[p[1]], i === slot ? "now" : "");
        b.onclick = () => { slot = i; element = 0; render(); };
        return b;
      }), "tabs"));
    }
    out.push(law(own));
    if (texts[name] !== own[0]) out.push(el("p", [`${own[0]} is `, el("b", texts[name]), "; g is the gradient that came, ∂L/∂out"], "soft"));
    const e = equations[Math.min(element, equations.length - 1)];
    if (!e) return [...out, el("p", "The equation of this step is not in the page, which would be too large: s.explain() has it.", "soft")];
    const [target, terms, more, rest, total, before, after, count, of, linear, notes, , given] = e;
    if (linear && terms.length) {
      const [un, u, sn, d] = terms.reduce((a, b) => (Math.abs(b[1] * b[3]) > Math.abs(a[1] * a[3]) ? b : a));
      const one = terms.length + more === 1;
      out.push(el("div", [three("upstream", texts[un], u, "u"), el("i", "×"), three("local derivative", texts[sn], d, "d"), el("i", "="),
        three(one ? "contribution" : "its largest term", one ? texts[target] : "", product(u, d))], "three"));
    }
    const shown = [el("small", linear ? `${texts[target]} += ${terms.map((t) => texts[t[0]] + "·" + texts[t[2]]).join(" + ") || "0"}${more ? ` + ${more} more` : ""}` : texts[target])];
    if (linear) {
      // where large terms cancel they need more digits, for the sum to be right to those of the result
      const largest = Math.max(0, Math.abs(rest), ...terms.map((t) => Math.abs(t[1] * t[3]))), whole = Math.abs(total);
      const fine = largest > whole && whole && isFinite(largest) ? Math.max(digits, Math.min(digits + Math.ceil(Math.log10(largest / whole)), 9)) : digits;
      terms.forEach((t, i) => shown.push(i ? " + " : "", el("span", [el("span", factor(t[1], fine), "u"), " · ", el("span", factor(t[3], fine), "d")])));
      if (more) shown.push(` + (${more} more: ${number(rest, fine)})`);
      else if (typeof rest === "number" && typeof total === "number" && Math.abs(rest) > Math.abs(total) * 10 ** -digits) shown.push(` + (rounding: ${number(rest)})`);
      if (!terms.length) shown.push("0");
    }
    shown.push(el("b", ` = ${number(total)}`));
    if (given.length) shown.push(el("small", `with ${given.map(([name, v]) => `${texts[name]} = ${number(v)}`).join(", ")}`));
    const eq = el("div", shown, "eq");
    eq.id = "equation";
    eq.dataset.total = total;
    out.push(eq);
    const way = before === null ? `${of > 1 ? `first of ${of} contributions to` : "the only contribution to"} this gradient: it is now ${number(after)}`
      : `contribution ${count} of ${of}: ${number(before)} + ${factor(total)} = ${number(after)}`;
    out.push(el("p", [el("b", "+=  "), way], "sum"));
    for (const note of equations[0][10]) out.push(el("p", texts[note], "note"));
    return out;
  }
  const product = (u, d) => (typeof u === "string" || typeof d === "string" ? "nan" : u * d);
  const three = (word, name, v, colour) => el("div", [el("b", name ? `${word}: ${name}` : word), el("span", number(v), colour)]);

  function tensor(i, word, part, at) {
    const [shape, rms, low, high, mean, zeros, nans, infs, size, bins, picture] = stats[i], left = el("div");
    const dot = el("span", undefined, "dot");
    dot.style.background = heat(rms, look);
    const more = [zeros ? `${number((100 * zeros) / size, 3)} % zeros` : "", nans ? `${nans} NaN` : "", infs ? `${infs} infinite` : ""].filter(Boolean).join(", ");
    const range = size > 1 ? [`${number(low, 3)} … ${number(high, 3)}${bins.length ? `, mean ${number(mean, 3)}` : ""}${more ? ", " + more : ""}`, el("br"),
      `L2 ${number(typeof rms === "string" ? rms : rms * Math.sqrt(size), 3)}, L2/√n ${number(rms, 3)}`] : [number(low)];
    left.append(el("div", [dot, el("b", word), `  ${data.shapes[shape]}`]), el("div", range, "soft"));
    if (part && values[part[0]][2] > 1) left.append(el("div", `contribution ${part[2] + 1} of ${values[part[0]][2]}`, "soft"));
    if (part && steps[k - 1][5].includes(part[0])) left.append(el("div", "this gradient is complete", "soft"));
    const row = el("div", [left], "tensor");
    if (size > 1 && picture) row.append(heatmap(picture, part, at));
    if (size > 8 && bins.length) row.append(histogram(bins));
    return row;
  }

  const flatten = (place, part) => place.reduce((sum, v, d) => sum * Number(data.shapes[stats[part[3]][0]].split("×")[d]) + v, 0);
  // One canvas for a thumbnail: blue below zero, red above, purple where a number is not finite. A click chooses the element.
  function heatmap([rows, columns, cells, most], part, at) {
    const side = Math.max(3, Math.min(14, Math.floor(150 / Math.max(rows, columns)))), it = el("canvas"), pen = it.getContext("2d");
    it.width = columns * side; it.height = rows * side;
    const given = Array.isArray(cells), top = given ? Math.max(1e-300, ...cells.filter((v) => typeof v === "number").map(Math.abs)) : most;
    for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) {
      const v = given ? cells[r * columns + c] : cells.charCodeAt(r * columns + c) - 76;
      const share = given ? (typeof v === "string" ? NaN : v / top) : v > 40 ? NaN : v / 40, fade = Math.round(255 * (1 - Math.abs(share)));
      pen.fillStyle = Number.isNaN(share) ? "#7b1fa2" : share < 0 ? `rgb(${fade},${fade},255)` : `rgb(255,${fade},${fade})`;
      pen.fillRect(c * side, r * side, side, side);
    }
    const chosen = part && given && at === slot ? part[5][Math.min(element, part[5].length - 1)] : null;
    if (chosen) {
      const flat = flatten(chosen[11], part);
      for (const [ink, wide] of [["#fff", 4], ["#000", 2]]) {
        pen.strokeStyle = ink;
        pen.lineWidth = wide;
        pen.strokeRect((flat % columns) * side + 1, Math.floor(flat / columns) * side + 1, side - 2, side - 2);
      }
    }
    it.title = given ? `${rows}×${columns}: ` + cells.map((v) => number(v, 3)).join("  ") : `up to ±${number(most, 3)}`;
    if (part && given) {
      it.style.cursor = "pointer";
      it.onclick = (e) => {
        const flat = Math.floor(e.offsetY / side) * columns + Math.floor(e.offsetX / side);
        const index = part[5].findIndex((q) => flatten(q[11], part) === flat);
        if (index >= 0) { slot = at; element = index; render(); }
      };
    }
    return it;
  }

  function histogram(bins) {
    const it = el("canvas"), pen = it.getContext("2d"), top = Math.max(1, ...bins);
    it.width = 112; it.height = 44;
    pen.fillStyle = "#0072B2";
    bins.forEach((count, i) => pen.fillRect(i * 7, 44 - (43 * count) / top, 6, (43 * count) / top));
    it.title = "magnitudes from 1e-12 to 2e7, four powers of two a bar: " + bins.join(" ");
    return it;
  }

  function source(s) {
    const place = s && s[2] >= 0 ? texts[s[2]] : "", cut = place.lastIndexOf(":"), file = place.slice(0, cut), line = Number(place.slice(cut + 1));
    const lines = data.files[file] || {}, out = [];
    for (let i = line - 4; place && i <= line + 4; i++) if (lines[i] !== undefined) out.push(el(i === line ? "mark" : "span", `${String(i).padStart(4)}  ${lines[i]}`));
    if (place) out.unshift(el("span", file, "soft"));
    $("source").replaceChildren(...(out.length ? out : [s ? "not known: compute the loss inside of `with viz.record() as trace:`" : "–"]));
  }

  // The gradients that have arrived at step k and wait: counted anew from the steps, newest first, the leaves last.
  const arrivals = new Map();
  steps.forEach((s, i) => s[4].forEach((p) => arrivals.set(p[0], [...(arrivals.get(p[0]) || []), [i + 1, p[3]]])));
  const nameOf = ([name, taken]) => (name >= 0 ? texts[name] : [texts[steps[taken - 1][0]], ...steps[taken - 1][1].slice(-1).map((t) => texts[t])].filter(Boolean).join(" of "));
  const waits = [...arrivals].map(([value, list]) => ({ list, first: list[0][0], taken: values[value][1], name: nameOf(values[value]), of: values[value][2] }));
  function frontier() {
    const live = waits.filter((w) => w.first <= k && !(w.taken && w.taken <= k)).sort((a, b) => !a.taken - !b.taken || b.first - a.first), out = [];
    for (const w of live.slice(0, 12)) {
      const here = w.list.filter((a) => a[0] <= k), dot = el("span", undefined, "dot");
      dot.style.background = heat(stats[here.at(-1)[1]][1], look);
      out.push(el("div", [dot, `${w.name}  ${here.length} of ${w.of}${w.taken ? "" : here.length === w.of ? ", complete" : ""}`], w.taken ? "" : "leaf"));
    }
    if (live.length > 12) out.push(el("div", `… ${live.length} in all`, "soft"));
    $("frontier").replaceChildren(...(out.length ? out : [k ? "–" : `the loss, with ${number(data.seed)}`]));
  }

  // search: operations, modules, parameters, numbers of steps
  const names = new Map();
  steps.forEach((s, i) => [s[0], ...s[1]].forEach((t) => { if (!names.has(texts[t])) names.set(texts[t], i + 1); }));
  for (const w of waits) if (!w.taken) names.set(w.name, w.list.at(-1)[0]);
  $("search").addEventListener("focus", () => { if (!$("found").children.length) $("found").replaceChildren(...[...names.keys()].slice(0, 80).map((v) => { const o = el("option"); o.value = v; return o; })); });
  $("search").addEventListener("change", () => {
    const text = $("search").value.trim(), hit = [...names].find(([v]) => v === text) || [...names].find(([v]) => v.includes(text));
    if (/^\d+$/.test(text)) go(Number(text));
    else if (text && hit) go(hit[1]);
    $("search").blur();
  });

  const help = () => ($("help").open ? $("help").close() : $("help").showModal());
  const keys = {
    ArrowRight: (e) => (e.shiftKey ? over(1) : go(k + 1)), ArrowLeft: (e) => (e.shiftKey ? over(-1) : go(k - 1)), Home: () => go(0), End: () => go(n),
    " ": () => play(!playing), c: () => run(1), C: () => run(-1), b: mark, n: () => flag(1), p: () => flag(-1), "/": () => $("search").focus(), "?": help,
    e: () => { if (k && steps[k - 1][4].length) { slot = (slot + 1) % steps[k - 1][4].length; element = 0; render(); } },
    d: () => { digits = digits > 8 ? 4 : 9; render(); }, "+": () => graph.scale(1.25), "-": () => graph.scale(0.8), 0: () => graph.fit(),
  };
  addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey || e.target.id === "search") return;
    const does = keys[e.key] || keys[e.key.toLowerCase()];
    if (does) { e.preventDefault(); does(e); }
  });
  for (const [id, does] of Object.entries({ home: () => go(0), end: () => go(n), back: () => go(k - 1), step: () => go(k + 1), over: () => over(1), cont: () => run(1),
    rcont: () => run(-1), play: () => play(!playing), flag: () => flag(1), mark, ask: help })) $(id).onclick = (e) => { does(e); e.currentTarget?.blur(); };
  const linked = () => { const found = /k=(\d+)/.exec(location.hash); return found ? Number(found[1]) : null; };
  addEventListener("hashchange", () => { const to = linked(); if (to !== null && to !== k) go(to); });
  addEventListener("resize", () => graph.draw());

  $("scale").replaceChildren(`L2/√n 1e${look.low} `, ...look.ramp.map((c) => { const i = el("i"); i.style.background = c; return i; }), ` 1e${look.high}`);
  $("notice").textContent = data.notice;
  go(linked() ?? data.at);
  document.documentElement.dataset.ready = String(Math.round(performance.now()));
})();
