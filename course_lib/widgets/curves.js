// Curves of several runs in panels side by side; what is drawn is made in Python (curve_panels.py).
// Mouse: the values under the pointer, in all panels. Keys: left and right move the cursor, Home, End, Escape.

const SVG = "http://www.w3.org/2000/svg";
const [LEFT, RIGHT, TOP, BOTTOM, WIDTH] = [50, 12, 28, 36, 420];
const [INK, QUIET, GRID] = ["#222", "#6b6b6b", "#e4e4e4"];

function shape(name, attributes, parent, text) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text !== undefined) element.textContent = text;
  parent.append(element);
  return element;
}

function linearTicks(low, high) {
  const rough = (high - low) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((factor) => factor * power >= rough * 0.8);
  const ticks = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high * (1 + 1e-9); i++) ticks.push(i * step);
  return ticks;
}

function logTicks(low, high) {
  const factors = high / low > 300 ? [1] : [1, 2, 5];
  const ticks = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power++) {
    for (const factor of factors) {
      const tick = factor * 10 ** power;
      if (tick >= low && tick <= high) ticks.push(tick);
    }
  }
  return ticks.length > 1 ? ticks : [low, high];
}

function text(value) {
  if (Math.abs(value) >= 1e6) return value.toExponential(1);
  if (Math.abs(value) >= 1000) return Math.round(value).toLocaleString("en");
  return String(Number(value.toPrecision(4)));
}

function scales({ limits: [x0, x1, y0, y1], log, height }) {
  const warp = log ? Math.log : (value) => value;
  const [right, bottom] = [WIDTH - RIGHT, height - BOTTOM];
  return {
    toX: (x) => LEFT + ((right - LEFT) * (x - x0)) / (x1 - x0),
    toY: (y) => bottom - ((bottom - TOP) * (warp(y) - warp(y0))) / (warp(y1) - warp(y0)),
    fromX: (place) => x0 + ((x1 - x0) * (place - LEFT)) / (right - LEFT),
  };
}

// the point nearest to a place of the x axis; none where the line has not come yet or has ended
function pointAt(line, x, [x0, x1]) {
  const known = line.points.filter(([, y]) => y !== null);
  const near = 0.02 * (x1 - x0);
  if (!known.length || x < known[0][0] - near || x > known.at(-1)[0] + near) return null;
  return known.reduce((best, point) => (Math.abs(point[0] - x) < Math.abs(best[0] - x) ? point : best));
}

function path(points, toX, toY) {
  let pen = "M";
  let drawn = "";
  for (const [x, y] of points) {
    if (y === null) pen = "M";
    else {
      drawn += `${pen}${toX(x).toFixed(1)},${toY(y).toFixed(1)}`;
      pen = "L";
    }
  }
  return drawn;
}

function drawPanel(svg, panel, cursor) {
  const { toX, toY } = scales(panel);
  const { limits, height } = panel;
  const [x0, x1, y0, y1] = limits;
  const [right, bottom] = [WIDTH - RIGHT, height - BOTTOM];
  svg.replaceChildren();
  shape("text", { x: 6, y: 15, fill: INK, "font-weight": 600, "font-size": 13 }, svg, panel.title);
  const small = { fill: QUIET, "font-size": 11 };
  for (const tick of panel.log ? logTicks(y0, y1) : linearTicks(y0, y1)) {
    shape("line", { x1: LEFT, x2: right, y1: toY(tick), y2: toY(tick), stroke: GRID }, svg);
    shape("text", { x: LEFT - 6, y: toY(tick) + 4, "text-anchor": "end", ...small }, svg, text(tick));
  }
  for (const tick of linearTicks(x0, x1)) {
    shape("text", { x: toX(tick), y: bottom + 15, "text-anchor": "middle", ...small }, svg, text(tick));
  }
  shape("line", { x1: LEFT, x2: right, y1: bottom, y2: bottom, stroke: "#b0b0b0" }, svg);
  shape("text", { x: right, y: bottom + 30, "text-anchor": "end", ...small }, svg, panel.along);
  if (panel.goal !== null) {
    const y = toY(panel.goal);
    shape("line", { x1: LEFT, x2: right, y1: y, y2: y, stroke: INK, "stroke-dasharray": "5 4" }, svg);
    shape("text", { x: LEFT + 4, y: y - 5, ...small }, svg, `goal: ${text(panel.goal)}`);
  }
  // what leaves the panel is cut off
  const box = { x: LEFT, y: TOP - 6, width: right - LEFT + 6, height: bottom - TOP + 6 };
  const inside = shape("svg", { ...box, viewBox: `${box.x} ${box.y} ${box.width} ${box.height}` }, svg);
  for (const line of panel.lines) {
    const look = { fill: "none", stroke: line.colour, "stroke-linejoin": "round" };
    shape("path", { d: path(line.faint, toX, toY), ...look, "stroke-width": 1, opacity: 0.25 }, inside);
    shape("path", { d: path(line.points, toX, toY), ...look, "stroke-width": line.width }, inside);
    const known = line.points.filter(([, y]) => y !== null);
    if (known.length && (line.dots || known.length === 1)) {
      for (const [x, y] of known) shape("circle", { cx: toX(x), cy: toY(y), r: 3.2, fill: line.colour }, inside);
    }
  }
  if (cursor === null) return;
  shape("line", { x1: toX(cursor), x2: toX(cursor), y1: TOP, y2: bottom, stroke: INK, opacity: 0.5 }, svg);
  for (const line of panel.lines) {
    const point = pointAt(line, cursor, limits);
    if (!point) continue;
    const look = { r: 4.5, fill: line.colour, stroke: "white", "stroke-width": 1.5 };
    shape("circle", { cx: toX(point[0]), cy: toY(point[1]), ...look }, inside);
  }
}

function cell(row, content, kind = "td") {
  const element = document.createElement(kind);
  element.style.cssText = "padding:1px 22px 1px 0;min-width:110px;text-align:left;font-weight:400;background:none;white-space:nowrap";
  element.textContent = content;
  row.append(element);
  return element;
}

// a row for each run, which is the legend too; a column for each panel
function drawTable(table, panels, cursor) {
  table.replaceChildren();
  table.setAttribute("aria-live", cursor === null ? "off" : "polite"); // a training alone is not to be read out
  const names = new Map(panels.flatMap(({ lines }) => lines.map(({ name, colour }) => [name, colour])));
  const [first] = panels;
  const digits = first.along === "epoch" ? 2 : 0;
  const at = cursor === null ? "hover, or click and press ← →" : `at ${first.along} ${text(Number(cursor.toFixed(digits)))}`;
  const head = table.insertRow();
  cell(head, at, "th").style.cssText += ";opacity:.65;min-width:210px";
  for (const { title } of panels) cell(head, title, "th").style.opacity = 0.65;
  for (const [name, colour] of names) {
    const row = table.insertRow();
    const mark = document.createElement("span");
    mark.textContent = "━ ";
    mark.style.cssText = `color:${colour};font-weight:700`;
    cell(row, name).prepend(mark);
    for (const { lines, limits } of panels) {
      const line = lines.find((each) => each.name === name);
      // without a cursor, where the line is now
      const point = line && (cursor === null ? line.points.at(-1) : pointAt(line, cursor, limits));
      cell(row, point && point[1] !== null ? text(point[1]) : "–");
    }
  }
}

function render({ model, el }) {
  let cursor = null;
  const grid = document.createElement("div");
  grid.style.cssText = "display:flex;flex-wrap:wrap;gap:6px;max-width:1000px";
  const table = document.createElement("table");
  table.style.cssText = "border:none;line-height:1.45;margin:4px 0 0 6px;font-variant-numeric:tabular-nums";
  el.append(grid, table);

  function draw() {
    const panels = model.get("panels");
    while (grid.children.length > panels.length) grid.lastChild.remove();
    while (grid.children.length < panels.length) grid.append(makePanel(grid.children.length));
    panels.forEach((panel, index) => {
      const svg = grid.children[index];
      svg.setAttribute("viewBox", `0 0 ${WIDTH} ${panel.height}`);
      svg.setAttribute("aria-label", `${panel.title}: left and right arrow move the cursor, Escape takes it away`);
      drawPanel(svg, panel, cursor);
    });
    if (panels.length) drawTable(table, panels, cursor);
  }

  function moveTo(x, index) {
    const [x0, x1] = model.get("panels")[index].limits;
    cursor = x === null ? null : Math.max(x0, Math.min(x1, x));
    draw();
  }

  function makePanel(index) {
    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("tabindex", "0");
    svg.setAttribute("role", "application");
    svg.style.cssText = `flex:1 1 ${WIDTH - 40}px;max-width:490px;min-width:0;background:white;border-radius:4px`;
    svg.addEventListener("pointermove", (event) => {
      const box = svg.getBoundingClientRect();
      const place = ((event.clientX - box.left) * WIDTH) / box.width;
      moveTo(scales(model.get("panels")[index]).fromX(place), index);
    });
    svg.addEventListener("pointerleave", () => moveTo(null, index));
    svg.addEventListener("keydown", (event) => {
      const [x0, x1] = model.get("panels")[index].limits;
      const now = cursor ?? (x0 + x1) / 2;
      const step = (x1 - x0) / (event.shiftKey ? 10 : 50);
      const places = { ArrowLeft: now - step, ArrowRight: now + step, Home: x0, End: x1, Escape: null };
      if (!(event.key in places)) return;
      event.preventDefault();
      event.stopPropagation(); // the notebook's own keys
      moveTo(places[event.key], index);
    });
    return svg;
  }

  model.on("change:panels", draw);
  draw();
  return () => model.off("change:panels", draw);
}

export default { render };
