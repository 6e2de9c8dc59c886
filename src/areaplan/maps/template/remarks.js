/* The third list: who reviews, progress, files out and in, what does not go together, and every comment. */
function remarksList(store, comments, act) {
  var box = el('div', 'remarks'), merged = comments.merged;
  box.appendChild(reviewerField(comments));
  box.appendChild(filesRow(act));
  box.appendChild(opinionOnPlan(store, comments, act));
  part(box, say('conflicts'), merged.conflicts, function (conflict) {
    return el('div', 'conflict', [el('div', 'head', [placeButton(store, comments, conflict.comments[0], act), ' ', say(conflict.what)])].concat(
      conflict.comments.map(function (c) { return otherComment(store, c); })));
  });
  part(box, say('comments'), merged.comments, function (c) { return remark(store, comments, c, act); });
  if (!merged.comments.length) { box.appendChild(el('p', 'empty', say('noComments'))); }
  part(box, say('unknownAreas'), merged.unknown, function (c) { return remark(store, comments, c, act); });
  part(box, say('stale'), merged.stale, function (c) { return remark(store, comments, c, act); }, say('staleHelp'));
  return box;
}

function part(box, title, rows, make, help) {
  if (!rows.length) { return; }
  box.appendChild(el('h3', null, title + ' (' + rows.length + ')'));
  if (help) { box.appendChild(el('p', 'calm', help)); }
  rows.slice(0, 500).forEach(function (row) { box.appendChild(make(row)); });
  if (rows.length > 500) { box.appendChild(el('p', 'calm', '… ' + (rows.length - 500))); }
}

function reviewerField(comments) {
  var input = el('input');
  input.id = 'reviewer';
  input.value = comments.reviewer;
  input.placeholder = say('reviewerHint');
  input.autocomplete = 'off';
  input.addEventListener('change', function () { comments.name(input.value.trim()); });
  return el('label', 'reviewer', [el('span', null, say('reviewer')), input]);
}

function filesRow(act) {
  return el('div', 'files', [
    button('quiet', say('exportGeojson'), function () { act.exportComments('geojson'); }),
    button('quiet', say('exportCsv'), function () { act.exportComments('csv'); }),
    button('quiet', say('importFiles'), function () { byId('import-file').click(); })
  ]);
}

function opinionOnPlan(store, comments, act) {
  var details = el('details', 'on-plan', [el('summary', null, say('onPlan')), opinionForm(store, comments, '', act)]);
  details.open = !!comments.mine('');
  return details;
}

function placeButton(store, comments, c, act) {
  var i = comments.areaOf(c);
  if (i < 0) { return el('b', null, value(c.code || c.village || say('onPlan'))); }
  var area = store.areas[i];
  return button('link place', value(villageName(store, area.village) + ' ' + area.short), function () { act.chooseArea(i, true); }, area.code);
}

function remark(store, comments, c, act) {
  var stale = c.plan !== store.data.planHash;
  return el('div', 'remark', [
    el('div', 'head', [placeButton(store, comments, c, act), stale ? el('span', 'measure', [say('earlierVersion') + ' ', value(c.plan.slice(0, 8), 'full-code')]) : null])
  ].concat(commentWords(store, c)));
}

/* Progress under the proof: how much is decided, and what is only in this browser. */
function showProgress(store, comments, act) {
  var box = clear(byId('progress')), total = store.areas.length, done = comments.decided(), left = comments.unexported();
  var revise = store.areas.filter(function (a) { return decisionOn(comments, a.code) === 'revise'; }).length;
  var bar = drawing(64, 10, [
    { tag: 'rect', x: 0.5, y: 0.5, width: 63, height: 9, fill: '#ffffff', stroke: '#8a97a3' },
    { tag: 'rect', x: 1, y: 1, width: 62 * done / total, height: 8, fill: '#1c6b3c' }
  ]);
  box.appendChild(el('span', 'done', [bar, ' ', el('b', null, say('progress', { n: count(done), m: count(total) })), revise ? ' · ' + say('toRevise', { n: revise }) : '']));
  var unsafe = !comments.kept && comments.all.length;
  box.className = 'progress' + (left ? ' waiting' : '') + (unsafe ? ' unsafe' : '');
  if (unsafe) { box.appendChild(el('strong', 'unsafe', say('notKept'))); }
  if (left) {
    box.appendChild(button('export', [say('notExported', { n: left }), ' ', el('b', null, '↓')], function () { act.exportComments('geojson'); }, say('exportGeojson')));
  } else if (comments.all.length) {
    box.appendChild(el('span', 'calm', say('allExported')));
  }
}
