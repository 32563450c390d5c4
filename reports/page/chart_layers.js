// What the charts paint themselves, under and over uPlot's lines: phases and convergence marks.
//
// Units:  canvas pixels; a CSS pixel is devicePixelRatio of them. Colours come from charts.js.

function hatchPattern(context) {
  const size = 7 * devicePixelRatio;
  const tile = element("canvas", { width: size, height: size });
  const brush = tile.getContext("2d");
  brush.strokeStyle = colours.hatch;
  brush.lineWidth = devicePixelRatio;
  brush.beginPath();
  for (const shift of [-size, 0, size]) {
    brush.moveTo(shift, size);
    brush.lineTo(shift + size, 0);
  }
  brush.stroke();
  return context.createPattern(tile, "repeat");
}

// Phases as bands behind the lines: a rule where one begins, hatching where nothing is measured.
function drawBands(plot, phases) {
  const { ctx, bbox } = plot;
  const right = bbox.left + bbox.width;
  ctx.save();
  ctx.font = `${11 * devicePixelRatio}px system-ui, sans-serif`;
  ctx.textBaseline = "bottom";
  ctx.textAlign = "left";
  for (const [name, from, to, measured] of phases) {
    const begin = Math.max(bbox.left, plot.valToPos(from, "x", true));
    const end = Math.min(right, plot.valToPos(to, "x", true));
    if (end <= begin) {
      continue;
    }
    if (!measured) {
      ctx.fillStyle = hatchPattern(ctx);
      ctx.fillRect(begin, bbox.top, end - begin, bbox.height);
    }
    ctx.fillStyle = colours.hatch;
    ctx.fillRect(Math.round(begin), bbox.top - 5 * devicePixelRatio, devicePixelRatio,
      bbox.height + 5 * devicePixelRatio);
    if (ctx.measureText(name).width < end - begin - 6 * devicePixelRatio) {
      ctx.fillStyle = colours.soft;
      ctx.fillText(name, begin + 4 * devicePixelRatio, bbox.top - 4 * devicePixelRatio);
    }
  }
  ctx.restore();
}

function overlaps(box, boxes) {
  return boxes.some((other) => box.x < other.x + other.width && other.x < box.x + box.width &&
    box.y < other.y + other.height && other.y < box.y + box.height);
}

// Where the curves reach 50, 90, 99 and 100 %: a ring and, where there is room, its label.
function drawMarks(plot, spec) {
  const { ctx, bbox } = plot;
  const unit = devicePixelRatio;
  const boxes = [];
  ctx.save();
  ctx.font = `600 ${12 * unit}px system-ui, sans-serif`;
  ctx.textBaseline = "middle";
  ctx.textAlign = "left";
  for (const { second, percent, colour } of [...spec.marks].reverse()) {
    const x = plot.valToPos(second, "x", true);
    const y = plot.valToPos(percent, "y", true);
    ctx.beginPath();
    ctx.arc(x, y, 4 * unit, 0, 2 * Math.PI);
    ctx.fillStyle = colours.card;
    ctx.strokeStyle = colours[colour];
    ctx.lineWidth = 2 * unit;
    ctx.fill();
    ctx.stroke();
    const text = `${percent} % · ${spec.formatX(second)}`;
    const width = ctx.measureText(text).width;
    const left = -width / unit - 10;
    const places = percent === 100 ? [[left + 18, -13], [10, -13]]
      : [[10, 14], [10, 32], [10, 50], [left, -8]];
    for (const [dx, dy] of places) {
      const box = { x: x + dx * unit, y: y + (dy - 8) * unit, width, height: 16 * unit };
      if (box.x + width <= bbox.left + bbox.width && box.x >= bbox.left && !overlaps(box, boxes)) {
        ctx.fillStyle = colours.ink;
        ctx.fillText(text, box.x, box.y + 8 * unit);
        boxes.push(box);
        break;
      }
    }
  }
  ctx.restore();
}
