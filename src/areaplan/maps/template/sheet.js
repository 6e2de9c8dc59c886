/* A canvas that follows the map. `paint(view)` returns the steps that draw it; each draws in pixels or, after view.enterWorld(), in metres with north up.
   A sheet that is `heavy` waits in the easel's line when the map has moved; until it is drawn, Leaflet shows what was drawn before, moved and scaled. */
var Sheet = L.Renderer.extend({
  options: { padding: 0.15, className: 'sheet', easel: null },

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

  _reset: function () {
    this._update();
    if (this._bounds) { this._updateTransform(this._map.getCenter(), this._map.getZoom()); }
  },

  _update: function () {
    if (this._map._animatingZoom && this._bounds) { return; }
    if (this.options.easel) { this.options.easel.put(this); } else { this.draw(); }
  },

  /* Draw at once and whole; what waits in the line anyway is drawn there. */
  draw: function () {
    if (!this._map || this._map._animatingZoom) { return; }
    if (this.options.easel && this.options.easel.waitsFor(this)) { this.options.easel.put(this); return; }
    var view = this.look(this._context);
    if (!view) { return; }
    this._place(view);
    this._paint(view).forEach(function (step) { step(); });
  },

  /* What the map shows now, for drawing with `ctx`; null where there is nothing to draw on. */
  look: function (ctx) {
    var map = this._map, p = this.options.padding, size = map.getSize();
    var min = map.containerPointToLayerPoint(size.multiplyBy(-p)).round(), bounds = L.bounds(min, min.add(size.multiplyBy(1 + 2 * p)).round());
    return size.x < 1 || size.y < 1 ? null : viewOf(map, bounds, ctx);
  },

  steps: function (view) { return this._paint(view); },

  /* Put what stands on `canvas`, drawn for `view`, in the place of what is shown. */
  show: function (view, canvas) {
    this._place(view);
    this._context.drawImage(canvas, 0, 0);
  },

  _place: function (view) {
    this._bounds = view.bounds;
    this._center = view.center;
    this._zoom = view.zoom;
    fit(this._container, view);
    this._container.style.width = view.width + 'px';
    this._container.style.height = view.height + 'px';
    L.DomUtil.setPosition(this._container, view.bounds.min);
    wipe(this._context, this._container);
  }
});

/* Give a canvas the size of a view. */
function fit(canvas, view) {
  var w = Math.round(view.width * view.dense), h = Math.round(view.height * view.dense);
  if (canvas.width === w && canvas.height === h) { return; }
  canvas.width = w;
  canvas.height = h;
}

function wipe(ctx, canvas) {
  ctx.setTransform(1, 0, 0, 1, 0, 0);
  ctx.clearRect(0, 0, canvas.width, canvas.height);
}

/* What a painter needs: the context, pixels per metre, the box of ground in sight. */
function viewOf(map, bounds, ctx) {
  var dense = Math.min(window.devicePixelRatio || 1, 2);
  var scale = map.getZoomScale(map.getZoom(), 0);
  var corner = map.layerPointToLatLng(bounds.min), size = bounds.getSize();
  var west = corner.lng, north = corner.lat;
  var inset = map.layerPointToContainerPoint(bounds.min);
  var shown = map.getSize();
  return {
    ctx: ctx, scale: scale, width: size.x, height: size.y, dense: dense, bounds: bounds, center: map.getCenter(), zoom: map.getZoom(),
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

function within(box, other) {
  return box[0] >= other[0] && box[2] <= other[2] && box[1] >= other[1] && box[3] <= other[3];
}
