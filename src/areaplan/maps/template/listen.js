/* What mouse, finger, keys and files do. */
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
    var chosen = byId('village').value, whose = chosen.charAt(0) === 's';
    state.supervisor = whose ? Number(chosen.slice(1)) : -1;
    state.village = whose ? -1 : Number(chosen);
    list.restart();
    if (whose) {
      zoomTo(map, unite(store.supervisors.list[state.supervisor].areas.map(function (i) { return boxOf(store.areaShapes, i); })), 1.5);
    } else if (state.village >= 0) { zoomTo(map, boxOf(store.villageShapes, state.village), 1.5); } else { act.whole(); }
  });
  byId('order').addEventListener('change', function () {
    state.order = byId('order').value;
    list.restart();
  });
  byId('filter').addEventListener('change', function () {
    state.filter = byId('filter').value;
    list.restart();
  });
  byId('swipe').addEventListener('input', function () { act.swipe(Number(byId('swipe').value) / 1000); });
  ['areas', 'findings', 'comments'].forEach(function (tab) {
    byId('tab-' + tab).addEventListener('click', function () { act.tab(tab); });
  });
  byId('lang-button').addEventListener('click', function () { act.speak(lang === 'zh' ? 'en' : 'zh'); });
  byId('print-button').addEventListener('click', function () { window.print(); });
  byId('help-button').addEventListener('click', act.help);
  byId('skip').addEventListener('click', function () { byId('list').focus(); });
}

function openHelp(store) {
  fillHelp(store, closeHelp);
  byId('help').hidden = false;
  byId('help').querySelector('button').focus();
}

function closeHelp() {
  if (byId('help').hidden) { return false; }
  byId('help').hidden = true;
  byId('help-button').focus();
  return true;
}

function listenMap(map, store, base, state, act, choice, sketch) {
  var tip = byId('tip'), waiting = false, last = null;
  function under(event) {
    var x = event.containerPoint.x + state.seen[0], y = event.containerPoint.y + state.seen[1];
    var mark = state.marks.find(function (m) { return Math.abs(m.x - x) < 12 && Math.abs(m.y - y) < 12; });
    return { mark: mark, area: areaAt(store, base, event.latlng.lng, event.latlng.lat) };
  }
  map.on('click', function (event) {
    if (state.drawing) { sketch.add(event.latlng.lng, event.latlng.lat); return; }
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
  map.on('dblclick', function () {
    if (state.drawing) { sketch.finish(); }
  });
  function point(event) {
    if (state.drawing) {
      state.drawing.pointer = state.drawing.xy.length ? [event.latlng.lng, event.latlng.lat] : null;
      choice.draw();
      return;
    }
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
    if (state.drawing) { state.drawing.pointer = null; }
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

function listenKeys(map, state, act, sketch) {
  document.addEventListener('keydown', function (event) {
    if (event.ctrlKey || event.altKey || event.metaKey) { return; }
    var typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName) && event.target.type !== 'checkbox' && event.target.type !== 'range';
    var onButton = event.target.tagName === 'BUTTON';
    if (event.key === 'Escape') {
      if (typing) { event.target.blur(); return; }
      if (state.drawing) { sketch.cancel(); } else if (!closeHelp()) { act.clear(); }
      return;
    }
    if (typing || !byId('help').hidden) { return; }
    var does = state.drawing && !onButton ? drawingKeys(sketch)[event.key] : null;
    does = does || keysOf(map, state, act)[event.key.toLowerCase()];
    if (does) {
      does();
      event.preventDefault();
    }
  });
}

function drawingKeys(sketch) {
  return { Enter: sketch.finish, Backspace: sketch.back, ' ': sketch.addMiddle };
}

function keysOf(map, state, act) {
  var decide = function (decision) {
    return function () { if (state.area >= 0) { act.decide(decision, state.code); } };
  };
  var keys = {
    n: act.next, p: act.previous, u: act.nextUndecided, a: decide('approve'), r: decide('revise'), o: decide('open'), c: act.compose, b: act.nextTime,
    l: function () { act.speak(lang === 'zh' ? 'en' : 'zh'); }, '0': act.whole, '/': function () { byId('search').focus(); }, '?': act.help
  };
  if (!map.getContainer().contains(document.activeElement)) {
    keys['+'] = keys['='] = function () { map.zoomIn(); };
    keys['-'] = function () { map.zoomOut(); };
  }
  return keys;
}

/* Comments of others, or one's own from another computer. */
function listenFiles(store, comments, act) {
  var input = byId('import-file');
  input.addEventListener('change', function () {
    Array.prototype.forEach.call(input.files, function (file) {
      readFile(file, function (text) { takeFile(store, comments, file.name, text); });
    });
    input.value = '';
    act.tab('comments');
  });
}

function takeFile(store, comments, name, text) {
  var found = readComments(store, name, text);
  if (!found) { sayAloud('notReadable', { file: name }); return; }
  var added = comments.take(found.comments);
  var said = [say(added ? 'imported' : 'importedNothing', { file: name, n: added })];
  if (found.badRows) { said.push(say('rowsLeftOut', { n: found.badRows })); }
  if (found.badSketches) { said.push(say('sketchesLeftOut', { n: found.badSketches })); }
  sayText(said.join(lang === 'zh' ? '；' : '; '));
}

/* Words half written are kept; where the browser keeps nothing, leaving asks first. */
function listenLeaving(comments, act) {
  window.addEventListener('pagehide', act.written);
  window.addEventListener('beforeunload', function (event) {
    act.written();
    if (comments.kept || !comments.unexported()) { return; }
    event.preventDefault();
    event.returnValue = '';
  });
}

/* On paper the map comes first, as it is seen, scaled to the width between the margins; then its legend, and the whole list. Nothing is drawn
   anew: a browser that is about to print does not wait for a canvas. */
var PAPER_WIDTH = 680;

function listenPrint(list) {
  var room = document.querySelector('.room'), panel = byId('panel'), stage = document.querySelector('.stage'), legend = byId('legend'), open = true;
  window.addEventListener('beforeprint', function () {
    var plane = document.querySelector('.plane'), w = plane.offsetWidth, h = plane.offsetHeight, scale = Math.min(PAPER_WIDTH / w, 1.6);
    setStyle(plane, { flex: 'none', width: w + 'px', height: h + 'px', transform: 'scale(' + scale + ')', transformOrigin: '0 0', marginBottom: (scale - 1) * h + 'px' });
    open = legend.open;
    legend.open = true;
    room.insertBefore(stage, panel);
    if (!byId('facts').hidden) { stage.appendChild(byId('facts')); }
    list.showAll();
  });
  window.addEventListener('afterprint', function () {
    document.querySelector('.plane').appendChild(byId('facts'));
    setStyle(document.querySelector('.plane'), { flex: '', width: '', height: '', transform: '', transformOrigin: '', marginBottom: '' });
    legend.open = open;
    room.insertBefore(panel, stage);
    list.restart();
  });
}

function setStyle(node, values) {
  Object.keys(values).forEach(function (key) { node.style[key] = values[key]; });
}
