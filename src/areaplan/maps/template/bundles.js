/* Features bound together by place, so that only what is in sight is drawn; each bundle's path is made once for each detail, when first seen. */

/* How much detail a scale needs: nought is all, then points so many metres apart, at most 1.3 pixels. */
var STEPS = [0, 3, 6, 12, 24];

function detailOf(scale) {
  var detail = STEPS.length - 1;
  while (STEPS[detail] * scale > 1.3) { detail--; }
  return detail;
}

/* So many features are drawn in one step. */
var MOST_AT_ONCE = 600;

function bundle(shapes, ids, closed, side) {
  var byPlace = new Map(), boxes = shapes.box;
  ids.forEach(function (i) {
    var w = boxes[4 * i], s = boxes[4 * i + 1], e = boxes[4 * i + 2], n = boxes[4 * i + 3];
    if (!(w <= e)) { return; }
    var key = Math.floor((w + e) / 2 / side) * 65536 + Math.floor((s + n) / 2 / side), b = byPlace.get(key);
    if (!b) {
      byPlace.set(key, { box: [w, s, e, n], ids: [i], paths: [] });
      return;
    }
    b.ids.push(i);
    if (w < b.box[0]) { b.box[0] = w; }
    if (s < b.box[1]) { b.box[1] = s; }
    if (e > b.box[2]) { b.box[2] = e; }
    if (n > b.box[3]) { b.box[3] = n; }
  });
  var bundles = Array.from(byPlace.values());
  return {
    parts: Math.ceil(ids.length / MOST_AT_ONCE),
    /* Use the path of each bundle in sight, or of one part of them. */
    each: function (view, use, part, parts) {
      var detail = detailOf(view.scale);
      bundles.forEach(function (b, k) {
        if ((parts && k % parts !== part) || !meets(b.box, view.box)) { return; }
        if (!b.paths[detail]) {
          b.paths[detail] = new Path2D();
          b.ids.forEach(function (i) { trace(b.paths[detail], shapes, i, closed, STEPS[detail]); });
        }
        use(b.paths[detail]);
      });
    },
    idsIn: function (box) {
      var out = [];
      bundles.forEach(function (b) {
        if (meets(b.box, box)) { b.ids.forEach(function (i) { if (lies(shapes, i, box)) { out.push(i); } }); }
      });
      return out;
    }
  };
}

function range(n) {
  return Array.from({ length: n }, function (_, i) { return i; });
}

/* A value that is made when it is first asked for. */
function once(make) {
  var made = false, result;
  return function () {
    if (!made) {
      result = make();
      made = true;
    }
    return result;
  };
}
