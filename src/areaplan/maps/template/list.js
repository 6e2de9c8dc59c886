/* The review list: areas or findings, sorted by need, searched, filtered by village. */
var PAGE_OF_LIST = 300, FIRST_ROWS = 24;

function openList(store, comments, state, act) {
  var shown = PAGE_OF_LIST, written = 0, later = 0;
  var box = byId('list');

  function areas() {
    var wanted = fold(state.search);
    var out = store.areas.filter(function (a) {
      if (state.village >= 0 && a.village !== state.village) { return false; }
      if (state.supervisor >= 0 && a.supervisor !== state.supervisor) { return false; }
      if (!FILTERS[state.filter](comments, a)) { return false; }
      return !wanted || fold(a.code + '\n' + a.short + '\n' + a.name + '\n' + villageName(store, a.village)).indexOf(wanted) >= 0;
    });
    return out.sort(ORDERS[state.order]);
  }

  function findings() {
    var wanted = fold(state.search);
    return store.findings.filter(function (f) {
      var village = f.village >= 0 ? f.village : f.areas.length ? store.areas[f.areas[0]].village : -1;
      if (state.village >= 0 && village !== state.village) { return false; }
      if (state.supervisor >= 0 && !f.areas.some(function (i) { return store.areas[i].supervisor === state.supervisor; })) { return false; }
      var codes = f.areas.map(function (i) { return store.areas[i].code; }).join('\n');
      return !wanted || fold([f.rule, f.subject, f.text.en, f.text.zh, codes, villageName(store, village)].join('\n')).indexOf(wanted) >= 0;
    });
  }

  function render() {
    var rows = state.tab === 'findings' ? findings() : areas(), top = box.scrollTop;
    window.clearTimeout(later);
    state.visible = rows;
    clear(box);
    byId('count-areas').textContent = state.tab === 'findings' ? areas().length : rows.length;
    byId('count-findings').textContent = state.tab === 'findings' ? rows.length : findings().length;
    byId('count-comments').textContent = comments.merged.comments.length + comments.merged.stale.length + comments.merged.unknown.length;
    if (state.tab === 'comments') {
      box.appendChild(remarksList(store, comments, act));
      if (top) { box.scrollTop = top; }
      return;
    }
    var upTo = Math.max(FIRST_ROWS, written);
    written = 0;
    box.appendChild(el('ol', 'rows'));
    write(upTo);
    if (!rows.length) {
      var calm = state.tab === 'findings' && !store.findings.length;
      var empty = calm ? 'noFindingsWhole' : state.tab === 'areas' && state.filter !== 'all' && !state.search ? 'allDecided' : 'nothingFound';
      box.appendChild(el('p', 'empty', say(empty)));
    }
    if (rows.length > shown) {
      box.appendChild(button('more', say('more', { n: Math.min(PAGE_OF_LIST, rows.length - shown) }), function () {
        shown += PAGE_OF_LIST;
        render();
      }));
    }
    if (top) { box.scrollTop = top; }
  }

  /* Write rows up to `to`; those further down follow when there is time. */
  function write(upTo) {
    var list = box.querySelector('.rows'), end = Math.min(upTo, shown, state.visible.length);
    window.clearTimeout(later);
    state.visible.slice(written, end).forEach(function (row) {
      list.appendChild(state.tab === 'areas' ? areaRow(store, comments, row, state, act) : findingRow(store, row, state, act));
    });
    written = end;
    if (written < Math.min(state.visible.length, shown)) { later = window.setTimeout(function () { write(act.busy() ? written : written + FIRST_ROWS); }, 150); }
  }

  /* Mark what is chosen and bring it into sight; the list grows when it lies further down. */
  function mark(focus) {
    var current = state.tab === 'areas' ? state.area : state.finding;
    var at = state.visible.findIndex(function (row) { return row.i === current; });
    if (at >= shown) {
      shown = Math.ceil((at + 1) / PAGE_OF_LIST) * PAGE_OF_LIST;
      render();
    }
    if (at >= written && state.tab !== 'comments') { write(at + 1); }
    Array.prototype.forEach.call(box.querySelectorAll('.row'), function (row) {
      var is = Number(row.getAttribute('data-i')) === current;
      row.setAttribute('aria-current', is ? 'true' : 'false');
      if (is) {
        reveal(box, row);
        if (focus) { row.focus({ preventScroll: true }); }
      }
    });
  }

  function restart() {
    shown = PAGE_OF_LIST;
    written = 0;
    render();
    mark(false);
    if (box.scrollTop) { box.scrollTop = 0; }
  }

  box.addEventListener('keydown', function (event) {
    var step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || !event.target.classList.contains('row')) { return; }
    var rows = Array.prototype.slice.call(box.querySelectorAll('.row')), next = rows[rows.indexOf(event.target) + step];
    if (next) { next.focus(); }
    event.preventDefault();
  });
  return { render: render, restart: restart, mark: mark, showAll: function () { shown = written = Infinity; render(); } };
}

var FILTERS = {
  all: function () { return true; },
  undecided: function (comments, a) { return !decisionOn(comments, a.code); },
  revise: function (comments, a) { return decisionOn(comments, a.code) === 'revise'; },
  open: function (comments, a) { return decisionOn(comments, a.code) === 'open'; },
  approve: function (comments, a) { return decisionOn(comments, a.code) === 'approve'; },
  conflicts: function (comments, a) { return comments.merged.conflicts.some(function (c) { return c.comments[0].code === a.code; }); },
  changed: function (comments, a) { return !!a.was && a.was.kind !== 'same'; }
};

var ORDERS = {
  need: function (a, b) { return b.need - a.need || a.i - b.i; },
  code: function (a, b) { return a.i - b.i; },
  size: function (a, b) { return (b.households || 0) - (a.households || 0) || a.i - b.i; },
  deviation: function (a, b) { return Math.abs(b.deviation || 0) - Math.abs(a.deviation || 0) || a.i - b.i; }
};

function fold(text) {
  return text.normalize('NFKC').toLowerCase().trim();
}

function villageName(store, i) {
  return i >= 0 ? store.villages[i].name || store.villages[i].code : '';
}

function reveal(box, row) {
  var top = row.offsetTop - box.offsetTop, bottom = top + row.offsetHeight;
  if (top < box.scrollTop) { box.scrollTop = top; }
  if (bottom > box.scrollTop + box.clientHeight) { box.scrollTop = bottom - box.clientHeight; }
}

function swatch(store, area) {
  return drawing(10, 28, [{ tag: 'rect', x: 0, y: 0, width: 10, height: 28, rx: 2, fill: store.data.palette[area.colour % store.data.palette.length] }]);
}

function areaRow(store, comments, area, state, act) {
  var marks = SEVERITIES.map(function (severity) {
    var n = area.findings.filter(function (f) { return store.findings[f].severity === severity; }).length;
    return n ? badge(severity, n) : null;
  });
  var decision = decisionOn(comments, area.code);
  if (decision) { marks.unshift(decisionMark(decision)); }
  var size = [el('b', null, area.hidden ? '<' + store.data.least : count(area.households)), ' ' + say('householdsShort')];
  var deviation = area.deviation === null ? '' : percent(area.deviation);
  var node = button('row area' + (area.outside ? ' outside' : ''), [
    swatch(store, area),
    el('span', 'what', [value(area.short, 'code'), value(villageName(store, area.village), 'where')]),
    el('span', 'size', size),
    el('span', 'dev', [deviationBar(area, store.bounds), el('span', null, deviation)]),
    el('span', 'marks', marks)
  ], function () { act.chooseArea(area.i, true); });
  node.title = area.code;
  node.setAttribute('data-i', area.i);
  node.setAttribute('aria-current', state.area === area.i ? 'true' : 'false');
  return el('li', null, node);
}

function findingRow(store, finding, state, act) {
  var node = button('row finding', [
    badge(finding.severity, 1),
    el('span', 'text', [
      el('span', 'head', [el('b', null, finding.rule), ' ', value(subjectOf(store, finding), 'subject'), finding.measure === null ? null : el('span', 'measure', measured(finding))]),
      value(finding.text[lang], 'message')
    ])
  ], function () { act.chooseFinding(finding.i, true); });
  node.setAttribute('data-i', finding.i);
  node.setAttribute('aria-current', state.finding === finding.i ? 'true' : 'false');
  if (!placeOf(store, finding)) { node.title = say('noPlace'); }
  return el('li', null, node);
}

/* What a finding is about: an area by village and number, a village by name, else as it stands. */
function subjectOf(store, finding) {
  if (finding.areas.length === 1 && store.areas[finding.areas[0]].code === finding.subject) {
    var area = store.areas[finding.areas[0]];
    return villageName(store, area.village) + ' ' + area.short;
  }
  var village = finding.village >= 0 ? store.villages[finding.village] : null;
  return village && village.code === finding.subject && village.name ? village.name : finding.subject;
}

function measured(finding) {
  var known = { m2: 'm²', m: 'm', ratio: '', households: say('householdsShort') };
  var unit = Object.prototype.hasOwnProperty.call(known, finding.unit) ? known[finding.unit] : finding.unit;
  return count(Math.round(finding.measure * 100) / 100) + (unit ? ' ' + unit : '');
}
