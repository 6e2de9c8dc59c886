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
var STREET_WIDTHS = [3.4, 2.2, 1.1];

function openBase(store) {
  var size = Math.max(store.data.size[0], store.data.size[1], 1);
  var side = size / 16;
  var byKind = {};
  KINDS.forEach(function (kind, k) {
    var ids = range(store.lines.kind.length).filter(function (i) { return store.lines.kind[i] === k; });
    if (kind === 'street') {
      [0, 1, 2].forEach(function (rank) {
        byKind['street' + rank] = bundle(store.lines.shapes, ids.filter(function (i) { return store.lines.rank[i] === rank; }), false, side);
      });
    } else {
      byKind[kind === 'none' ? 'other' : kind] = bundle(store.lines.shapes, ids, false, side);
    }
  });
  var borders = {};
  KINDS.forEach(function (kind, k) {
    borders[kind] = bundle(store.boundaries.shapes, range(store.boundaries.kind.length).filter(function (i) {
      return store.boundaries.kind[i] === k && store.boundaries.right[i] >= 0;
    }), false, side);
  });
  return {
    lines: byKind,
    borders: borders,
    buildings: bundle(store.buildings.shapes, range(store.buildings.shapes.count), true, size / 40),
    villages: bundle(store.villageBorder, range(store.villageBorder.count), false, size),
    built: builtUp(store.buildings.shapes, store.data.size),
    paths: [[], [], []]
  };
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
function builtUp(shapes, size) {
  var fine = Math.min(0.25, 2000 / Math.max(size[0], size[1], 1)), picture = null;
  return {
    fine: fine,
    picture: function () {
      if (!picture) { picture = paintBuiltUp(shapes, size, fine); }
      return picture;
    }
  };
}

function paintBuiltUp(shapes, size, fine) {
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

function stroke(view, group, styles, factor) {
  var ctx = view.ctx, px = 1 / view.scale;
  var plain = styles.length > 1 && view.scale < 0.3 && !styles[0].keep;
  (plain ? styles.slice(1) : styles).forEach(function (style) {
    ctx.strokeStyle = style.colour;
    ctx.globalAlpha = style.alpha || 1;
    ctx.lineWidth = style.width * factor * px;
    ctx.setLineDash((style.dash || []).map(function (d) { return d * factor * px; }));
    group.each(view, function (path) { ctx.stroke(path); });
  });
  ctx.setLineDash([]);
  ctx.globalAlpha = 1;
}

/* Lines grow a little as one comes closer. */
function lineFactor(scale) {
  return Math.max(0.45, Math.min(1.35, 0.72 + 0.26 * Math.log2(Math.max(scale, 0.05) / 0.3)));
}

function paintGround(view, store, base) {
  var ctx = view.ctx, detail = detailOf(view.scale);
  view.enterWorld();
  store.areas.forEach(function (area) {
    if (!meets(boxOf(store.areaShapes, area.i), view.box)) { return; }
    ctx.fillStyle = store.data.palette[area.colour % store.data.palette.length];
    ctx.fill(areaPath(store, base, area.i, detail), 'evenodd');
  });
}

/* What stands on the ground, whoever divides it. */
function paintLand(view, base) {
  view.enterWorld();
  view.ctx.globalAlpha = 1;
  view.ctx.lineJoin = 'round';
  view.ctx.lineCap = 'butt';
  if (view.scale >= 0.09) { paintBuildings(view, base); }
  paintLines(view, base, lineFactor(view.scale));
}

function paintBuildings(view, base) {
  var ctx = view.ctx, fine = base.built.fine;
  if (view.scale <= fine * 1.3) {
    var picture = base.built.picture(), high = picture.height / fine;
    view.enterPixels();
    ctx.imageSmoothingEnabled = true;
    ctx.drawImage(picture, view.x(0), view.y(high), picture.width / fine * view.scale, high * view.scale);
    view.enterWorld();
    return;
  }
  ctx.fillStyle = 'rgba(62, 70, 84, 0.34)';
  ctx.strokeStyle = 'rgba(42, 50, 64, 0.55)';
  ctx.lineWidth = 0.8 / view.scale;
  base.buildings.each(view, function (path) {
    ctx.fill(path, 'evenodd');
    if (view.scale >= 0.8) { ctx.stroke(path); }
  });
}

function paintLines(view, base, factor) {
  ['other', 'ridge', 'wall', 'river'].forEach(function (kind) { stroke(view, base.lines[kind], LINE_STYLES[kind], factor); });
  var ranks = view.scale < 0.05 ? [0] : view.scale < 0.14 ? [1, 0] : [2, 1, 0];
  var wide = view.scale >= 1 ? Math.min(view.scale, 4) * 1.3 : 1;
  [true, false].forEach(function (casing) {
    ranks.forEach(function (rank) {
      var width = STREET_WIDTHS[rank] * (rank < 2 ? wide : 1);
      if (rank === 2) {
        if (!casing) { stroke(view, base.lines.street2, [{ colour: '#8d8672', width: 1.1, dash: [4, 3] }], factor); }
      } else if (casing && view.scale < 0.3) { /* from afar the casing and the street are one pixel */
        stroke(view, base.lines['street' + rank], [{ colour: rank === 0 ? '#fffaf0' : '#f4f2ec', width: width + 0.6 }], factor);
      } else if (view.scale < 0.3) {
        return;
      } else if (casing) {
        stroke(view, base.lines['street' + rank], [{ colour: '#9a958a', width: width + 1.1 }], factor);
      } else {
        stroke(view, base.lines['street' + rank], [{ colour: rank === 0 ? '#fff3d6' : '#ffffff', width: width }], factor);
      }
    });
  });
  stroke(view, base.lines.railway, LINE_STYLES.railway, factor);
}

function paintBorders(view, store, base) {
  var factor = Math.max(0.55, Math.min(1.1, lineFactor(view.scale)));
  view.enterWorld();
  view.ctx.lineCap = 'butt';
  ['street', 'other', 'wall', 'ridge', 'railway', 'river', 'none'].forEach(function (kind) {
    stroke(view, base.borders[kind], BORDER_STYLES[kind], factor);
  });
  if (!store.boundaries.kind.length) { outlineAreas(view, store, base); }
}

function paintVillages(view, base) {
  view.enterWorld();
  view.ctx.lineCap = 'butt';
  stroke(view, base.villages, VILLAGE_STYLE, Math.max(0.55, Math.min(1.1, lineFactor(view.scale))));
}

/* A plan without boundaries still shows where its areas end. */
function outlineAreas(view, store, base) {
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
