/* The ground: areas, buildings, streets, rivers, railways, borders by what they follow. Everything is drawn in metres with widths in pixels. */
var INK = '#1d2733';
var LINE_STYLES = {
  river: [{ colour: '#8fbce0', width: 2.6 }],
  railway: [{ colour: '#6b6b6b', width: 2.6, keep: true }, { colour: '#ffffff', width: 1.4, dash: [7, 7] }],
  wall: [{ colour: '#9a8468', width: 1.2, dash: [2, 2] }],
  ridge: [{ colour: '#a08a5a', width: 1.2, dash: [1, 3] }],
  other: [{ colour: '#9b9b9b', width: 1 }]
};
var BORDER_STYLES = {
  none: [{ colour: '#ffffff', width: 4, alpha: 0.85 }, { colour: '#c81e1e', width: 2.4, dash: [7, 5] }],
  street: [{ colour: '#ffffff', width: 4.4, alpha: 0.9 }, { colour: '#4b5563', width: 2.4 }],
  river: [{ colour: '#ffffff', width: 5, alpha: 0.9 }, { colour: '#1565c0', width: 3 }],
  railway: [{ colour: '#111111', width: 4, keep: true }, { colour: '#ffffff', width: 2, dash: [8, 8] }],
  wall: [{ colour: '#ffffff', width: 4.4, alpha: 0.9 }, { colour: '#7a4f1d', width: 2.4, dash: [12, 3, 2, 3] }],
  ridge: [{ colour: '#ffffff', width: 4.4, alpha: 0.9 }, { colour: '#7a4f1d', width: 2.4, dash: [2, 4] }],
  other: [{ colour: '#ffffff', width: 4.4, alpha: 0.9 }, { colour: '#6d4a8f', width: 2.2, dash: [12, 3] }]
};
var VILLAGE_STYLE = [{ colour: '#ffffff', width: 6.5, alpha: 0.75 }, { colour: '#3b2a63', width: 3.4, dash: [16, 4, 3, 4] }];
var SUPERVISOR_STYLE = [{ colour: '#00897b', width: 9, alpha: 0.38, keep: true }, { colour: '#00594f', width: 2.6, dash: [3, 6] }];
var STREET_WIDTHS = [3.4, 2.2, 1.1];

/* Bundles of lines, borders and buildings. Of the buildings there are tens of thousands: they stand at the end of the page, and are read and drawn when all else
   has been drawn once and the page can be used (`furnished`). */
function openBase(store) {
  var size = Math.max(store.data.size[0], store.data.size[1], 1), side = size / 16;
  var idsOf = groups(store.lines.kind.length, function (i) {
    var kind = KINDS[store.lines.kind[i]];
    return kind === 'street' ? 'street' + store.lines.rank[i] : kind === 'none' ? 'other' : kind;
  });
  var bordersOf = groups(store.boundaries.kind.length, function (i) { return store.boundaries.right[i] < 0 ? '' : KINDS[store.boundaries.kind[i]]; });
  var lines = {}, borders = {};
  ['street0', 'street1', 'street2'].concat(KINDS).forEach(function (key) { lines[key] = bundle(store.lines.shapes, idsOf[key] || [], false, side); });
  KINDS.forEach(function (kind) { borders[kind] = bundle(store.boundaries.shapes, bordersOf[kind] || [], false, side); });
  var footprints = function () { return store.buildings().shapes; };
  return {
    furnished: false,
    lines: lines,
    borders: borders,
    buildings: once(function () { return bundle(footprints(), range(footprints().count), true, size / 40); }),
    villages: bundle(store.villageBorder, range(store.villageBorder.count), false, size / 4),
    supervisors: store.supervisors ? bundle(store.supervisors.border, [0], false, size) : null,
    built: builtUp(footprints, store.data.size),
    paths: STEPS.map(function () { return []; })
  };
}

/* Positions 0 … n - 1 by what `keyOf` says of each. */
function groups(n, keyOf) {
  var out = {};
  for (var i = 0; i < n; i++) {
    var key = keyOf(i);
    (out[key] || (out[key] = [])).push(i);
  }
  return out;
}

function areaPath(store, base, i, detail) {
  var paths = base.paths[detail || 0];
  if (!paths[i]) {
    paths[i] = new Path2D();
    trace(paths[i], store.areaShapes, i, true, STEPS[detail || 0]);
  }
  return paths[i];
}

/* From afar all buildings together are one picture, made once: fifty thousand outlines of a pixel each would be drawn for nothing. */
function builtUp(footprints, size) {
  var fine = Math.min(0.25, 2000 / Math.max(size[0], size[1], 1));
  return { fine: fine, picture: once(function () { return builtUpPicture(footprints(), size, fine); }) };
}

function builtUpPicture(shapes, size, fine) {
  var canvas = document.createElement('canvas'), w = canvas.width = Math.ceil(size[0] * fine) + 1, h = canvas.height = Math.ceil(size[1] * fine) + 1;
  var ctx = canvas.getContext('2d'), image = ctx.createImageData(w, h), bits = new Uint32Array(image.data.buffer), box = shapes.box;
  for (var i = 0; i < shapes.count; i++) {
    var west = Math.max(0, Math.round(box[4 * i] * fine)), east = Math.min(w, Math.max(west + 1, Math.round(box[4 * i + 2] * fine)));
    var top = Math.max(0, Math.round(h - box[4 * i + 3] * fine)), bottom = Math.min(h, Math.max(top + 1, Math.round(h - box[4 * i + 1] * fine)));
    for (var y = top; y < bottom; y++) { bits.fill(0x66544640, y * w + west, y * w + east); }
  }
  ctx.putImageData(image, 0, 0);
  return canvas;
}

/* The steps that draw lines in one style upon another. */
function stroke(view, group, styles, factor) {
  var out = [], plain = styles.length > 1 && view.scale < 0.3 && !styles[0].keep;
  (plain ? styles.slice(1) : styles).forEach(function (style) {
    range(group.parts).forEach(function (part) {
      out.push(function () { strokePart(view, group, style, factor, part); });
    });
  });
  return out;
}

function strokePart(view, group, style, factor, part) {
  var ctx = view.ctx, px = 1 / view.scale;
  view.enterWorld();
  ctx.lineCap = 'butt';
  ctx.lineJoin = style.width * factor < 2.5 ? 'bevel' : 'round'; /* nobody sees the corners of a thin line */
  ctx.strokeStyle = style.colour;
  ctx.globalAlpha = style.alpha || 1;
  ctx.lineWidth = style.width * factor * px;
  ctx.setLineDash((style.dash || []).map(function (d) { return d * factor * px; }));
  group.each(view, function (path) { ctx.stroke(path); }, part, group.parts);
  ctx.setLineDash([]);
  ctx.globalAlpha = 1;
}

/* Lines grow a little as one comes closer. */
function lineFactor(scale) {
  return Math.max(0.45, Math.min(1.35, 0.72 + 0.26 * Math.log2(Math.max(scale, 0.05) / 0.3)));
}

/* Each painter returns its steps. */
function paintGround(view, store, base) {
  var seen = store.areas.filter(function (area) { return lies(store.areaShapes, area.i, view.box); });
  return range(Math.ceil(seen.length / MOST_AT_ONCE)).map(function (part) {
    return function () { fillAreas(view, store, base, seen.slice(part * MOST_AT_ONCE, (part + 1) * MOST_AT_ONCE)); };
  });
}

function fillAreas(view, store, base, areas) {
  var ctx = view.ctx, detail = detailOf(view.scale);
  view.enterWorld();
  areas.forEach(function (area) {
    ctx.fillStyle = store.data.palette[area.colour % store.data.palette.length];
    ctx.fill(areaPath(store, base, area.i, detail), 'evenodd');
  });
}

/* What stands on the ground, whoever divides it. */
function paintLand(view, store, base) {
  var seen = base.furnished && view.scale >= 0.09;
  var buildings = !seen ? [] : [
    function () { store.buildings(); },
    function () { if (view.scale > base.built.fine * 1.3) { base.buildings(); } else { base.built.picture(); } },
    function () { if (view.scale <= base.built.fine * 1.3) { paintBuiltUp(view, base); } }
  ];
  if (seen && view.scale > base.built.fine * 1.3) {
    range(4).forEach(function (part) { buildings.push(function () { paintFootprints(view, base, part, 4); }); });
  }
  return buildings.concat(paintLines(view, base, lineFactor(view.scale)));
}

function paintBuiltUp(view, base) {
  var picture = base.built.picture(), fine = base.built.fine, high = picture.height / fine;
  view.enterPixels();
  view.ctx.globalAlpha = 1;
  view.ctx.imageSmoothingEnabled = true;
  view.ctx.drawImage(picture, view.x(0), view.y(high), picture.width / fine * view.scale, high * view.scale);
}

function paintFootprints(view, base, part, parts) {
  var ctx = view.ctx;
  view.enterWorld();
  ctx.globalAlpha = 1;
  ctx.lineJoin = 'round';
  ctx.fillStyle = 'rgba(62, 70, 84, 0.34)';
  ctx.strokeStyle = 'rgba(42, 50, 64, 0.55)';
  ctx.lineWidth = 0.8 / view.scale;
  base.buildings().each(view, function (path) {
    ctx.fill(path, 'evenodd');
    if (view.scale >= 0.8) { ctx.stroke(path); }
  }, part, parts);
}

function paintLines(view, base, factor) {
  var out = [];
  ['other', 'ridge', 'wall', 'river'].forEach(function (kind) { out = out.concat(stroke(view, base.lines[kind], LINE_STYLES[kind], factor)); });
  var ranks = view.scale < 0.05 ? [0] : view.scale < 0.14 ? [1, 0] : [2, 1, 0];
  var wide = view.scale >= 1 ? Math.min(view.scale, 4) * 1.3 : 1;
  var add = function (rank, colour, width, dash) { out = out.concat(stroke(view, base.lines['street' + rank], [{ colour: colour, width: width, dash: dash }], factor)); };
  [true, false].forEach(function (casing) {
    ranks.forEach(function (rank) {
      var width = STREET_WIDTHS[rank] * (rank < 2 ? wide : 1);
      if (rank === 2) {
        if (!casing) { add(2, '#8d8672', 1.1, [4, 3]); }
      } else if (view.scale < 0.3) { /* from afar the casing and the street are one pixel */
        if (casing) { add(rank, rank === 0 ? '#fffaf0' : '#f4f2ec', width + 0.6); }
      } else if (casing) {
        add(rank, '#9a958a', width + 1.1);
      } else {
        add(rank, rank === 0 ? '#fff3d6' : '#ffffff', width);
      }
    });
  });
  return out.concat(stroke(view, base.lines.railway, LINE_STYLES.railway, factor));
}

function paintBorders(view, store, base) {
  var factor = Math.max(0.55, Math.min(1.1, lineFactor(view.scale)));
  if (!store.boundaries.kind.length) { return [function () { outlineAreas(view, store, base); }]; }
  return [].concat.apply([], ['street', 'other', 'wall', 'ridge', 'railway', 'river', 'none'].map(function (kind) {
    return stroke(view, base.borders[kind], BORDER_STYLES[kind], factor);
  }));
}

function paintVillages(view, base) {
  return stroke(view, base.villages, VILLAGE_STYLE, Math.max(0.55, Math.min(1.1, lineFactor(view.scale))));
}

function paintSupervisors(view, base) {
  return base.supervisors ? stroke(view, base.supervisors, SUPERVISOR_STYLE, Math.max(0.55, Math.min(1.1, lineFactor(view.scale)))) : [];
}

/* A plan without boundaries still shows where its areas end. */
function outlineAreas(view, store, base) {
  view.enterWorld();
  view.ctx.strokeStyle = '#4b5563';
  view.ctx.lineWidth = 1.6 / view.scale;
  store.areas.forEach(function (area) { view.ctx.stroke(areaPath(store, base, area.i)); });
}

/* The area under a point of the ground. */
function areaAt(store, base, x, y) {
  var scratch = areaAt.scratch || (areaAt.scratch = document.createElement('canvas').getContext('2d'));
  for (var i = 0; i < store.areas.length; i++) {
    var b = store.areaShapes.box;
    if (x < b[4 * i] || x > b[4 * i + 2] || y < b[4 * i + 1] || y > b[4 * i + 3]) { continue; }
    if (scratch.isPointInPath(areaPath(store, base, i), x, y, 'evenodd')) { return store.areas[i]; }
  }
  return null;
}
