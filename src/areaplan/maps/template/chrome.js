/* Header, integrity, legend, help: what stands around list and map. */
function fillWords() {
  document.documentElement.lang = lang === 'zh' ? 'zh-CN' : 'en';
  each('[data-t]', function (node) { node.textContent = say(node.getAttribute('data-t')); });
  each('[data-t-label]', function (node) { node.setAttribute('aria-label', say(node.getAttribute('data-t-label'))); });
  each('[data-t-title]', function (node) { node.title = say(node.getAttribute('data-t-title')); });
  each('[data-t-placeholder]', function (node) { node.placeholder = say(node.getAttribute('data-t-placeholder')); });
  var other = byId('lang-button');
  other.textContent = lang === 'zh' ? 'English' : '中文';
  other.lang = lang === 'zh' ? 'en' : 'zh';
}

function each(selector, use) {
  Array.prototype.forEach.call(document.querySelectorAll(selector), use);
}

function showHeader(store) {
  var data = store.data;
  document.title = data.title;
  clear(byId('title')).appendChild(value(data.title));
  byId('subtitle').textContent = say('subtitle') + ' · ' + say('circulation_' + data.profile);
  var totals = clear(byId('totals'));
  var people = store.areas.some(function (a) { return a.persons !== null; });
  total(totals, store.villages.length, say('villages'));
  total(totals, store.areas.length, say('areasCount'));
  total(totals, add(store.areas, 'households'), say(data.estimated ? 'householdsEstimated' : 'households'));
  if (people) { total(totals, add(store.areas, 'persons'), say('persons')); }
  SEVERITIES.slice(0, 2).forEach(function (severity) {
    var n = store.findings.filter(function (f) { return f.severity === severity; }).length;
    if (n) { totals.appendChild(el('div', null, [el('dd', null, [badge(severity, 1), ' ' + count(n)]), el('dt', null, say(severity + 's'))])); }
  });
}

function total(list, number, label) {
  list.appendChild(el('div', null, [el('dd', null, count(number)), el('dt', null, label)]));
}

function add(rows, key) {
  return rows.reduce(function (sum, row) { return sum + (row[key] || 0); }, 0);
}

/* As the certificate says, never better. */
function showIntegrity(store) {
  var box = clear(byId('integrity')), i = store.data.integrity;
  if (!i) {
    box.className = 'integrity none';
    box.appendChild(el('p', 'verdict', say('noCertificate')));
    return;
  }
  var kept = store.data.profile === 'public' ? i.kept === true : typeof i.households_in === 'number' && i.households_in === i.households_out;
  var good = i.tiles === true && kept;
  box.className = 'integrity ' + (good ? 'good' : 'bad');
  box.appendChild(el('p', 'verdict', (good ? '✓ ' : '! ') + say(good ? 'proved' : 'notProved')));
  box.appendChild(el('p', 'proof', [
    proofFigure(say('gap'), squares(i.gap_m2)), proofFigure(say('overlap'), squares(i.overlap_m2)), proofFigure(say('spill'), squares(i.spill_m2)),
    store.data.profile === 'public' ? null : proofFigure(say('inOut'), count(i.households_in) + ' → ' + count(i.households_out))
  ]));
  if (i.hash) {
    var hash = el('p', 'hash', [say('planHash') + ' ', value(String(i.hash).slice(0, 16), 'full-code')]);
    hash.title = i.hash;
    if (i.edges && i.grid_m) { hash.appendChild(el('span', null, ' · ' + say('edges', { n: count(i.edges), g: i.grid_m * 1000 }))); }
    box.appendChild(hash);
  }
}

function proofFigure(label, number) {
  return el('span', null, [label + ' ', el('b', null, number)]);
}

function squares(m2) {
  return typeof m2 !== 'number' ? say('unknown') : count(Math.round(m2 * 1e6) / 1e6) + ' m²';
}

function fillVillages(store, state) {
  var select = clear(byId('village'));
  var option = function (number, text) {
    var node = el('option', null, text);
    node.value = number;
    select.appendChild(node);
  };
  option(-1, say('allVillages', { n: store.villages.length }));
  store.villages.forEach(function (v) { option(v.i, oneLine(v.name || v.code, 40) + ' (' + v.areas.length + ')'); });
  if (store.supervisors) {
    var group = el('optgroup');
    group.label = say('supervisorAreas');
    store.supervisors.list.forEach(function (s) {
      var node = el('option', null, oneLine(s.name, 40) + ' (' + s.areas.length + ')');
      node.value = 's' + s.i;
      group.appendChild(node);
    });
    select.appendChild(group);
  }
  select.value = state.supervisor >= 0 ? 's' + state.supervisor : String(state.village);
}

function fillOrders(store, state) {
  var select = clear(byId('order'));
  [['need', 'byNeed'], ['code', 'byCode'], ['size', 'bySize'], ['deviation', 'byDeviation']].forEach(function (pair) {
    var node = el('option', null, say(pair[1]));
    node.value = pair[0];
    select.appendChild(node);
  });
  select.value = state.order;
  fillFilters(store, state);
  byId('sorting').hidden = state.tab !== 'areas';
}

function fillFilters(store, state) {
  var select = clear(byId('filter'));
  var filters = [['all', 'showAll'], ['undecided', 'showUndecided'], ['revise', 'showRevise'], ['open', 'showOpen'], ['approve', 'showApproved'], ['conflicts', 'showConflicts']];
  if (store.earlier) { filters.push(['changed', 'showChanged']); }
  filters.forEach(function (pair) {
    var node = el('option', null, say(pair[1]));
    node.value = pair[0];
    select.appendChild(node);
  });
  select.value = state.filter;
}

function fillLegend(store, state, act) {
  var box = clear(byId('legend-body')), used = {};
  store.boundaries.kind.forEach(function (k, i) { if (store.boundaries.right[i] >= 0) { used[KINDS[k]] = true; } });
  var entry = function (picture, text) { box.appendChild(el('span', null, [picture, ' ' + text])); };
  entry(lineSwatch('village'), say('onVillage'));
  if (store.supervisors) { entry(lineSwatch('supervisor'), say('supervisorAreas')); }
  var kinds = ['street', 'river', 'railway', 'wall', 'ridge', 'other', 'none'].filter(function (kind) { return used[kind]; });
  if (kinds.length) { box.appendChild(el('span', 'legend-title', say('legendBorders'))); }
  kinds.forEach(function (kind) { entry(lineSwatch(kind), say('kind_' + kind)); });
  SEVERITIES.slice(0, 2).forEach(function (severity) { entry(badge(severity, 1), say(severity)); });
  box.appendChild(notesSwitch(state, act));
  box.appendChild(value(say('source', { version: store.data.version, crs: store.data.crs }), 'source'));
}

function notesSwitch(state, act) {
  var input = el('input');
  input.type = 'checkbox';
  input.id = 'show-notes';
  input.checked = state.notes;
  input.addEventListener('change', function () { act.showNotes(input.checked); });
  return el('label', null, [input, badge('note', 1), ' ' + say('note')]);
}

function fillHelp(store, close) {
  var box = clear(byId('help'));
  var keys = [
    ['N  P', 'keyNextPrevious'], ['A  R  O', 'keyDecide'], ['U', 'keyUndecided'], ['C', 'keyWords'], ['/', 'keySearch'], ['+  −  0', 'keyZoomWhole'],
    [say('keySpace') + '  ⌫  ↵', 'keyDraw'], ['L', 'keyLang'], ['Esc', 'keyClose']
  ];
  if (store.earlier) { keys.push(['B', 'keyBefore']); }
  var title = el('h2', null, say('helpTitle'));
  title.id = 'help-title';
  box.appendChild(el('div', 'help-card', [
    title,
    el('p', null, say('helpList')), el('p', null, say('helpMap')),
    el('table', null, keys.map(function (k) { return el('tr', null, [el('td', null, el('kbd', null, k[0])), el('td', null, say(k[1]))]); })),
    el('p', null, say('helpComments')), el('p', null, say('helpFile')), el('p', 'small', say('helpBorders')),
    el('h3', null, say('helpHolds')), el('p', 'small', value(holds(store))),
    button('primary', say('close'), close)
  ]));
}

/* What is embedded, in one sentence; the manifest beside the page says the same for machines. */
function holds(store) {
  var parts = [
    say('circulation_' + store.data.profile), count(store.villages.length) + ' ' + say('villages'), count(store.areas.length) + ' ' + say('areasCount'),
    count(store.lines.kind.length) + ' ' + say('holdsLines'), count(store.buildings().shapes.count) + ' ' + say('buildings'),
    count(store.findings.length) + ' ' + say('findings')
  ];
  return parts.join(' · ') + (store.data.least ? ' · ' + say('hiddenCounts', { n: store.data.least }) : '');
}
