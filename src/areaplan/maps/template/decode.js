/* Read back what encode.py packed: whole numbers in base 64, geometry as differences in decimetres. */
var UNITS_PER_METRE = 10;

var VALUE_OF = (function () {
  var alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  var table = new Uint8Array(128);
  for (var i = 0; i < 64; i++) { table[alphabet.charCodeAt(i)] = i; }
  return table;
})();

function unpack(text) {
  var out = new Int32Array(text.length);
  var n = 0, number = 0, shift = 0;
  for (var i = 0; i < text.length; i++) {
    var code = VALUE_OF[text.charCodeAt(i)];
    number |= (code & 31) << shift;
    if (code & 32) { shift += 5; continue; }
    out[n++] = (number >>> 1) ^ -(number & 1);
    number = 0;
    shift = 0;
  }
  return out.slice(0, n);
}

/* Points: x, y, x, y … in metres. */
function unpackPoints(text) {
  var deltas = unpack(text);
  var out = new Float32Array(deltas.length);
  var x = 0, y = 0;
  for (var i = 0; i < deltas.length; i += 2) {
    x += deltas[i];
    y += deltas[i + 1];
    out[i] = x / UNITS_PER_METRE;
    out[i + 1] = y / UNITS_PER_METRE;
  }
  return out;
}

/* Features of a layer: parts of feature i are firstPart[i] … firstPart[i + 1] - 1, points of part p are firstPoint[p] … */
function unpackShapes(packed) {
  var points = unpackPoints(packed.xy);
  var shapes = { xy: points, firstPart: sums(unpack(packed.parts)), firstPoint: sums(unpack(packed.sizes)) };
  shapes.count = shapes.firstPart.length - 1;
  shapes.box = new Float32Array(4 * shapes.count);
  for (var i = 0; i < shapes.count; i++) { measureBox(shapes, i); }
  return shapes;
}

function sums(numbers) {
  var out = new Int32Array(numbers.length + 1);
  for (var i = 0; i < numbers.length; i++) { out[i + 1] = out[i] + numbers[i]; }
  return out;
}

/* Box of feature i: west, south, east, north; upside down when the feature has no point. */
function measureBox(shapes, i) {
  var west = Infinity, south = Infinity, east = -Infinity, north = -Infinity;
  var from = shapes.firstPoint[shapes.firstPart[i]], to = shapes.firstPoint[shapes.firstPart[i + 1]];
  for (var k = 2 * from; k < 2 * to; k += 2) {
    var x = shapes.xy[k], y = shapes.xy[k + 1];
    if (x < west) { west = x; }
    if (x > east) { east = x; }
    if (y < south) { south = y; }
    if (y > north) { north = y; }
  }
  shapes.box[4 * i] = west;
  shapes.box[4 * i + 1] = south;
  shapes.box[4 * i + 2] = east;
  shapes.box[4 * i + 3] = north;
}

function boxOf(shapes, i) {
  var box = shapes.box, k = 4 * i;
  return [box[k], box[k + 1], box[k + 2], box[k + 3]];
}

/* Say whether feature i meets a box. */
function lies(shapes, i, box) {
  var own = shapes.box, k = 4 * i;
  return own[k] <= box[2] && own[k + 2] >= box[0] && own[k + 1] <= box[3] && own[k + 3] >= box[1];
}

/* Draw feature i into a path, leaving out points nearer than `step` to the one before; from afar nobody sees them and old computers do. */
function trace(path, shapes, i, closed, step) {
  var xy = shapes.xy, least = step || 0;
  for (var p = shapes.firstPart[i]; p < shapes.firstPart[i + 1]; p++) {
    var from = 2 * shapes.firstPoint[p], to = 2 * shapes.firstPoint[p + 1], x = xy[from], y = xy[from + 1];
    path.moveTo(x, y);
    for (var k = from + 2; k < to; k += 2) {
      if (least && k < to - 2 && Math.abs(xy[k] - x) < least && Math.abs(xy[k + 1] - y) < least) { continue; }
      x = xy[k];
      y = xy[k + 1];
      path.lineTo(x, y);
    }
    if (closed) { path.closePath(); }
  }
}
