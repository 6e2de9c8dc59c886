/* What is known of one area. */
function showFacts(store, comments, area, act) {
  var box = byId('facts'), scroll = box.querySelector('.facts-body'), at = scroll && box.getAttribute('data-code') === area.code ? scroll.scrollTop : 0;
  clear(box);
  box.hidden = false;
  box.setAttribute('data-code', area.code);
  var bounds = { t: area.target, a: store.bounds.min_households, b: store.bounds.max_households };
  box.appendChild(el('div', 'facts-head', [
    el('div', null, [el('h2', null, value(area.name || area.short)), el('p', 'where', [value(villageName(store, area.village)), ' ', value(area.code, 'full-code')])]),
    el('div', 'facts-tools', [
      button('icon', '‹', act.previous, say('previous') + ' (P)'),
      button('icon', '›', act.next, say('next') + ' (N)'),
      button('icon', icon('target'), function () { act.chooseArea(area.i, true); }, say('zoomTo')),
      button('icon', '×', act.clear, say('close') + ' (Esc)')
    ])
  ]));
  var body = el('div', 'facts-body');
  body.appendChild(el('div', 'figures', [
    figure(area.hidden ? say('hiddenCount', { n: store.data.least }) : count(area.households), say('households')),
    figure(area.persons === null ? null : count(area.persons), say('persons')),
    figure(area.buildings === null ? null : count(area.buildings), say('buildings')),
    figure(ground(area.m2), say('area'))
  ]));
  body.appendChild(el('p', 'band', [
    deviationBar(area, store.bounds), ' ', area.deviation === null ? '' : percent(area.deviation) + ' · ', say('band', bounds)
  ]));
  if (area.outside) { body.appendChild(el('p', 'band outside', el('strong', null, say('outOfBand')))); }
  if (area.parts > 1 || area.special) {
    body.appendChild(el('p', 'band', [area.parts > 1 ? say('parts', { n: area.parts }) : '', area.special ? ' · ' + say('special') + ': ' : '', area.special ? value(area.special) : null]));
  }
  if (area.supervisor >= 0) { body.appendChild(el('p', 'band', [say('supervisorArea') + ' ', value(store.supervisors.list[area.supervisor].name)])); }
  body.appendChild(opinionForm(store, comments, area.code, act));
  [factsFindings(store, area, act), factsEarlier(store, area), factsSides(store, area), factsNeighbours(store, area, act)].forEach(function (part) {
    if (part) { body.appendChild(part); }
  });
  box.appendChild(body);
  body.scrollTop = at;
}

function figure(number, label) {
  return number === null ? null : el('div', null, [el('b', null, number), el('span', null, label)]);
}

function factsFindings(store, area, act) {
  var part = el('section', null, el('h3', null, say('findings')));
  if (!area.findings.length) { part.appendChild(el('p', 'calm', say('noFindings'))); }
  var ordered = area.findings.slice().sort(function (a, b) { return a - b; });
  ordered.forEach(function (f) {
    var finding = store.findings[f];
    part.appendChild(button('fact-finding', [badge(finding.severity, 1), el('span', null, [el('b', null, finding.rule + ' '), value(finding.text[lang])])], function () {
      act.chooseFinding(f, false);
    }, null));
  });
  return part;
}

function lineSwatch(kind) {
  var styles = kind === 'village' ? VILLAGE_STYLE : kind === 'supervisor' ? SUPERVISOR_STYLE : BORDER_STYLES[kind];
  return drawing(34, 10, styles.map(function (style) {
    return {
      tag: 'line', x1: 1, y1: 5, x2: 33, y2: 5, stroke: style.colour, 'stroke-width': style.width,
      'stroke-dasharray': (style.dash || []).join(' ') || 'none'
    };
  }));
}

function factsNeighbours(store, area, act) {
  var part = el('section', null, el('h3', null, say('neighbours')));
  var row = el('div', 'chips');
  area.neighbours.forEach(function (i) {
    var other = store.areas[i], foreign = other.village !== area.village;
    row.appendChild(button('chip', [foreign ? value(villageName(store, other.village) + ' ', 'where') : null, value(other.short)], function () { act.chooseArea(i, true); }, other.code));
  });
  if (!area.neighbours.length) { row.appendChild(el('span', 'calm', '–')); }
  part.appendChild(row);
  return part;
}
