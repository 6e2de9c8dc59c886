/* Start: read the data, draw, and let list, map and keys act on one state. */
function start(map) {
  var store = openStore(JSON.parse(byId('data').textContent));
  var base = openBase(store);
  lang = store.data.lang === 'en' ? 'en' : 'zh';
  var notes = store.findings.filter(function (f) { return f.severity === 'note'; }).length;
  var state = { tab: 'areas', order: 'need', search: '', village: -1, area: -1, finding: -1, hover: -1, notes: notes <= 40, marks: [], visible: [] };
  var settings = nameSettings(store, base);
  var act = {};
  var ground = new Sheet(function (view) {
    var space = openSpace(), far = settings.medianRoom * view.scale < 10;
    paintGround(view, store, base);
    paintBorders(view, store, base);
    state.seen = view.seen;
    if (far) { nameVillages(view, store, space, 1); }
    state.marks = paintMarks(view, store, space, state.notes, far);
    paintNames(view, store, space, settings, far);
    state.marks.forEach(function (m) { drawMark(view.ctx, m, far); });
  });
  var choice = new Sheet(function (view) { paintChoice(view, store, base, state); }, { className: 'sheet above' });
  var list = openList(store, state, act);

  byId('legend').open = window.innerWidth > 860;
  fillWords();
  fillLegend(store, state, act);
  prepareMap(map, store);
  ground.addTo(map);
  choice.addTo(map);

  act.chooseArea = function (i, zoom) {
    state.area = i;
    state.finding = -1;
    showFacts(store, store.areas[i], act);
    if (state.tab === 'areas') { list.mark(false); }
    if (zoom) { zoomTo(map, boxOf(store.areaShapes, i), 2.5); }
    choice.draw();
  };
  act.chooseFinding = function (i, openArea) {
    var finding = store.findings[i], place = placeOf(store, finding);
    state.finding = i;
    if (openArea && finding.areas.length) {
      state.area = finding.areas[0];
      showFacts(store, store.areas[state.area], act);
    }
    if (state.tab === 'findings') { list.mark(false); }
    if (place) { zoomTo(map, place, 3); }
    choice.draw();
  };
  act.step = function (by) {
    var current = state.tab === 'areas' ? state.area : state.finding;
    if (!state.visible.length) { return; }
    var at = state.visible.findIndex(function (row) { return row.i === current; });
    var next = state.visible[at < 0 ? (by > 0 ? 0 : state.visible.length - 1) : (at + by + state.visible.length) % state.visible.length];
    if (state.tab === 'areas') { act.chooseArea(next.i, true); } else { act.chooseFinding(next.i, true); }
  };
  act.next = function () { act.step(1); };
  act.previous = function () { act.step(-1); };
  act.clear = function () {
    state.area = state.finding = -1;
    byId('facts').hidden = true;
    list.mark(false);
    choice.draw();
  };
  act.showNotes = function (on) {
    state.notes = on;
    ground.draw();
  };
  act.whole = function () { zoomTo(map, townBox(store), 9); };
  act.speak = function (other) {
    lang = other;
    fillWords();
    showHeader(store);
    showIntegrity(store);
    fillVillages(store, state);
    fillOrders(state);
    fillLegend(store, state, act);
    fillHelp(closeHelp);
    list.render();
    if (state.area >= 0) { showFacts(store, store.areas[state.area], act); }
    list.mark(false);
    ground.draw();
    act.controls();
  };
  act.tab = function (tab) {
    state.tab = tab;
    byId('tab-areas').setAttribute('aria-selected', String(tab === 'areas'));
    byId('tab-findings').setAttribute('aria-selected', String(tab === 'findings'));
    byId('list').setAttribute('aria-labelledby', 'tab-' + tab);
    fillOrders(state);
    list.restart();
  };
  act.controls = addControls(map, act);
  act.speak(lang);
  listenPanel(map, store, state, act, list);
  listenMap(map, store, base, state, act, choice);
  listenKeys(map, act);
  listenPrint(map, list);
  window.areaplanReady = true;
}

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
  map.setMaxBounds([[-pad, -pad], [h + pad, w + pad]]);
}

/* Bring a box of ground into the part of the map that the facts do not cover. */
function zoomTo(map, box, closest) {
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

function nameSettings(store, base) {
  var rooms = store.areas.map(function (a) { return a.label.room; }).sort(function (a, b) { return a - b; });
  var scratch = document.createElement('canvas').getContext('2d');
  return {
    medianRoom: rooms[Math.floor(rooms.length / 2)],
    areaOrder: range(store.areas.length).sort(function (a, b) {
      return store.areas[a].worst - store.areas[b].worst || store.areas[b].label.room - store.areas[a].label.room;
    }),
    isIn: function (area, x, y) { return scratch.isPointInPath(areaPath(store, base, area.i), x, y, 'evenodd'); },
    buildingsIn: function (box) { return base.buildings.idsIn(box); }
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

function listenPanel(map, store, state, act, list) {
  var waiting = 0;
  byId('search').addEventListener('input', function () {
    window.clearTimeout(waiting);
    waiting = window.setTimeout(function () {
      state.search = byId('search').value;
      list.restart();
    }, 80);
  });
  byId('village').addEventListener('change', function () {
    state.village = Number(byId('village').value);
    list.restart();
    if (state.village >= 0) { zoomTo(map, boxOf(store.villageShapes, state.village), 1.5); } else { act.whole(); }
  });
  byId('order').addEventListener('change', function () {
    state.order = byId('order').value;
    list.restart();
  });
  ['areas', 'findings'].forEach(function (tab) {
    byId('tab-' + tab).addEventListener('click', function () { act.tab(tab); });
  });
  byId('lang-button').addEventListener('click', function () { act.speak(lang === 'zh' ? 'en' : 'zh'); });
  byId('print-button').addEventListener('click', function () { window.print(); });
  byId('help-button').addEventListener('click', openHelp);
  byId('skip').addEventListener('click', function () { byId('list').focus(); });
}

function openHelp() {
  byId('help').hidden = false;
  byId('help').querySelector('button').focus();
}

function closeHelp() {
  if (byId('help').hidden) { return false; }
  byId('help').hidden = true;
  byId('help-button').focus();
  return true;
}

function listenMap(map, store, base, state, act, choice) {
  var tip = byId('tip'), waiting = false, last = null;
  function under(event) {
    var x = event.containerPoint.x + state.seen[0], y = event.containerPoint.y + state.seen[1];
    var mark = state.marks.find(function (m) { return Math.abs(m.x - x) < 12 && Math.abs(m.y - y) < 12; });
    return { mark: mark, area: areaAt(store, base, event.latlng.lng, event.latlng.lat) };
  }
  map.on('click', function (event) {
    var hit = under(event);
    if (hit.mark) { act.chooseFinding(hit.mark.ids[0], true); return; }
    if (hit.area) { act.chooseArea(hit.area.i, false); } else { act.clear(); }
  });
  map.on('mousemove', function (event) {
    last = event;
    if (waiting) { return; }
    waiting = true;
    window.requestAnimationFrame(function () {
      waiting = false;
      if (last) { point(last); }
    });
  });
  function point(event) {
    var hit = under(event), hover = hit.area ? hit.area.i : -1;
    clear(tip);
    if (hit.mark) { tipFindings(tip, store, hit.mark); } else if (hit.area) { tipArea(tip, store, hit.area); }
    tip.hidden = !hit.mark && !hit.area;
    var size = map.getSize();
    tip.style.left = Math.max(6, Math.min(event.containerPoint.x + 16, size.x - tip.offsetWidth - 8)) + 'px';
    tip.style.top = Math.max(6, Math.min(event.containerPoint.y + 18, size.y - tip.offsetHeight - 8)) + 'px';
    if (hover !== state.hover) {
      state.hover = hover;
      choice.draw();
    }
  }
  function leave() {
    last = null;
    tip.hidden = true;
    if (state.hover >= 0) {
      state.hover = -1;
      choice.draw();
    }
  }
  map.on('mouseout', leave);
  map.on('movestart', leave);
}

function tipArea(tip, store, area) {
  tip.appendChild(el('b', null, value(area.code, 'full-code')));
  tip.appendChild(el('span', null, [value(villageName(store, area.village)), ' ', value(area.name)]));
  tip.appendChild(el('span', null, count(area.households) + ' ' + say('households') + (area.deviation === null ? '' : ' · ' + percent(area.deviation))));
}

function tipFindings(tip, store, mark) {
  mark.ids.slice(0, 3).forEach(function (i) {
    var finding = store.findings[i];
    tip.appendChild(el('span', 'tip-finding', [badge(finding.severity, 1), ' ', el('b', null, finding.rule + ' '), value(finding.text[lang])]));
  });
  if (mark.ids.length > 3) { tip.appendChild(el('span', null, '+ ' + (mark.ids.length - 3))); }
}

function listenKeys(map, act) {
  document.addEventListener('keydown', function (event) {
    if (event.ctrlKey || event.altKey || event.metaKey) { return; }
    var typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName) && event.target.type !== 'checkbox';
    if (event.key === 'Escape') {
      if (typing) { event.target.blur(); }
      if (!closeHelp()) { act.clear(); }
      return;
    }
    if (typing) { return; }
    var keys = {
      n: act.next, p: act.previous, l: function () { act.speak(lang === 'zh' ? 'en' : 'zh'); }, '0': act.whole,
      '/': function () { byId('search').focus(); }, '?': openHelp
    };
    if (!map.getContainer().contains(document.activeElement)) {
      keys['+'] = keys['='] = function () { map.zoomIn(); };
      keys['-'] = function () { map.zoomOut(); };
    }
    var does = keys[event.key.toLowerCase()];
    if (does) {
      does();
      event.preventDefault();
    }
  });
}

/* On paper the whole list is wanted, and the map at the width of the sheet. */
function listenPrint(map, list) {
  window.addEventListener('beforeprint', function () {
    list.showAll();
    map.invalidateSize({ animate: false });
  });
  window.addEventListener('afterprint', function () {
    list.restart();
    map.invalidateSize({ animate: false });
  });
}
