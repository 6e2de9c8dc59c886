/* What bounds an area in the four directions (四至). A piece of border lies in the east where it is nearer to the eastern side of the area's
   box than to the others; the same rule as on the printed sheets. */
var SIDES = ['east', 'south', 'west', 'north'];

function sidesOf(store, area) {
  var box = boxOf(store.areaShapes, area.i), b = store.boundaries;
  var middle = [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2];
  var half = [Math.max((box[2] - box[0]) / 2, 1e-6), Math.max((box[3] - box[1]) / 2, 1e-6)];
  var found = { east: {}, south: {}, west: {}, north: {} };
  area.boundaries.forEach(function (i) {
    eachSegment(b.shapes, i, function (x0, y0, x1, y1) {
      var dx = ((x0 + x1) / 2 - middle[0]) / half[0], dy = ((y0 + y1) / 2 - middle[1]) / half[1];
      var side = Math.abs(dx) > Math.abs(dy) ? (dx > 0 ? 'east' : 'west') : (dy > 0 ? 'north' : 'south');
      note(found[side], store, area, i, Math.hypot(x1 - x0, y1 - y0));
    });
  });
  return SIDES.map(function (side) {
    var stretches = Object.keys(found[side]).map(function (k) { return found[side][k]; });
    stretches.sort(function (p, q) { return q.length - p.length; });
    return { side: side, stretches: stretches };
  });
}

function eachSegment(shapes, i, use) {
  var xy = shapes.xy;
  for (var p = shapes.firstPart[i]; p < shapes.firstPart[i + 1]; p++) {
    for (var k = shapes.firstPoint[p] + 1; k < shapes.firstPoint[p + 1]; k++) { use(xy[2 * k - 2], xy[2 * k - 1], xy[2 * k], xy[2 * k + 1]); }
  }
}

/* Stretches along the same feature are one; what lies beyond is remembered. */
function note(bag, store, area, i, length) {
  var b = store.boundaries, kind = KINDS[b.kind[i]], name = store.names[b.name[i]];
  var outer = b.right[i] < 0, other = outer ? -1 : b.left[i] === area.i ? b.right[i] : b.left[i];
  var key = '$' + kind + '\n' + name + (name || kind !== 'none' ? '' : '\n' + other);
  var stretch = bag[key] || (bag[key] = { kind: kind, name: name, length: 0, beside: [], outer: outer });
  stretch.length += length;
  stretch.outer = stretch.outer && outer;
  if (other >= 0 && stretch.beside.indexOf(other) < 0) { stretch.beside.push(other); }
}

/* East: 木兰溪 (river) 320 m; no visible feature 45 m, beside 004 */
function sideRow(store, area, side) {
  var cell = el('td', null);
  side.stretches.slice(0, 5).forEach(function (s) {
    var label = s.name || (s.kind === 'none' ? (s.outer ? say('onVillage') : say('sideInvisible')) : say('kind_' + s.kind));
    var beside = s.beside.map(function (i) { return store.areas[i].short; }).join(lang === 'zh' ? '、' : ', ');
    cell.appendChild(el('div', 'stretch ' + (s.kind === 'none' && !s.outer ? 'unseen' : ''), [
      lineSwatch(s.outer && s.kind === 'none' ? 'village' : s.kind), ' ', value(label), ' ', el('span', 'number', metres(s.length)),
      beside ? el('span', 'beside', ' · ' + say('sideBeside', { names: beside })) : null
    ]));
  });
  if (!side.stretches.length) { cell.appendChild(el('span', 'calm', '–')); }
  return el('tr', null, [el('th', null, say('side_' + side.side)), cell]);
}

function factsSides(store, area) {
  var border = borderOf(store, area);
  var part = el('section', 'sides', el('h3', null, say('sides')));
  part.appendChild(el('p', 'share', border.visible === null ? say('noInner') : say('visibleShare', { n: Math.round(border.visible * 100) })));
  part.appendChild(el('table', null, sidesOf(store, area).map(function (side) { return sideRow(store, area, side); })));
  return part;
}
