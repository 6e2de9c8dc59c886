/* Start: read the data, draw, and let list, map and keys act on one state. */
function start(map) {
  var store = openStore(JSON.parse(byId('data').textContent));
  var base = openBase(store);
  lang = store.data.lang === 'en' ? 'en' : 'zh';
  var notes = store.findings.filter(function (f) { return f.severity === 'note'; }).length;
  var state = {
    tab: 'areas', order: 'need', filter: 'all', search: '', village: -1, area: -1, code: '', finding: -1, hover: -1, notes: notes <= 40, marks: [],
    visible: [], at: 0, drawing: null, time: 'after', swipe: 0.5
  };
  var act = {};
  var comments = openComments(store, function () { act.commented(); });
  var settings = nameSettings(store, base, comments);
  var sheets = openSheets(map, store, base, comments, state, settings);
  var list = openList(store, comments, state, act);
  var sketch = openSketch(map, state, sheets, announce);

  byId('legend').open = window.innerWidth > 860;
  fillWords();
  fillLegend(store, state, act);
  prepareMap(map, store);
  [sheets.ground, sheets.choice, sheets.names].forEach(function (sheet) { sheet.addTo(map); });

  addChoosing(map, store, comments, state, act, list, sheets);
  addDeciding(store, comments, state, act, list, sheets, sketch);
  addSpeaking(map, store, comments, state, act, list, sheets, sketch);
  act.announce = announce;
  act.controls = addControls(map, act);
  act.speak(lang);
  listenPanel(map, store, state, act, list);
  listenFiles(store, comments, act);
  listenMap(map, store, base, state, act, sheets.choice, sketch);
  listenKeys(map, state, act, sketch);
  listenPrint(list);
  listenLeaving(comments, act);
  window.areaplanReady = true;
}

/* Three sheets over one another: the ground; what is chosen and drawn; names and marks, which nothing covers. */
function openSheets(map, store, base, comments, state, settings) {
  var ground = new Sheet(function (view) {
    state.seen = view.seen;
    inTime(view, store, state, 'after', function () { paintGround(view, store, base); });
    if (store.earlier && state.time !== 'after') {
      inTime(view, store, state, 'before', function () { paintEarlierFills(view, store); });
      view.enterWorld();
    }
    paintLand(view, base);
    inTime(view, store, state, 'after', function () { paintBorders(view, store, base); });
    if (store.earlier && state.time !== 'after') { inTime(view, store, state, 'before', function () { paintEarlierBorders(view, store); }); }
    paintVillages(view, base);
  });
  var choice = new Sheet(function (view) {
    paintChoice(view, store, base, state);
    paintSketches(view, comments, state);
    if (store.earlier) { paintSwipe(view, state); }
  }, { className: 'sheet above' });
  var names = new Sheet(function (view) {
    var space = openSpace(), far = settings.medianRoom * view.scale < 10;
    takeControls(map, view, space);
    if (far) { nameVillages(view, store, space, 1); }
    state.marks = state.time === 'before' ? [] : paintMarks(view, store, space, state.notes, far);
    if (store.earlier && state.time !== 'after') { inTime(view, store, state, 'before', function () { nameEarlier(view, store, space); }); }
    inTime(view, store, state, 'after', function () { paintAreaNames(view, store, space, settings, far); });
    paintGroundNames(view, store, space, settings, far);
    state.marks.forEach(function (m) { drawMark(view.ctx, m, far); });
  }, { className: 'sheet above' });
  return { ground: ground, choice: choice, names: names };
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

function addChoosing(map, store, comments, state, act, list, sheets) {
  act.chooseArea = function (i, zoom) {
    state.area = i;
    state.code = store.areas[i].code;
    state.finding = -1;
    showFacts(store, comments, store.areas[i], act);
    if (state.tab === 'areas') { list.mark(false); }
    if (zoom) { zoomTo(map, boxOf(store.areaShapes, i), 2.5); }
    sheets.choice.draw();
    sheets.names.draw();
  };
  act.chooseFinding = function (i, openArea) {
    var finding = store.findings[i], place = placeOf(store, finding);
    if (openArea && finding.areas.length) { act.chooseArea(finding.areas[0], false); }
    state.finding = i;
    if (state.tab === 'findings') { list.mark(false); }
    if (place) { zoomTo(map, place, 3); }
    sheets.choice.draw();
  };
  act.step = function (by) {
    var findings = state.tab === 'findings', current = findings ? state.finding : state.area;
    if (!state.visible.length) { return; }
    var n = state.visible.length, at = state.visible.findIndex(function (row) { return row.i === current; });
    var to = at >= 0 ? at + by : current >= 0 ? state.at + (by > 0 ? 0 : -1) : by > 0 ? 0 : -1;
    state.at = (to % n + n) % n;
    var next = state.visible[state.at];
    if (findings) { act.chooseFinding(next.i, true); } else { act.chooseArea(next.i, true); }
  };
  act.next = function () { act.step(1); };
  act.previous = function () { act.step(-1); };
  act.nextUndecided = function () {
    var rows = state.tab === 'findings' ? store.areas : state.visible, from = rows.findIndex(function (a) { return a.i === state.area; });
    for (var k = 1; k <= rows.length; k++) {
      var area = rows[(from + k + rows.length) % rows.length];
      if (!decisionOn(comments, area.code)) { act.chooseArea(area.i, true); return; }
    }
    announce(say('allDecided'));
  };
  act.clear = function () {
    state.area = state.finding = -1;
    state.code = '';
    byId('facts').hidden = true;
    list.mark(false);
    sheets.choice.draw();
    sheets.names.draw();
  };
  act.showNotes = function (on) {
    state.notes = on;
    sheets.names.draw();
  };
  act.whole = function () { zoomTo(map, townBox(store), 9); };
}

/* Decisions, words, sketches; whatever changes a comment comes back through act.commented. */
function addDeciding(store, comments, state, act, list, sheets, sketch) {
  var waiting = 0, pending = null;
  act.commented = function () {
    var focus = focusNow();
    list.render();
    list.mark(false);
    showProgress(store, comments, act);
    if (state.area >= 0) { showFacts(store, comments, store.areas[state.area], act); }
    focusAgain(focus);
    sheets.choice.draw();
    sheets.names.draw();
  };
  act.decide = function (decision, code) {
    act.written();
    comments.change(code, function (c) { c.decision = decision; });
    announce(say('decided_' + decision, { code: code || say('onPlan') }));
  };
  /* Words are kept while they are written, without drawing everything anew at each letter. */
  act.writing = function (code, text) {
    pending = { code: code, text: text };
    window.clearTimeout(waiting);
    waiting = window.setTimeout(act.written, 400);
  };
  act.written = function () {
    window.clearTimeout(waiting);
    if (!pending) { return; }
    var done = pending;
    pending = null;
    comments.change(done.code, function (c) { c.text = done.text; });
  };
  act.compose = function () {
    if (state.area < 0) { return; }
    if (!comments.mine(state.code)) { act.decide('open', state.code); } else if (!byId('facts').querySelector('.words')) { act.decide('revise', state.code); }
    byId('facts').querySelector('.words').focus();
  };
  act.draw = function (kind, code) {
    act.written();
    sketch.begin(kind, function (drawn) {
      comments.change(code, function (c) { c.sketches = c.sketches.concat([drawn]); });
    });
  };
  act.exportComments = function (form) {
    act.written();
    if (comments.all.some(function (c) { return c.own; }) && !comments.reviewer) {
      act.tab('comments');
      byId('reviewer').focus();
      sayAloud('nameFirst');
      return;
    }
    var name = exportName(store, comments, form);
    var text = form === 'csv' ? toCsv(store, comments.all) : toGeojson(store, comments.all);
    handOver(name, form === 'csv' ? 'text/csv' : 'application/geo+json', text);
    sayAloud('exported', { n: comments.all.length, file: name });
    comments.exportedAll();
  };
}

function exportName(store, comments, form) {
  var who = comments.reviewer.replace(/[^0-9A-Za-z\u3400-\u9fff]+/g, '').slice(0, 20);
  return 'comments-' + store.data.planHash.slice(0, 8) + (who ? '-' + who : '') + '.' + form;
}

function focusNow() {
  var node = document.activeElement;
  if (!node || !node.closest) { return null; }
  var within = node.closest('.facts, .list');
  if (!within) { return null; }
  return {
    within: within.id, words: node.className === 'words', decision: node.getAttribute('data-decision'), row: node.getAttribute('data-i'),
    at: node.selectionStart, to: node.selectionEnd
  };
}

function focusAgain(focus) {
  if (!focus) { return; }
  var within = byId(focus.within);
  var node = focus.words ? within.querySelector('.words') : focus.decision ? within.querySelector('[data-decision="' + focus.decision + '"]') :
    focus.row ? within.querySelector('[data-i="' + focus.row + '"]') : null;
  if (!node) { return; }
  node.focus({ preventScroll: true });
  if (focus.words && focus.at !== null) { node.setSelectionRange(focus.at, focus.to); }
}

function addSpeaking(map, store, comments, state, act, list, sheets, sketch) {
  act.speak = function (other) {
    lang = other;
    fillWords();
    showHeader(store);
    showIntegrity(store);
    showProgress(store, comments, act);
    showTimes(store, state, act);
    fillVillages(store, state);
    fillOrders(store, state);
    fillLegend(store, state, act);
    fillHelp(store, closeHelp);
    sketch.speak();
    list.render();
    if (state.area >= 0) { showFacts(store, comments, store.areas[state.area], act); }
    list.mark(false);
    act.controls();
    sheets.names.draw();
  };
  act.tab = function (tab) {
    state.tab = tab;
    ['areas', 'findings', 'comments'].forEach(function (name) { byId('tab-' + name).setAttribute('aria-selected', String(tab === name)); });
    byId('list').setAttribute('aria-labelledby', 'tab-' + tab);
    fillOrders(store, state);
    list.restart();
  };
  act.time = function (time) {
    state.time = time;
    showTimes(store, state, act);
    sheets.ground.draw();
    sheets.choice.draw();
    sheets.names.draw();
  };
  act.nextTime = function () {
    if (store.earlier) { act.time({ after: 'before', before: 'both', both: 'after' }[state.time]); }
  };
  act.swipe = function (share) {
    state.swipe = share;
    sheets.ground.draw();
    sheets.choice.draw();
    sheets.names.draw();
  };
}

/* For ears: what just happened. */
function announce(text) {
  byId('live').textContent = text;
}

/* For ears and eyes. */
function sayAloud(key, values) { sayText(say(key, values)); }

function sayText(text) {
  var toast = byId('toast');
  toast.textContent = text;
  toast.hidden = false;
  announce(toast.textContent);
  window.clearTimeout(sayText.waiting);
  sayText.waiting = window.setTimeout(function () { toast.hidden = true; }, 7000);
}
