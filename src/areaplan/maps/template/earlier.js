/* An earlier plan, or a contractor's return, beside the present one: alone, or with a border between that can be drawn across. */
var EARLIER_COLOUR = '#7a1fa2';

function readEarlier(before, size) {
  if (!before) { return null; }
  var label = readLabels(before.label), shapes = unpackShapes(before.shape);
  return {
    title: before.title, hash: before.hash, gone: before.gone, shapes: shapes,
    areas: before.code.map(function (code, i) { return { i: i, code: code, short: before.short[i], colour: before.colour[i], label: label(i), households: before.households[i] }; }),
    bundle: bundle(shapes, range(shapes.count), true, Math.max(size[0], size[1], 1) / 16), fills: []
  };
}

/* Where the border between before and now stands, in pixels of the view; everything left of it is before. */
function swipeAt(view, state) {
  return view.seen[0] + (view.seen[2] - view.seen[0]) * state.swipe;
}

/* Steps of one time, kept to its part of the map; none where that time is not shown. */
function inTime(view, store, state, time) {
  return function (steps) {
    if (time === 'before' && !store.earlier) { return []; }
    if (!store.earlier || state.time === time) { return steps; }
    return state.time === 'both' ? steps.map(function (step) { return function () { clipped(view, state, time, step); }; }) : [];
  };
}

function clipped(view, state, time, step) {
  var ctx = view.ctx, x = swipeAt(view, state), seen = view.seen;
  view.enterPixels();
  ctx.save();
  ctx.beginPath();
  if (time === 'before') { ctx.rect(0, 0, x, view.height); } else { ctx.rect(x, 0, view.width - x, view.height); }
  ctx.clip();
  view.seen = time === 'before' ? [seen[0], seen[1], x, seen[3]] : [x, seen[1], seen[2], seen[3]];
  step();
  view.seen = seen;
  ctx.restore();
}

function paintEarlierFills(view, store) {
  var ctx = view.ctx, earlier = store.earlier;
  view.enterWorld();
  earlier.areas.forEach(function (area) {
    if (!lies(earlier.shapes, area.i, view.box)) { return; }
    if (!earlier.fills[area.i]) {
      earlier.fills[area.i] = new Path2D();
      trace(earlier.fills[area.i], earlier.shapes, area.i, true);
    }
    ctx.fillStyle = store.data.palette[area.colour % store.data.palette.length];
    ctx.fill(earlier.fills[area.i], 'evenodd');
  });
}

function paintEarlierBorders(view, store) {
  stroke(view, store.earlier.bundle, [{ colour: '#ffffff', width: 4.4, alpha: 0.9 }, { colour: EARLIER_COLOUR, width: 2.2 }], 1).forEach(function (step) { step(); });
}

function nameEarlier(view, store, space) {
  var ctx = view.ctx;
  view.enterPixels();
  ctx.textAlign = 'center';
  ctx.textBaseline = 'middle';
  ctx.font = '700 12px ' + FONT;
  store.earlier.areas.forEach(function (area) {
    var x = view.x(area.label.x), y = view.y(area.label.y), text = oneLine(area.short, 8), half = widthOf(ctx, text) / 2;
    var box = [x - half - 2, y - 8, x + half + 2, y + 8];
    if (area.label.room * view.scale < half || !within(box, view.seen) || !space.free(box)) { return; }
    space.take(box);
    inscribe(ctx, text, x, y, EARLIER_COLOUR, 3.5);
  });
}

function paintSwipe(view, state) {
  if (state.time !== 'both') { return; }
  var ctx = view.ctx, x = swipeAt(view, state);
  view.enterPixels();
  [['#ffffff', 5], [INK, 2]].forEach(function (s) {
    ctx.strokeStyle = s[0];
    ctx.lineWidth = s[1];
    ctx.beginPath();
    ctx.moveTo(x, view.seen[1]);
    ctx.lineTo(x, view.seen[3]);
    ctx.stroke();
  });
}

/* What became of an area since the earlier plan. */
function factsEarlier(store, area) {
  var was = area.was;
  if (!was) { return null; }
  var part = el('section', 'was', el('h3', null, say('before')));
  if (was.households !== null && was.kind !== 'new') { part.appendChild(el('p', null, say('wasHouseholds', { n: count(was.households) }))); }
  var words = was.kind === 'new' ? [say('isNew')] : was.gained + was.lost === 0 ? [say('unchanged')] : [];
  if (was.kind !== 'new' && was.gained) { words.push(say('gained', { n: ground(was.gained) })); }
  if (was.kind !== 'new' && was.lost) { words.push(say('lost', { n: ground(was.lost) })); }
  part.appendChild(el('p', null, words.join(lang === 'zh' ? '，' : ', ')));
  return part;
}

/* The switch between before, now and both. */
function showTimes(store, state, act) {
  var box = clear(byId('times'));
  box.hidden = !store.earlier;
  byId('swipe').hidden = !store.earlier || state.time !== 'both';
  if (!store.earlier) { return; }
  box.setAttribute('role', 'group');
  box.title = say('beforeIs', { title: store.earlier.title });
  [['before', 'before'], ['both', 'both'], ['after', 'after']].forEach(function (pair) {
    var node = button('time', say(pair[1]), function () { act.time(pair[0]); });
    node.setAttribute('aria-pressed', String(state.time === pair[0]));
    box.appendChild(node);
  });
  if (store.earlier.gone.length) { box.appendChild(el('span', 'gone', value(say('goneAreas', { codes: store.earlier.gone.slice(0, 12).join(', ') })))); }
  byId('swipe').setAttribute('aria-label', say('swipe'));
}
