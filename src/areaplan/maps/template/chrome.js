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
  byId('subtitle').textContent = say('subtitle');
  var totals = clear(byId('totals'));
  var people = store.areas.some(function (a) { return a.persons !== null; });
  total(totals, store.villages.length, say('villages'));
  total(totals, store.areas.length, say('areasCount'));
  total(totals, add(store.areas, 'households'), say(data.estimated ? 'householdsEstimated' : 'households'));
  if (people) { total(totals, add(store.areas, 'persons'), say('persons')); }
  SEVERITIES.slice(0, 2).forEach(function (severity) {
    var n = store.findings.filter(function (f) { return f.severity === severity; }).length;
    if (n) { totals.appendChild(el('div', 'with-badge', [el('dd', null, count(n)), el('dt', null, badge(severity, 1))])); }
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
  var clean = i.gap_m2 === 0 && i.overlap_m2 === 0 && (i.spill_m2 === null || i.spill_m2 === 0);
  var kept = i.households_in === i.households_out;
  var good = clean && kept && i.proved !== false;
  box.className = 'integrity ' + (good ? 'good' : 'bad');
  box.appendChild(el('p', 'verdict', (good ? '✓ ' : '! ') + say(good ? 'proved' : 'notProved')));
  box.appendChild(el('p', 'proof', [
    proofFigure(say('gap'), squares(i.gap_m2)), proofFigure(say('overlap'), squares(i.overlap_m2)), proofFigure(say('spill'), squares(i.spill_m2)),
    proofFigure(say('inOut'), count(i.households_in) + ' → ' + count(i.households_out))
  ]));
  if (i.hash) {
    var hash = el('p', 'hash', [say('planHash') + ' ', value(String(i.hash).slice(0, 16), 'full-code')]);
    hash.title = i.hash;
    box.appendChild(hash);
  }
}

function proofFigure(label, number) {
  return el('span', null, [label + ' ', el('b', null, number)]);
}

function squares(m2) {
  return m2 === null ? say('unknown') : count(Math.round(m2 * 1e6) / 1e6) + ' m²';
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
  select.value = String(state.village);
}

function fillOrders(state) {
  var select = clear(byId('order'));
  [['need', 'byNeed'], ['code', 'byCode'], ['size', 'bySize'], ['deviation', 'byDeviation']].forEach(function (pair) {
    var node = el('option', null, say(pair[1]));
    node.value = pair[0];
    select.appendChild(node);
  });
  select.value = state.order;
  select.parentNode.hidden = state.tab !== 'areas';
}

function fillLegend(store, state, act) {
  var box = clear(byId('legend-body'));
  var used = {};
  store.boundaries.kind.forEach(function (k, i) { if (store.boundaries.right[i] >= 0) { used[KINDS[k]] = true; } });
  var group = function (title, rows) {
    rows = rows.filter(Boolean);
    if (rows.length) { box.appendChild(el('div', 'legend-group', [title ? el('h3', null, title) : null].concat(rows))); }
  };
  var row = function (picture, text) { return el('p', null, [picture, el('span', null, text)]); };
  group(null, [row(areaSwatch(store), say('legendArea')), row(lineSwatch('village'), say('legendVillage'))]);
  group(say('legendBorders'), ['street', 'river', 'railway', 'wall', 'ridge', 'other', 'none'].map(function (kind) {
    return used[kind] ? row(lineSwatch(kind), say('kind_' + kind)) : null;
  }));
  group(say('legendMarks'), SEVERITIES.map(function (severity) { return row(badge(severity, 1), say(severity)); }).concat([notesSwitch(state, act)]));
  box.appendChild(el('p', 'source', [value(say('source', { version: store.data.version, crs: store.data.crs }))]));
}

function notesSwitch(state, act) {
  var input = el('input');
  input.type = 'checkbox';
  input.id = 'show-notes';
  input.checked = state.notes;
  input.addEventListener('change', function () { act.showNotes(input.checked); });
  return el('p', null, el('label', null, [input, ' ' + say('showNotes')]));
}

function areaSwatch(store) {
  return drawing(34, 16, [0, 1, 2].map(function (i) {
    return { tag: 'rect', x: 1 + i * 11, y: 1, width: 10, height: 14, fill: store.data.palette[i] };
  }));
}

function fillHelp(close) {
  var box = clear(byId('help'));
  var keys = [['N', 'keyNext'], ['P', 'keyPrevious'], ['/', 'keySearch'], ['+ −', 'keyZoom'], ['0', 'keyWhole'], ['L', 'keyLang'], ['Esc', 'keyClose']];
  var title = el('h2', null, say('helpTitle'));
  title.id = 'help-title';
  box.appendChild(el('div', 'help-card', [
    title,
    el('p', null, say('helpList')), el('p', null, say('helpMap')),
    el('table', null, keys.map(function (k) { return el('tr', null, [el('td', null, el('kbd', null, k[0])), el('td', null, say(k[1]))]); })),
    el('p', null, say('helpFile')), el('p', 'small', say('helpBorders')),
    button('primary', say('close'), close)
  ]));
}
