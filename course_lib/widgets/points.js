// Points in the browser, with a line and its half-planes or with a network's chances of class +1 for the whole plane;
// all of these are computed in Python.
// Click: add. Drag: move. Click a point: remove. Keys: arrows move the cross, Space adds, 1 and 2 pick the class,
// Backspace removes the point nearest to the cross.

const SVG = "http://www.w3.org/2000/svg";
const SIZE = 360; // pixels for coordinates -1 … 1
const COLOURS = { "-1": "#0072B2", "1": "#D55E00" };
const NEAR = 0.07;

const toX = (x) => ((x + 1) / 2) * SIZE;
const toY = (y) => ((1 - y) / 2) * SIZE;
const clamp = (value) => Math.max(-1, Math.min(1, Math.round(value * 100) / 100));

function shape(name, attributes, parent) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  parent.append(element);
  return element;
}

function nearest(points, x, y) {
  let best = -1;
  let bestDistance = NEAR;
  points.forEach(([px, py], index) => {
    const distance = Math.hypot(px - x, py - y);
    if (distance < bestDistance) [best, bestDistance] = [index, distance];
  });
  return best;
}

// two points of the line w1 x + w2 y + b = 0, far outside of the picture
function lineEnds([w1, w2, b]) {
  const length = Math.hypot(w1, w2);
  const [footX, footY] = [(-b * w1) / length ** 2, (-b * w2) / length ** 2];
  const [alongX, alongY] = [(-w2 / length) * 9, (w1 / length) * 9];
  return [[footX - alongX, footY - alongY], [footX + alongX, footY + alongY]];
}

function drawLine(svg, [w1, w2, b]) {
  // corners of a long strip beside the line, cut off by the picture's edge
  const length = Math.hypot(w1, w2);
  const ends = lineEnds([w1, w2, b]);
  for (const side of [1, -1]) {
    const [awayX, awayY] = [(w1 / length) * 9 * side, (w2 / length) * 9 * side];
    const far = ends.map(([x, y]) => [x + awayX, y + awayY]).reverse();
    const corners = [...ends, ...far].map(([x, y]) => `${toX(x)},${toY(y)}`).join(" ");
    shape("polygon", { points: corners, fill: COLOURS[side], opacity: 0.13 }, svg);
  }
  const [[x1, y1], [x2, y2]] = ends.map(([x, y]) => [toX(x), toY(y)]);
  shape("line", { x1, y1, x2, y2, stroke: "#222", "stroke-width": 2 }, svg);
}

function drawField(svg, { chances, boundary = [], neurons = [] }) {
  // chances: a byte for each place of a square, row by row from the top; 0 is class -1, 255 is class +1
  const side = Math.round(Math.sqrt(chances.byteLength));
  const bytes = new Uint8Array(chances.buffer, chances.byteOffset, chances.byteLength);
  const canvas = Object.assign(document.createElement("canvas"), { width: side, height: side });
  const context = canvas.getContext("2d");
  const pixels = context.createImageData(side, side);
  bytes.forEach((byte, index) => {
    const colour = COLOURS[byte < 128 ? -1 : 1];
    const rgb = [1, 3, 5].map((start) => parseInt(colour.slice(start, start + 2), 16));
    pixels.data.set([...rgb, Math.abs(byte - 127.5) * 0.72], 4 * index); // at most a third of the full colour
  });
  context.putImageData(pixels, 0, 0);
  const image = shape("image", { width: SIZE, height: SIZE, preserveAspectRatio: "none" }, svg);
  image.setAttribute("href", canvas.toDataURL());
  for (const line of neurons) {
    const [[x1, y1], [x2, y2]] = lineEnds(line).map(([x, y]) => [toX(x), toY(y)]);
    shape("line", { x1, y1, x2, y2, stroke: "#222", "stroke-width": 1, "stroke-dasharray": "2 5", opacity: 0.6 }, svg);
  }
  for (const path of boundary) {
    const points = path.map(([x, y]) => `${toX(x)},${toY(y)}`).join(" ");
    shape("polyline", { points, fill: "none", stroke: "#222", "stroke-width": 2 }, svg);
  }
}

function drawPoint(svg, [x, y, label], isWrong) {
  const [cx, cy] = [toX(x), toY(y)];
  const look = { fill: COLOURS[label], stroke: "white", "stroke-width": 1.2 };
  if (label > 0) shape("rect", { x: cx - 6, y: cy - 6, width: 12, height: 12, ...look }, svg);
  else shape("circle", { cx, cy, r: 6.5, ...look }, svg);
  if (isWrong) shape("circle", { cx, cy, r: 12, fill: "none", stroke: "#222", "stroke-width": 1.6 }, svg);
}

function render({ model, el }) {
  let label = -1;
  let cross = [0, 0];
  let dragged = null; // {index, moved}

  const root = document.createElement("div");
  const bar = document.createElement("div");
  bar.style.cssText = "display:flex;gap:6px;margin:4px 0;flex-wrap:wrap";
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", `0 0 ${SIZE} ${SIZE}`);
  svg.setAttribute("tabindex", "0");
  svg.setAttribute("role", "application");
  svg.setAttribute("aria-label", "Points playground: arrow keys move the cross, Space adds a point, 1 and 2 pick the class, Backspace removes");
  svg.style.cssText = `width:${SIZE}px;max-width:100%;background:white;border:1px solid #c8c8c8;border-radius:4px;touch-action:none;cursor:crosshair;display:block`;
  const help = document.createElement("div");
  help.textContent = "Click: add or remove · drag: move · keys: arrows, Space, 1, 2, Backspace";
  help.style.cssText = "opacity:.65;font-size:85%;margin-top:2px";

  function button(text, action, colour) {
    const element = document.createElement("button");
    element.textContent = text;
    element.style.cssText = `padding:3px 12px;border-radius:4px;border:2px solid ${colour};background:transparent;color:inherit;cursor:pointer`;
    element.addEventListener("click", action);
    bar.append(element);
    return element;
  }
  const names = model.get("names");
  const choices = { "-1": button(`● ${names[0]}`, () => pick(-1), COLOURS["-1"]), "1": button(`■ ${names[1]}`, () => pick(1), COLOURS["1"]) };
  button("Undo", () => change(model.get("points").slice(0, -1)), "#aaa");
  button("Clear", () => change([]), "#aaa");

  function pick(choice) {
    label = choice;
    for (const [key, element] of Object.entries(choices)) {
      const chosen = Number(key) === label;
      element.style.background = chosen ? COLOURS[key] : "transparent";
      element.style.color = chosen ? "white" : "inherit";
      element.setAttribute("aria-pressed", chosen);
    }
  }

  function change(points) {
    model.set("points", points);
    model.save_changes();
    draw();
  }

  function toggle(x, y) {
    const points = model.get("points");
    const index = nearest(points, x, y);
    change(index < 0 ? [...points, [x, y, label]] : points.filter((_, i) => i !== index));
  }

  function place(event) {
    const box = svg.getBoundingClientRect();
    return [clamp(((event.clientX - box.left) / box.width) * 2 - 1), clamp(1 - ((event.clientY - box.top) / box.height) * 2)];
  }

  svg.addEventListener("pointerdown", (event) => {
    cross = place(event);
    dragged = { index: nearest(model.get("points"), ...cross), moved: false };
    svg.setPointerCapture(event.pointerId);
  });
  svg.addEventListener("pointermove", (event) => {
    if (!dragged || dragged.index < 0) return;
    const [x, y] = place(event);
    if (!dragged.moved && Math.hypot(x - cross[0], y - cross[1]) < 0.02) return;
    dragged.moved = true;
    change(model.get("points").map((point, i) => (i === dragged.index ? [x, y, point[2]] : point)));
  });
  svg.addEventListener("pointerup", () => {
    if (dragged && !dragged.moved) toggle(...cross);
    dragged = null;
  });
  svg.addEventListener("pointercancel", () => (dragged = null));

  const moves = { ArrowLeft: [-0.05, 0], ArrowRight: [0.05, 0], ArrowUp: [0, 0.05], ArrowDown: [0, -0.05] };
  svg.addEventListener("keydown", (event) => {
    if (moves[event.key]) cross = [clamp(cross[0] + moves[event.key][0]), clamp(cross[1] + moves[event.key][1])];
    else if (event.key === " " || event.key === "Enter") {
      if (nearest(model.get("points"), ...cross) < 0) toggle(...cross);
    } else if (event.key === "Backspace" || event.key === "Delete") {
      if (nearest(model.get("points"), ...cross) >= 0) toggle(...cross);
    } else if (event.key === "1") pick(-1);
    else if (event.key === "2") pick(1);
    else return; // Tab and the notebook's own keys stay what they are
    event.preventDefault();
    event.stopPropagation();
    draw();
  });
  svg.addEventListener("focus", () => draw());
  svg.addEventListener("blur", () => draw());

  function draw() {
    svg.replaceChildren();
    const line = model.get("line");
    if (line.length) drawLine(svg, line);
    const field = model.get("field");
    if (field.chances) drawField(svg, field);
    const axis = { stroke: "#ddd", "stroke-width": 1 };
    shape("line", { x1: 0, x2: SIZE, y1: SIZE / 2, y2: SIZE / 2, ...axis }, svg);
    shape("line", { y1: 0, y2: SIZE, x1: SIZE / 2, x2: SIZE / 2, ...axis }, svg);
    const wrong = new Set(model.get("wrong"));
    model.get("points").forEach((point, index) => drawPoint(svg, point, wrong.has(index)));
    if (svg.matches(":focus-visible")) {
      const [x, y] = [toX(cross[0]), toY(cross[1])];
      const path = `M${x - 9},${y}H${x + 9}M${x},${y - 9}V${y + 9}`;
      shape("path", { d: path, stroke: COLOURS[label], "stroke-width": 2 }, svg);
    }
  }

  const events = "change:points change:line change:wrong change:field";
  model.on(events, draw);
  root.append(bar, svg, help);
  el.append(root);
  pick(-1);
  draw();
  return () => model.off(events, draw);
}

export default { render };
