/* A canvas that follows the map. `paint(view)` draws in pixels or, after view.enterWorld(), in metres with north up. */
var Sheet = L.Renderer.extend({
  options: { padding: 0.15, className: 'sheet' },

  initialize: function (paint, options) {
    L.Renderer.prototype.initialize.call(this, options);
    this._paint = paint;
  },

  _initContainer: function () {
    this._container = document.createElement('canvas');
    this._container.className = this.options.className;
    this._context = this._container.getContext('2d');
  },

  _destroyContainer: function () {
    L.DomUtil.remove(this._container);
    this._context = null;
  },

  _updatePaths: function () {},

  _update: function () {
    if (this._map._animatingZoom && this._bounds) { return; }
    L.Renderer.prototype._update.call(this);
    var size = this._bounds.getSize();
    if (size.x < 1 || size.y < 1) { return; }
    var dense = Math.min(window.devicePixelRatio || 1, 2);
    var canvas = this._container;
    L.DomUtil.setPosition(canvas, this._bounds.min);
    if (canvas.width !== Math.round(size.x * dense) || canvas.height !== Math.round(size.y * dense)) {
      canvas.width = Math.round(size.x * dense);
      canvas.height = Math.round(size.y * dense);
      canvas.style.width = size.x + 'px';
      canvas.style.height = size.y + 'px';
    }
    this.draw();
  },

  draw: function () {
    if (!this._map || !this._bounds) { return; }
    var view = viewOf(this._map, this._bounds, this._context);
    view.enterPixels();
    view.ctx.clearRect(0, 0, view.width, view.height);
    this._paint(view);
  }
});

/* What a painter needs: the context, pixels per metre, the box of ground in sight. */
function viewOf(map, bounds, ctx) {
  var dense = Math.min(window.devicePixelRatio || 1, 2);
  var scale = map.getZoomScale(map.getZoom(), 0);
  var corner = map.layerPointToLatLng(bounds.min), size = bounds.getSize();
  var west = corner.lng, north = corner.lat;
  var inset = map.layerPointToContainerPoint(bounds.min);
  var shown = map.getSize();
  return {
    ctx: ctx, scale: scale, width: size.x, height: size.y,
    box: [west, north - size.y / scale, west + size.x / scale, north],
    seen: [-inset.x, -inset.y, shown.x - inset.x, shown.y - inset.y],
    x: function (x) { return (x - west) * scale; },
    y: function (y) { return (north - y) * scale; },
    enterWorld: function () {
      ctx.setTransform(dense * scale, 0, 0, -dense * scale, -west * scale * dense, north * scale * dense);
    },
    enterPixels: function () { ctx.setTransform(dense, 0, 0, dense, 0, 0); }
  };
}

function meets(box, other) {
  return box[0] <= other[2] && box[2] >= other[0] && box[1] <= other[3] && box[3] >= other[1];
}

/* How much detail a scale needs: nought is all, then points 4 m and 15 m apart. */
var STEPS = [0, 4, 15];

function detailOf(scale) {
  return scale >= 0.3 ? 0 : scale >= 0.08 ? 1 : 2;
}

/* Features bound into bundles by place, so that only what is in sight is drawn; each bundle's path is made once, when first seen. */
function bundle(shapes, ids, closed, side) {
  var byPlace = new Map();
  ids.forEach(function (i) {
    var w = shapes.box[4 * i], s = shapes.box[4 * i + 1], e = shapes.box[4 * i + 2], n = shapes.box[4 * i + 3];
    if (!(w <= e)) { return; }
    var key = Math.floor((w + e) / 2 / side) + ':' + Math.floor((s + n) / 2 / side);
    var b = byPlace.get(key);
    if (!b) {
      b = { box: [w, s, e, n], ids: [], paths: [] };
      byPlace.set(key, b);
    }
    b.ids.push(i);
    b.box = [Math.min(b.box[0], w), Math.min(b.box[1], s), Math.max(b.box[2], e), Math.max(b.box[3], n)];
  });
  var bundles = Array.from(byPlace.values());
  return {
    each: function (view, use) {
      var detail = detailOf(view.scale);
      bundles.forEach(function (b) {
        if (!meets(b.box, view.box)) { return; }
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
        if (!meets(b.box, box)) { return; }
        b.ids.forEach(function (i) {
          if (shapes.box[4 * i] <= box[2] && shapes.box[4 * i + 2] >= box[0] && shapes.box[4 * i + 1] <= box[3] && shapes.box[4 * i + 3] >= box[1]) {
            out.push(i);
          }
        });
      });
      return out;
    }
  };
}

function range(n) {
  return Array.from({ length: n }, function (_, i) { return i; });
}

function within(box, other) {
  return box[0] >= other[0] && box[2] <= other[2] && box[1] >= other[1] && box[3] <= other[3];
}
