/* Drawing a point, a line or a polygon on the map, with mouse, finger or keys; and showing what was drawn. */
var SKETCH_COLOUR = '#b00078';

function openSketch(map, state, sheets, announce) {
  var bar = byId('drawing');

  function redraw() { sheets.choice.draw(); }

  function show() {
    clear(bar);
    var was = bar.hidden;
    bar.hidden = !state.drawing;
    if (was !== bar.hidden) { window.requestAnimationFrame(function () { sheets.names.draw(); }); }
    map.getContainer().classList.toggle('drawing', !!state.drawing);
    if (!state.drawing) {
      map.doubleClickZoom.enable();
      return;
    }
    map.doubleClickZoom.disable();
    var help = say(state.drawing.kind === 'point' ? 'drawHelpPoint' : 'drawHelp');
    bar.appendChild(el('span', null, help));
    if (state.drawing.kind !== 'point') {
      bar.appendChild(button('primary', say('done'), api.finish));
      bar.appendChild(button('quiet', say('undo'), api.back));
    }
    bar.appendChild(button('quiet', say('cancel'), api.cancel));
    announce(help);
  }

  var api = {
    begin: function (kind, use) {
      state.drawing = { kind: kind, xy: [], pointer: null, use: use };
      show();
      map.getContainer().focus();
    },
    add: function (x, y) {
      var d = state.drawing, last = d.xy[d.xy.length - 1];
      if (last && Math.hypot(last[0] - x, last[1] - y) < 0.05) { return; }
      d.xy.push([centimetres(x), centimetres(y)]);
      if (d.kind === 'point') { api.finish(); } else { redraw(); }
    },
    addMiddle: function () {
      var c = map.getCenter();
      api.add(c.lng, c.lat);
    },
    back: function () {
      state.drawing.xy.pop();
      redraw();
    },
    finish: function () {
      var d = state.drawing, least = { point: 1, line: 2, polygon: 3 }[d.kind];
      if (d.xy.length < least) { return; }
      state.drawing = null;
      show();
      d.use({ kind: d.kind, xy: d.xy });
    },
    cancel: function () {
      state.drawing = null;
      show();
      redraw();
    },
    speak: show
  };
  return api;
}

function paintSketches(view, comments, state) {
  var chosen = state.area >= 0 ? state.code : '';
  comments.merged.comments.forEach(function (c) {
    c.sketches.forEach(function (s) { paintSketch(view, s.kind, s.xy, c.code === chosen && chosen ? 1 : 0.6); });
  });
  if (state.drawing) {
    var d = state.drawing;
    paintSketch(view, d.kind === 'polygon' && d.xy.length < 2 ? 'line' : d.kind, d.pointer ? d.xy.concat([d.pointer]) : d.xy, 1, true);
    paintCross(view);
  }
}

function paintSketch(view, kind, xy, strength, open) {
  var ctx = view.ctx;
  if (!xy.length) { return; }
  view.enterPixels();
  ctx.globalAlpha = strength;
  ctx.lineJoin = ctx.lineCap = 'round';
  ctx.beginPath();
  xy.forEach(function (p, k) { ctx[k ? 'lineTo' : 'moveTo'](view.x(p[0]), view.y(p[1])); });
  if (kind === 'polygon') {
    ctx.closePath();
    ctx.fillStyle = 'rgba(176, 0, 120, 0.14)';
    ctx.fill();
  }
  if (kind !== 'point') {
    [['#ffffff', 6], [SKETCH_COLOUR, 3]].forEach(function (s) {
      ctx.strokeStyle = s[0];
      ctx.lineWidth = s[1];
      ctx.stroke();
    });
  }
  (kind === 'point' || open ? xy : []).forEach(function (p) { dot(ctx, view.x(p[0]), view.y(p[1]), kind === 'point' ? 7 : 4); });
  ctx.globalAlpha = 1;
}

function dot(ctx, x, y, radius) {
  ctx.beginPath();
  ctx.arc(x, y, radius, 0, 2 * Math.PI);
  ctx.fillStyle = SKETCH_COLOUR;
  ctx.fill();
  ctx.lineWidth = 2;
  ctx.strokeStyle = '#ffffff';
  ctx.stroke();
}

/* The middle of the map, for those who draw with keys. */
function paintCross(view) {
  var ctx = view.ctx, x = (view.seen[0] + view.seen[2]) / 2, y = (view.seen[1] + view.seen[3]) / 2;
  view.enterPixels();
  [['#ffffff', 4], [INK, 1.5]].forEach(function (s) {
    ctx.strokeStyle = s[0];
    ctx.lineWidth = s[1];
    ctx.beginPath();
    ctx.moveTo(x - 11, y);
    ctx.lineTo(x + 11, y);
    ctx.moveTo(x, y - 11);
    ctx.lineTo(x, y + 11);
    ctx.stroke();
  });
}
