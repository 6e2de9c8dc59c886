/* Three sheets over one another: the ground; what is chosen and drawn; names and marks, which nothing covers. */
function openSheets(map, store, base, comments, state, settings, easel) {
  var ground = new Sheet(function (view) { return paintAll(view, store, base, state); }, { easel: easel });
  var choice = new Sheet(function (view) {
    return [
      function () { paintChoice(view, store, base, state); },
      function () { paintSketches(view, comments, state); },
      function () { if (store.earlier) { paintSwipe(view, state); } }
    ];
  }, { className: 'sheet above' });
  var names = new Sheet(function (view) { return paintNames(map, view, store, state, settings); }, { className: 'sheet above', easel: easel });
  return { ground: ground, choice: choice, names: names };
}

function paintAll(view, store, base, state) {
  var now = inTime(view, store, state, 'after'), before = inTime(view, store, state, 'before');
  return [].concat(
    now(paintGround(view, store, base)), before([function () { paintEarlierFills(view, store); }]),
    paintLand(view, store, base),
    now(paintBorders(view, store, base)), before([function () { paintEarlierBorders(view, store); }]),
    paintSupervisors(view, base), paintVillages(view, base)
  );
}

function paintNames(map, view, store, state, settings) {
  var space = openSpace(), far = settings.medianRoom * view.scale < 10;
  var now = inTime(view, store, state, 'after'), before = inTime(view, store, state, 'before');
  return [].concat(
    function () {
      takeControls(map, view, space);
      if (far) { nameVillages(view, store, space, 1); }
      state.seen = view.seen;
      state.marks = state.time === 'before' ? [] : placeMarks(view, store, space, state.notes, far);
    },
    before([function () { nameEarlier(view, store, space); }]),
    now([function () { paintAreaNames(view, store, space, settings, far); }]),
    groundNames(view, store, space, settings, far),
    function () {
      view.enterPixels();
      state.marks.forEach(function (m) { drawMark(view.ctx, m, far); });
    }
  );
}

/* No text under the buttons, the scale bar, the arrow or the facts. */
function takeControls(map, view, space) {
  var stage = map.getContainer().getBoundingClientRect();
  ['.leaflet-control-zoom', '.leaflet-control-scale', '.north', '#facts', '#times', '#drawing'].forEach(function (selector) {
    var node = document.querySelector(selector), box = node && !node.hidden ? node.getBoundingClientRect() : null;
    if (!box || !box.width) { return; }
    var x = box.left - stage.left + view.seen[0], y = box.top - stage.top + view.seen[1];
    space.take([x, y, x + box.width, y + box.height]);
  });
}
