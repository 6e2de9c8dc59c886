/* The index: a line for each page, with the progress that this browser knows of. */
function startIndex() {
  var data = JSON.parse(byId('data').textContent);
  lang = data.lang === 'en' ? 'en' : 'zh';
  byId('lang-button').addEventListener('click', function () {
    lang = lang === 'zh' ? 'en' : 'zh';
    fillIndex(data.entries);
  });
  window.addEventListener('storage', function () { fillIndex(data.entries); });
  window.addEventListener('focus', function () { fillIndex(data.entries); });
  fillIndex(data.entries);
  window.areaplanReady = window.areaplanDrawn = true;
}

function fillIndex(entries) {
  document.documentElement.lang = lang === 'zh' ? 'zh-CN' : 'en';
  document.title = say('indexTitle');
  byId('title').textContent = say('indexTitle');
  byId('subtitle').textContent = say('indexHelp');
  byId('note').textContent = say('helpBorders');
  byId('lang-button').textContent = lang === 'zh' ? 'English' : '中文';
  var heads = ['', say('villages'), say('areasCount'), say('households'), say('errors'), say('warnings'), say('proof'), say('indexProgress')];
  clear(byId('head')).appendChild(el('tr', null, heads.map(function (h) { return el('th', null, h); })));
  var rows = clear(byId('rows'));
  entries.forEach(function (e) { rows.appendChild(indexRow(e)); });
  var whole = entries.filter(function (e) { return !e.part; });
  var sums = clear(byId('sums'));
  if (whole.length > 1) { sums.appendChild(sumRow(whole)); }
}

function indexRow(e) {
  var link = el('a', null, value(e.title));
  link.href = encodeURI(e.file);
  var done = decidedOf(e);
  return el('tr', e.part ? 'part' : null, [
    el('td', null, link), el('td', null, count(e.villages)), el('td', null, count(e.codes.length)), el('td', null, count(e.households)),
    el('td', e.errors ? 'error' : null, count(e.errors)), el('td', e.warnings ? 'warning' : null, count(e.warnings)),
    el('td', e.proved ? 'good' : 'error', e.proved ? '✓' : '!'), el('td', null, count(done) + ' / ' + count(e.codes.length))
  ]);
}

function sumRow(entries) {
  var sum = function (get) { return entries.reduce(function (total, e) { return total + get(e); }, 0); };
  var known = entries.every(function (e) { return e.households !== null; });
  return el('tr', null, [
    say('indexSum'), count(sum(function (e) { return e.villages; })), count(sum(function (e) { return e.codes.length; })),
    known ? count(sum(function (e) { return e.households; })) : '–', count(sum(function (e) { return e.errors; })),
    count(sum(function (e) { return e.warnings; })), '', count(sum(decidedOf)) + ' / ' + count(sum(function (e) { return e.codes.length; }))
  ].map(function (text) { return el('td', null, text === '' ? null : text); }));
}

/* Areas of a page on which somebody has decided, as kept in this browser. */
function decidedOf(e) {
  var decided = {}, inside = {};
  e.codes.forEach(function (code) { inside['$' + code] = true; });
  try {
    var kept = JSON.parse(window.localStorage.getItem('areaplan/comments/' + e.plan_hash) || 'null');
    kept.comments.forEach(function (c) {
      if (c.plan === e.plan_hash && inside['$' + c.code] && (c.decision === 'approve' || c.decision === 'revise')) { decided['$' + c.code] = true; }
    });
  } catch (error) { return 0; }
  return Object.keys(decided).length;
}
