/* The map itself: its extent, where it goes, its buttons. */
function townBox(store) {
  return [0, 0, store.data.size[0], store.data.size[1]];
}

/* The map's size depends on what stands around it, so that comes first. */
function prepareMap(map, store) {
  var box = townBox(store), w = box[2], h = box[3], pad = Math.max(w, h) * 0.5;
  map.setMinZoom(-12);
  map.invalidateSize({ animate: false });
  map.fitBounds([[0, 0], [h, w]], { padding: [18, 18], animate: false });
  map.setMinZoom(map.getZoom() - 0.5);
  map.setMaxZoom(Math.max(4, map.getZoom()));
  new window.ResizeObserver(function () { map.invalidateSize({ animate: false, pan: false }); }).observe(map.getContainer());
  map.setMaxBounds([[-pad, -pad], [h + pad, w + pad]]);
}

/* Bring a box of ground into the part of the map that the facts do not cover. */
function zoomTo(map, box, closest) {
  if (map._animatingZoom) { /* Leaflet ignores a second wish while it moves: the last one is kept until it stands */
    if (!zoomTo.wish) {
      map.once('zoomend', function () {
        var wish = zoomTo.wish;
        zoomTo.wish = null;
        zoomTo(map, wish[0], wish[1]);
      });
    }
    zoomTo.wish = [box, closest];
    return;
  }
  var least = 30, dx = Math.max(0, least - (box[2] - box[0])) / 2, dy = Math.max(0, least - (box[3] - box[1])) / 2;
  var facts = byId('facts'), stage = map.getContainer();
  var beside = !facts.hidden && facts.offsetWidth < stage.offsetWidth * 0.6 && facts.offsetTop < stage.offsetHeight / 2 ? facts.offsetWidth + 12 : 0;
  map.fitBounds([[box[1] - dy, box[0] - dx], [box[3] + dy, box[2] + dx]], {
    paddingTopLeft: [44, 44], paddingBottomRight: [44 + beside, 44], maxZoom: Math.min(closest, map.getMaxZoom()), animate: !stillness()
  });
}

function stillness() {
  return window.matchMedia && window.matchMedia('(prefers-reduced-motion: reduce)').matches;
}

function nameSettings(store, base, comments) {
  var rooms = store.areas.map(function (a) { return a.label.room; }).sort(function (a, b) { return a - b; });
  var scratch = document.createElement('canvas').getContext('2d');
  return {
    medianRoom: rooms[Math.floor(rooms.length / 2)],
    areaOrder: range(store.areas.length).sort(function (a, b) {
      return store.areas[a].worst - store.areas[b].worst || store.areas[b].label.room - store.areas[a].label.room;
    }),
    decisionOn: function (area) { return decisionOn(comments, area.code); },
    isIn: function (area, x, y) { return scratch.isPointInPath(areaPath(store, base, area.i), x, y, 'evenodd'); },
    furnished: function () { return base.furnished; },
    buildingsIn: function (box) { return base.buildings().idsIn(box); }
  };
}

function addControls(map, act) {
  var zoom = null, scale = null;
  return function () {
    if (zoom) { zoom.remove(); scale.remove(); }
    zoom = L.control.zoom({ position: 'topleft', zoomInTitle: say('zoomIn'), zoomOutTitle: say('zoomOut'), zoomInText: '+', zoomOutText: '−' }).addTo(map);
    var whole = button('whole', icon('whole'), act.whole, say('wholeTown') + ' (0)');
    zoom.getContainer().appendChild(whole);
    Array.prototype.forEach.call(zoom.getContainer().querySelectorAll('a'), buttonInstead);
    L.DomEvent.disableClickPropagation(zoom.getContainer());
    scale = L.control.scale({ imperial: false, maxWidth: 140 }).addTo(map);
  };
}

/* Leaflet's zoom buttons are links to nowhere; without the address they stay buttons and the page has no link. */
function buttonInstead(link) {
  link.removeAttribute('href');
  link.tabIndex = 0;
  link.addEventListener('keydown', function (event) {
    if (event.key === 'Enter' || event.key === ' ') { link.click(); event.preventDefault(); }
  });
}
