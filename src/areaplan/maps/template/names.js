/* Text on the map: codes, village, street and river names, building numbers. Nothing is written over anything else. */
var FONT = '"PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Source Han Sans SC", "WenQuanYi Micro Hei", system-ui, "Segoe UI", sans-serif';
var DECISION_COLOURS = { approve: '#1c6b3c', revise: '#8a2a00', open: '#48596b' };
var NAME_FROM_SCALE = { street: [0.22, 0.5, 1.2], river: [0.12, 0.12, 0.12], railway: [0.35, 0.35, 0.35] };

/* Boxes already taken, found through a grid of 64 pixels. */
function openSpace() {
  var cells = new Map();
  function visit(box, use) {
    for (var cx = Math.floor(box[0] / 64); cx <= Math.floor(box[2] / 64); cx++) {
      for (var cy = Math.floor(box[1] / 64); cy <= Math.floor(box[3] / 64); cy++) {
        if (use(cx + ':' + cy)) { return true; }
      }
    }
    return false;
  }
  return {
    free: function (box) {
      return !visit(box, function (key) {
        return (cells.get(key) || []).some(function (other) { return meets(box, other); });
      });
    },
    take: function (box) {
      visit(box, function (key) {
        if (!cells.has(key)) { cells.set(key, []); }
        cells.get(key).push(box);
        return false;
      });
    }
  };
}

/* A line of text for a canvas: control characters become spaces, long names are cut. */
function oneLine(text, most) {
  var plain = text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, ' ').trim();
  var letters = Array.from(plain);
  return letters.length > most ? letters.slice(0, most - 1).join('') + '…' : plain;
}

/* Width of a text in the present font; measuring is slow, and codes repeat. */
var WIDTHS = new Map();

function widthOf(ctx, text) {
  var key = ctx.font + '\n' + text, width = WIDTHS.get(key);
  if (width === undefined) {
    if (WIDTHS.size > 20000) { WIDTHS.clear(); }
    width = ctx.measureText(text).width;
    WIDTHS.set(key, width);
  }
  return width;
}

function inscribe(ctx, text, x, y, colour, halo) {
  ctx.lineJoin = 'round';
  ctx.lineWidth = halo || 3;
  ctx.strokeStyle = 'rgba(255, 255, 255, 0.92)';
  ctx.strokeText(text, x, y);
  ctx.fillStyle = colour;
  ctx.fillText(text, x, y);
}

/* Areas are named in their own time; what stands on the ground, whenever. From afar only the largest areas are named, and villages first. */
function paintAreaNames(view, store, space, settings, far) {
  view.enterPixels();
  view.ctx.textAlign = 'center';
  view.ctx.textBaseline = 'middle';
  nameAreas(view, store, space, settings, far ? 17 : 6);
}

/* The steps that name what stands on the ground. */
function groundNames(view, store, space, settings, far) {
  var named = function (name, wanted) {
    return wanted ? [function () {
      view.enterPixels();
      view.ctx.textAlign = 'center';
      view.ctx.textBaseline = 'middle';
      name();
    }] : [];
  };
  return [].concat(
    named(function () { nameLines(view, store, space); }, view.scale >= 0.12),
    named(function () { nameSupervisors(view, store, space); }, !!store.supervisors),
    named(function () { nameVillages(view, store, space, 0.75); }, !far),
    named(function () { numberBuildings(view, store, space, settings); }, view.scale >= 2.2)
  );
}

function nameVillages(view, store, space, strength) {
  var ctx = view.ctx;
  view.enterPixels();
  ctx.textAlign = 'center';
  ctx.textBaseline = 'middle';
  ctx.font = '700 14px ' + FONT;
  store.villages.slice().sort(function (a, b) { return b.label.room - a.label.room || a.i - b.i; }).forEach(function (village) {
    var x = view.x(village.label.x), y = view.y(village.label.y);
    var text = oneLine(village.name || village.code, 24), half = widthOf(ctx, text) / 2 + 3;
    if (half > Math.max(village.label.room * view.scale * 2.2, 46)) { return; }
    [0, -20, 20, -40, 40].some(function (shift) {
      var box = [x - half, y + shift - 10, x + half, y + shift + 10];
      if (Math.abs(shift) > village.label.room * view.scale + 12) { return false; } /* a name beside its village names another one */
      if (!within(box, view.seen) || !space.free(box)) { return false; }
      space.take(box);
      ctx.globalAlpha = strength;
      inscribe(ctx, text, x, y + shift, '#3b2a63', 4);
      ctx.globalAlpha = 1;
      return true;
    });
  });
}

function nameSupervisors(view, store, space) {
  var ctx = view.ctx;
  ctx.font = 'italic 700 13px ' + FONT;
  store.supervisors.list.forEach(function (s) {
    var text = oneLine(s.name, 24), half = widthOf(ctx, text) / 2 + 3, x = view.x(s.label.x), y = view.y(s.label.y);
    if (half > s.label.room * view.scale * 2.2) { return; }
    [0, -18, 18, -36, 36, -54, 54].some(function (shift) {
      var box = [x - half, y + shift - 9, x + half, y + shift + 9];
      if (!within(box, view.seen) || !space.free(box)) { return false; }
      space.take(box);
      inscribe(ctx, text, x, y + shift, '#00594f', 4);
      return true;
    });
  });
}

function nameAreas(view, store, space, settings, least) {
  var ctx = view.ctx;
  settings.areaOrder.forEach(function (i) {
    var area = store.areas[i], room = area.label.room * view.scale;
    var spot = spotOf(view, store, settings, area, room);
    if (!spot) { return; }
    if (room < least) { return; }
    var large = room >= 46;
    ctx.font = '700 ' + (large ? 15 : 12) + 'px ' + FONT;
    var text = oneLine(area.short, 8), half = widthOf(ctx, text) / 2;
    if (room < Math.max(half * 0.72, least)) { return; }
    var facts = room >= 30 && area.households !== null ? count(area.households) + ' ' + say('householdsShort') : '';
    var sign = settings.decisionOn(area) ? 15 : 0;
    var place = roomNear(space, spot, half, sign, facts ? [17, 0] : [0]);
    if (!place) { return; }
    inscribe(ctx, text, spot[0], place.y, INK, 3.5);
    paintDecision(ctx, settings.decisionOn(area), spot[0] + half, place.y);
    if (place.low) {
      ctx.font = '400 11px ' + FONT;
      inscribe(ctx, facts, spot[0], place.y + 15, area.outside ? '#a3180f' : '#33414f', 3);
    }
  });
}

/* A place for a code near its spot, if need be a little higher or lower, if need be without the line below it. */
function roomNear(space, spot, half, sign, lows) {
  for (var k = 0; k < 3 * lows.length; k++) {
    var y = spot[1] + [0, -10, 10][k % 3], low = lows[Math.floor(k / 3)], box = [spot[0] - half - 2, y - 9, spot[0] + half + 2 + sign, y + 9 + low];
    if (space.free(box)) {
      space.take(box);
      return { y: y, low: low };
    }
  }
  return null;
}

/* A sign after the code: decided how. */
function paintDecision(ctx, decision, x, y) {
  if (!decision) { return; }
  ctx.beginPath();
  ctx.arc(x + 8, y - 1, 6.5, 0, 2 * Math.PI);
  ctx.fillStyle = DECISION_COLOURS[decision];
  ctx.fill();
  ctx.font = '700 10px ' + FONT;
  ctx.fillStyle = '#ffffff';
  ctx.fillText(DECISION_SIGNS[decision], x + 8, y - 0.5);
}

/* Where an area's label goes: the place with most room, or, close up, any part of the area in sight. */
function spotOf(view, store, settings, area, room) {
  var x = view.x(area.label.x), y = view.y(area.label.y), seen = view.seen;
  if (x > seen[0] + 12 && x < seen[2] - 12 && y > seen[1] + 10 && y < seen[3] - 10) { return [x, y]; }
  if (room < 90 || !lies(store.areaShapes, area.i, view.box)) { return null; }
  for (var k = 0; k < 25; k++) {
    var tx = seen[0] + (seen[2] - seen[0]) * (0.5 + 0.2 * [0, -1, 1, -2, 2][k % 5]);
    var ty = seen[1] + (seen[3] - seen[1]) * (0.5 + 0.2 * [0, -1, 1, -2, 2][Math.floor(k / 5)]);
    if (settings.isIn(area, view.box[0] + tx / view.scale, view.box[3] - ty / view.scale)) { return [tx, ty]; }
  }
  return null;
}

function nameLines(view, store, space) {
  var ctx = view.ctx, lines = store.lines, box = lines.shapes.box, used = [];
  var ids = range(lines.name.length).filter(function (i) {
    var from = NAME_FROM_SCALE[KINDS[lines.kind[i]]];
    return lines.name[i] && from && view.scale >= from[lines.rank[i]] && lies(lines.shapes, i, view.box);
  });
  var span = function (i) { return box[4 * i + 2] - box[4 * i] + box[4 * i + 3] - box[4 * i + 1]; };
  ids.sort(function (a, b) { return lines.rank[a] - lines.rank[b] || span(b) - span(a); });
  ids.slice(0, 600).forEach(function (i) {
    var river = KINDS[lines.kind[i]] === 'river';
    ctx.font = (river ? 'italic 400 12px ' : '400 11px ') + FONT;
    var text = oneLine(store.names[lines.name[i]], 40), width = widthOf(ctx, text);
    if (span(i) * view.scale < width * 0.9) { return; }
    var place = straightPlace(view, lines.shapes, i, width + 8, function (at) {
      return used.every(function (u) { return u.name !== lines.name[i] || Math.hypot(u.x - at.x, u.y - at.y) > 260; }) && roomAlong(space, at, width);
    });
    if (!place) { return; }
    alongBoxes(place, width).forEach(space.take);
    used.push({ name: lines.name[i], x: place.x, y: place.y });
    ctx.save();
    ctx.translate(place.x, place.y);
    ctx.rotate(place.angle);
    inscribe(ctx, text, 0, 0, river ? '#1d5d9b' : '#4a4636', 3);
    ctx.restore();
  });
}

function alongBoxes(at, width) {
  var steps = Math.max(2, Math.ceil(width / 12)), out = [];
  for (var k = 0; k < steps; k++) {
    var s = (k / (steps - 1) - 0.5) * (width - 10), x = at.x + Math.cos(at.angle) * s, y = at.y + Math.sin(at.angle) * s;
    out.push([x - 7, y - 7, x + 7, y + 7]);
  }
  return out;
}

function roomAlong(space, at, width) {
  return alongBoxes(at, width).every(space.free);
}

/* A stretch of a line, in sight, straight enough for a text of this width. */
function straightPlace(view, shapes, i, width, accept) {
  var found = null;
  for (var p = shapes.firstPart[i]; p < shapes.firstPart[i + 1] && !found; p++) {
    runsInSight(view, shapes, p).some(function (run) {
      var total = run.at[run.at.length - 1];
      if (total < width) { return false; }
      return [0.5, 0.3, 0.7, 0.15, 0.85].some(function (share) {
        var middle = Math.min(Math.max(total * share, width / 2), total - width / 2);
        var a = pointAt(run, middle - width / 2), b = pointAt(run, middle + width / 2), c = pointAt(run, middle);
        var chord = Math.hypot(b[0] - a[0], b[1] - a[1]);
        if (chord < width * 0.96) { return false; }
        var angle = Math.atan2(b[1] - a[1], b[0] - a[0]);
        if (angle > Math.PI / 2) { angle -= Math.PI; }
        if (angle <= -Math.PI / 2) { angle += Math.PI; }
        var at = { x: (a[0] + b[0] + 2 * c[0]) / 4, y: (a[1] + b[1] + 2 * c[1]) / 4, angle: angle };
        if (at.x < view.seen[0] || at.x > view.seen[2] || at.y < view.seen[1] || at.y > view.seen[3] || !accept(at)) { return false; }
        found = at;
        return true;
      });
    });
  }
  return found;
}

/* The pieces of part p that lie in sight, in pixels, with the length walked at each point. */
function runsInSight(view, shapes, p) {
  var runs = [], run = null, xy = shapes.xy;
  for (var k = shapes.firstPoint[p] + 1; k < shapes.firstPoint[p + 1]; k++) {
    var piece = clip(view.x(xy[2 * k - 2]), view.y(xy[2 * k - 1]), view.x(xy[2 * k]), view.y(xy[2 * k + 1]), view.seen);
    if (!piece) { run = null; continue; }
    if (!run || !piece.whole) {
      run = { xy: [[piece[0], piece[1]]], at: [0] };
      runs.push(run);
    }
    run.at.push(run.at[run.at.length - 1] + Math.hypot(piece[2] - piece[0], piece[3] - piece[1]));
    run.xy.push([piece[2], piece[3]]);
    if (piece.cut) { run = null; }
  }
  return runs;
}

/* The part of a segment inside a box (Liang and Barsky); `whole` when it starts at its own start, `cut` when it ends before its end. */
function clip(x0, y0, x1, y1, box) {
  var from = 0, to = 1, dx = x1 - x0, dy = y1 - y0;
  var sides = [[-dx, x0 - box[0]], [dx, box[2] - x0], [-dy, y0 - box[1]], [dy, box[3] - y0]];
  for (var i = 0; i < 4; i++) {
    var d = sides[i][0], q = sides[i][1];
    if (d === 0) {
      if (q < 0) { return null; }
    } else if (d < 0) {
      from = Math.max(from, q / d);
    } else {
      to = Math.min(to, q / d);
    }
  }
  if (from > to) { return null; }
  var piece = [x0 + from * dx, y0 + from * dy, x0 + to * dx, y0 + to * dy];
  piece.whole = from === 0;
  piece.cut = to < 1;
  return piece;
}

function pointAt(run, s) {
  var k = 1;
  while (k < run.at.length - 1 && run.at[k] < s) { k++; }
  var span = run.at[k] - run.at[k - 1] || 1, t = (s - run.at[k - 1]) / span;
  return [run.xy[k - 1][0] + t * (run.xy[k][0] - run.xy[k - 1][0]), run.xy[k - 1][1] + t * (run.xy[k][1] - run.xy[k - 1][1])];
}

/* Close up: the building's number where it has one, else its households. */
function numberBuildings(view, store, space, settings) {
  if (!settings.furnished()) { return; }
  var ctx = view.ctx, b = store.buildings();
  ctx.font = '400 10.5px ' + FONT;
  settings.buildingsIn(view.box).forEach(function (i) {
    var value = b.number && b.number[i] ? '#' + b.number[i] : b.households[i] ? b.households[i] + ' ' + say('householdsShort') : '';
    var box = boxOf(b.shapes, i);
    if (!value || (box[2] - box[0]) * view.scale < 22 || (box[3] - box[1]) * view.scale < 12) { return; }
    var x = view.x((box[0] + box[2]) / 2), y = view.y((box[1] + box[3]) / 2), half = widthOf(ctx, value) / 2;
    var place = [x - half, y - 6, x + half, y + 6];
    if (!space.free(place)) { return; }
    space.take(place);
    inscribe(ctx, value, x, y, '#2b3542', 2.5);
  });
}
