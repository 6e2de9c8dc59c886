/* Findings on the map: a shape for each severity, several at one place as one mark with their number. */
var MARK_COLOURS = { error: '#b3261e', warning: '#8a5300', note: '#48596b' };

/* Where marks stand: those that would cover one another are one. */
function placeMarks(view, store, space, showNotes, far) {
  var marks = [], apart = far ? 26 : 19;
  store.findings.forEach(function (finding) {
    if (finding.severity === 'note' && !showNotes) { return; }
    var at = markPlace(view, store, finding);
    if (!at || !meets([at[0], at[1], at[0], at[1]], view.seen)) { return; }
    var near = marks.find(function (m) { return Math.abs(m.x - at[0]) < apart && Math.abs(m.y - at[1]) < apart; });
    if (near) { near.ids.push(finding.i); return; }
    marks.push({ x: at[0], y: at[1], severity: finding.severity, ids: [finding.i] });
  });
  if (far) { marks.forEach(function (m) { stepAside(m, space); }); }
  marks.forEach(function (m) { space.take([m.x - 10, m.y - 10, m.x + (m.ids.length > 1 && !far ? 22 : 10), m.y + 10]); });
  return marks;
}

/* From afar a mark makes room for the name of a village. */
function stepAside(m, space) {
  [[0, 0], [0, -9], [0, 9], [0, -18], [0, 18], [-18, 0], [18, 0], [-27, -9], [27, -9], [-27, 9], [27, 9], [0, -27], [0, 27], [-40, 0], [40, 0]].some(function (by) {
    var x = m.x + by[0], y = m.y + by[1];
    if (!space.free([x - 7, y - 7, x + 7, y + 7])) { return false; }
    m.x = x;
    m.y = y;
    return true;
  });
}

/* The finding's own place, else beside the number of its area. */
function markPlace(view, store, finding) {
  if (finding.box && !finding.whole) { return [view.x((finding.box[0] + finding.box[2]) / 2), view.y((finding.box[1] + finding.box[3]) / 2)]; }
  if (!finding.whole) { return null; }
  var label = store.areas[finding.areas[0]].label;
  if (label.room * view.scale < 14) { return [view.x(label.x), view.y(label.y)]; }
  return [view.x(label.x), view.y(label.y) - 21];
}

function drawMark(ctx, m, far) {
  ctx.save();
  ctx.translate(m.x, m.y);
  if (far) { ctx.scale(0.72, 0.72); }
  ctx.beginPath();
  if (m.severity === 'error') {
    ctx.arc(0, 0, 8.5, 0, 2 * Math.PI);
  } else if (m.severity === 'warning') {
    ctx.moveTo(0, -9.5);
    ctx.lineTo(9.5, 7.5);
    ctx.lineTo(-9.5, 7.5);
    ctx.closePath();
  } else {
    ctx.rect(-6.5, -6.5, 13, 13);
  }
  ctx.lineWidth = 3;
  ctx.lineJoin = 'round';
  ctx.strokeStyle = '#ffffff';
  ctx.stroke();
  ctx.fillStyle = MARK_COLOURS[m.severity] || MARK_COLOURS.note;
  ctx.fill();
  ctx.fillStyle = '#ffffff';
  ctx.font = '700 11px ' + FONT;
  ctx.textAlign = 'center';
  ctx.textBaseline = 'middle';
  ctx.fillText(m.severity === 'note' ? 'i' : '!', 0, m.severity === 'warning' ? 2 : 0.5);
  if (m.ids.length > 1 && !far) {
    ctx.textAlign = 'left';
    inscribe(ctx, '×' + m.ids.length, 11, 0.5, INK, 3);
  }
  ctx.restore();
}

/* What is chosen or pointed at, above everything else. */
function paintChoice(view, store, base, state) {
  var ctx = view.ctx;
  view.enterWorld();
  ctx.lineJoin = 'round';
  if (state.hover >= 0 && state.hover !== state.area) { outline(view, areaPath(store, base, state.hover), [['#ffffff', 5], [INK, 2]]); }
  if (state.area >= 0) { spotlight(view, areaPath(store, base, state.area)); }
  if (state.finding >= 0) { paintFinding(view, store, store.findings[state.finding]); }
}

/* The chosen area stays as it is, borders included; everything around it fades. */
function spotlight(view, path) {
  var ctx = view.ctx, around = new Path2D(), box = view.box;
  around.rect(box[0], box[1], box[2] - box[0], box[3] - box[1]);
  around.addPath(path);
  ctx.fillStyle = 'rgba(255, 255, 255, 0.42)';
  ctx.fill(around, 'evenodd');
  ctx.save();
  ctx.clip(around, 'evenodd');
  outline(view, path, [['rgba(255, 166, 0, 0.62)', 15]]);
  ctx.restore();
}

function outline(view, path, strokes) {
  strokes.forEach(function (s) {
    view.ctx.strokeStyle = s[0];
    view.ctx.lineWidth = s[1] / view.scale;
    view.ctx.stroke(path);
  });
}

function paintFinding(view, store, finding) {
  if (!finding.box) { return; }
  var ctx = view.ctx, path = new Path2D();
  if (finding.dimension > 0) {
    trace(path, store.findingShapes, finding.i, false);
    if (finding.dimension === 2) {
      ctx.fillStyle = 'rgba(176, 0, 120, 0.12)';
      ctx.fill(path, 'evenodd');
    }
    outline(view, path, [['#ffffff', 7], ['#b00078', 3.5]]);
  }
  var small = Math.max(finding.box[2] - finding.box[0], finding.box[3] - finding.box[1]) * view.scale < 26;
  if (!small) { return; }
  var ring = new Path2D();
  ring.arc((finding.box[0] + finding.box[2]) / 2, (finding.box[1] + finding.box[3]) / 2, 19 / view.scale, 0, 2 * Math.PI);
  outline(view, ring, [['#ffffff', 6], ['#b00078', 3]]);
}
