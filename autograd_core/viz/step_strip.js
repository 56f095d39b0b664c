"use strict";
// The strip of all steps under the stepper's page, and the chart of the layers.

// Each step a bar: the size of the gradient that came, on the same logarithmic scale as the colours; those ahead are pale.
function stepStrip(data, canvas, sizes, breaks, go) {
  const look = data.look, front = canvas.getContext("2d"), layers = [document.createElement("canvas"), document.createElement("canvas")];
  const place = (size) => typeof size === "string" ? 1 : size === 0 ? 0.02 : Math.min(Math.max((Math.log10(size) - look.low) / (look.high - look.low), 0.02), 1);
  const TOP = 11;
  let now = 0, drawn = false, ratio = 1;

  function paint(under, alpha) {
    const w = canvas.clientWidth, h = canvas.clientHeight, pen = under.getContext("2d");
    under.width = Math.round(w * ratio); under.height = Math.round(h * ratio);
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    const each = w / data.n, tone = tones(), line = tone.line;
    pen.globalAlpha = alpha;
    for (let k = 1; k <= data.n; k++) {
      const tall = place(sizes[k]) * (h - TOP);
      pen.fillStyle = heat(sizes[k], look) || "#888";
      pen.fillRect((k - 1) * each, h - tall, Math.max(each - (each > 4 ? 1 : 0), 0.7), tall);
      if (each > 4) { pen.strokeStyle = line; pen.lineWidth = 0.5; pen.strokeRect((k - 1) * each + 0.25, h - tall, each - 1.5, tall); }
    }
    pen.globalAlpha = Math.min(1, alpha * 2);
    if (each <= 4) { // the outline of bars too narrow to have their own
      pen.beginPath(); pen.strokeStyle = line; pen.lineWidth = Math.max(0.25, Math.min(0.8, each));
      for (let k = 1; k <= data.n; k++) pen.lineTo((k - 0.5) * each, h - place(sizes[k]) * (h - TOP));
      pen.stroke();
    }
    pen.globalAlpha = 1;
    pen.strokeStyle = tone.soft; pen.setLineDash([2, 3]); pen.lineWidth = 0.7;
    const one = h - place(1) * (h - TOP);
    pen.beginPath(); pen.moveTo(0, one); pen.lineTo(w, one); pen.stroke(); pen.setLineDash([]);
    pen.fillStyle = tone.soft; pen.font = `10px ${FACE}`; pen.textAlign = "right"; pen.fillText("size 1", w - 2, one - 3);
    for (const [k, kind] of data.flags) {
      const at = (k - 0.5) * each;
      pen.fillStyle = kind === "healed" ? "#009E73" : tone.bad;
      pen.fillRect(at - 0.8, 0, 1.6, h);
      pen.beginPath(); pen.moveTo(at - 5, 0); pen.lineTo(at + 5, 0); pen.lineTo(at, 9); pen.fill();
    }
    pen.fillStyle = "#0072B2";
    for (const k of breaks) { pen.beginPath(); pen.arc((k - 0.5) * each, 5.5, 4, 0, 7); pen.fill(); }
  }
  function background() {
    ratio = devicePixelRatio || 1;
    canvas.width = Math.round(canvas.clientWidth * ratio); canvas.height = Math.round(canvas.clientHeight * ratio);
    paint(layers[0], 0.3); paint(layers[1], 1);
    drawn = true;
  }
  function show(k, again) {
    now = k;
    if (!drawn || again) background();
    const h = canvas.height / ratio, each = canvas.width / ratio / data.n, upto = Math.round(k * each * ratio);
    front.setTransform(1, 0, 0, 1, 0, 0);
    front.clearRect(0, 0, canvas.width, canvas.height);
    front.drawImage(layers[0], 0, 0);
    if (upto > 0) front.drawImage(layers[1], 0, 0, upto, canvas.height, 0, 0, upto, canvas.height);
    front.setTransform(ratio, 0, 0, ratio, 0, 0);
    front.fillStyle = tones().ink;
    front.fillRect(Math.max(k * each - 1.5, 0), 0, 2.5, h);
    canvas.setAttribute("aria-valuemax", data.n);
    canvas.setAttribute("aria-valuenow", k);
  }
  const at = (e) => go(Math.max(0, Math.min(data.n, Math.ceil((e.offsetX / canvas.clientWidth) * data.n))));
  let held = false;
  canvas.addEventListener("pointerdown", (e) => { held = true; canvas.setPointerCapture(e.pointerId); at(e); });
  canvas.addEventListener("pointermove", (e) => { if (held) at(e); });
  canvas.addEventListener("pointerup", () => { held = false; });
  new ResizeObserver(() => { if (canvas.clientWidth) show(now, true); }).observe(canvas);
  matchMedia("(prefers-color-scheme:dark)").addEventListener("change", () => show(now, true));
  return { show };
}

// The depth chart: layers from the data to the loss, sizes on a logarithmic scale, a guide where an update is a thousandth of its weight.
const SERIES = [["activation", "its values", "#2f86c6", ""], ["gradient", "gradient of its values", "#D55E00", ""], ["weights", "gradient of its parameters", "#009E73", "6 3"],
  ["ratio", "update ÷ parameters", "#ad6199", "2 3"]];
function stepLayers(data, go) {
  const layers = data.layers, shown = (v) => typeof v === "number" && v > 0 && isFinite(v);
  const values = (rate) => layers.map(([, , a, g, p, w]) => [a, g, p, shown(p) && shown(w) ? (rate * p) / w : null]);
  let drawn = null; // the chart without the cursor: {key, svg, left, top, base, X}
  function chart(width, height, k, rate) {
    const key = [width, height, rate].join();
    if (!drawn || drawn.key !== key) drawn = { key, ...plot(width, height, rate) };
    const at = layers.findIndex((r) => r[1] === k) < 0 ? (k ? nearest(k) : -1) : layers.findIndex((r) => r[1] === k);
    drawn.here.setAttribute("d", at < 0 || !drawn.X ? "" : `M${drawn.X(at)} ${drawn.top}V${drawn.base}`);
    drawn.name.textContent = at < 0 ? "" : data.texts[layers[at][0]];
    return drawn.svg;
  }
  function plot(width, height, rate) {
    const here = make("path", { class: "here" }), name = make("text", { class: "t", x: width / 2 + 20, y: height - 9, "text-anchor": "middle" });
    const rows = values(rate), all = rows.flat().filter(shown).map(Math.log10), svg = make("svg", { viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": "sizes by layer" });
    if (!all.length) return { svg, here, name };
    const low = Math.floor(Math.min(-3, ...all)), high = Math.max(Math.ceil(Math.max(0, ...all)), low + 1), left = 44, top = 10, base = height - 30;
    const X = (i) => left + ((i + 0.5) * (width - left - 8)) / rows.length, Y = (v) => base - ((Math.min(Math.max(v, low), high) - low) / (high - low)) * (base - top);
    const step = Math.max(1, Math.ceil((high - low) / 6));
    let rules = "";
    for (let v = high; v >= low; v -= step) {
      rules += `M${left} ${Y(v).toFixed(1)}H${width - 6}`;
      svg.append(make("text", { class: "s", x: left - 7, y: Y(v) + 4, "text-anchor": "end" }, v === 0 ? "1" : `1e${v}`.replace("-", "−")));
    }
    svg.append(make("path", { class: "rule", d: rules }), make("path", { class: "guide", d: `M${left} ${Y(-3)}H${width - 6}` }));
    for (const flag of data.flags.filter((f) => /vanishing|exploding/.test(f[1]))) {
      const i = layers.findIndex((r) => r[1] === flag[0]) < 0 ? nearest(flag[0]) : layers.findIndex((r) => r[1] === flag[0]);
      svg.append(make("path", { class: "alarm", d: `M${X(i)} ${top}V${base}` }));
      svg.append(make("text", { class: "alarm", x: X(i) > width * 0.7 ? X(i) - 5 : X(i) + 5, y: base - 7, "text-anchor": X(i) > width * 0.7 ? "end" : "start" }, `⚑ ${flag[1]}`));
    }
    svg.append(here);
    SERIES.forEach(([, , colour, dash], s) => {
      let d = "", dots = "", pen = false;
      rows.forEach((row, i) => {
        if (!shown(row[s])) { pen = pen && s > 1; return; }
        const px = X(i).toFixed(1), py = Y(Math.log10(row[s])).toFixed(1);
        d += `${pen ? "L" : "M"}${px} ${py}`; pen = true;
        dots += s === 0 ? `M${px} ${py}m-3 0a3 3 0 1 0 6 0a3 3 0 1 0 -6 0` : s === 1 ? `M${px} ${py - 4}l4 7h-8z` : s === 2 ? `M${px - 3} ${py - 3}h6v6h-6z` : `M${px} ${py - 4}l4 4l-4 4l-4 -4z`;
      });
      svg.append(make("path", { d, style: `fill:none;stroke:${colour};stroke-width:1.6;stroke-dasharray:${dash || "none"}` }));
      if (rows.length <= 80) svg.append(make("path", { d: dots, style: `fill:${colour}` }));
    });
    svg.append(make("text", { class: "s", x: left, y: height - 9 }, "← data"), make("text", { class: "s", x: width - 8, y: height - 9, "text-anchor": "end" }, "loss →"));
    svg.append(name);
    svg.addEventListener("click", (e) => {
      const i = Math.floor((((e.clientX - svg.getBoundingClientRect().left) * width) / svg.getBoundingClientRect().width - left) / ((width - left - 8) / rows.length));
      if (layers[i]) go(layers[i][1]);
    });
    return { svg, here, name, top, base, X };
  }
  const nearest = (k) => layers.reduce((best, r, i) => (r[1] <= k && (best < 0 || r[1] > layers[best][1]) ? i : best), -1);
  return { chart, many: layers.length > 1 };
}
