/* The reviewer's opinion of an area (or, without a code, of the plan): decision, reasons, words, what is asked, sketches. */
var DECISION_SIGNS = { approve: '✓', revise: '✎', open: '?' };

function opinionForm(store, comments, code, act) {
  var part = el('section', 'opinion');
  var mine = comments.mine(code);
  part.appendChild(el('h3', null, say('opinion')));
  part.appendChild(decisionButtons(comments, code, mine, act));
  if (mine && (mine.decision !== 'approve' || mine.text || mine.reasons.length || mine.sketches.length || mine.ask)) {
    part.appendChild(reasonsField(store, comments, code, mine, act));
    part.appendChild(wordsField(comments, code, mine, act));
    if (code) {
      part.appendChild(askField(store, comments, code, mine, act));
      part.appendChild(sketchField(comments, code, mine, act));
    }
  }
  if (mine) {
    part.appendChild(button('link', say('removeComment'), function () {
      comments.remove(code);
      act.announce(say('decided_none', { code: code || say('onPlan') }));
    }));
  }
  othersOn(comments, code).forEach(function (c) { part.appendChild(otherComment(store, c)); });
  return part;
}

function decisionButtons(comments, code, mine, act) {
  var row = el('div', 'decide');
  row.setAttribute('role', 'group');
  row.setAttribute('aria-label', say('opinion'));
  DECISIONS.forEach(function (decision) {
    var node = button('decision ' + decision, [el('i', null, DECISION_SIGNS[decision]), ' ' + say(decision)], function () { act.decide(decision, code); });
    node.setAttribute('aria-pressed', String(!!mine && mine.decision === decision));
    node.setAttribute('data-decision', decision);
    row.appendChild(node);
  });
  return row;
}

function labelOf(list, code) {
  var found = list.find(function (pair) { return pair[0] === code; });
  return found ? found[lang === 'zh' ? 2 : 1] : code;
}

function selectOf(pairs, chosen, label, use) {
  var node = el('select');
  node.setAttribute('aria-label', label);
  pairs.forEach(function (pair) {
    var option = el('option', null, pair[1]);
    option.value = pair[0];
    node.appendChild(option);
  });
  node.value = chosen;
  node.addEventListener('change', function () { use(node.value); });
  return node;
}

function reasonsField(store, comments, code, mine, act) {
  var box = el('div', 'reasons');
  mine.reasons.forEach(function (reason) {
    box.appendChild(button('chip chosen', [labelOf(store.data.reasons, reason), ' ×'], function () {
      comments.change(code, function (c) { c.reasons = c.reasons.filter(function (r) { return r !== reason; }); });
    }, say('remove') + ': ' + labelOf(store.data.reasons, reason)));
  });
  var left = store.data.reasons.filter(function (pair) { return mine.reasons.indexOf(pair[0]) < 0; });
  var pairs = [['', say('addReason')]].concat(left.map(function (pair) { return [pair[0], labelOf(left, pair[0])]; }));
  box.appendChild(selectOf(pairs, '', say('reason'), function (reason) {
    if (reason) { comments.change(code, function (c) { c.reasons = c.reasons.concat([reason]); }); }
  }));
  return box;
}

function wordsField(comments, code, mine, act) {
  var area = el('textarea', 'words');
  area.rows = 2;
  area.value = mine.text;
  area.placeholder = say('wordsHint');
  area.setAttribute('aria-label', say('words'));
  area.addEventListener('input', function () { act.writing(code, area.value); });
  area.addEventListener('blur', act.written);
  return area;
}

function askField(store, comments, code, mine, act) {
  var pairs = [['', say('askNothing')]].concat(store.data.asks.map(function (pair) { return [pair[0], labelOf(store.data.asks, pair[0])]; }));
  var row = el('div', 'asks', selectOf(pairs, mine.ask, say('ask'), function (ask) {
    comments.change(code, function (c) {
      c.ask = ask;
      c.askWith = '';
    });
  }));
  if (mine.ask === 'rename') {
    var input = el('input');
    input.value = mine.askWith;
    input.placeholder = say('newName');
    input.setAttribute('aria-label', say('newName'));
    input.addEventListener('change', function () { comments.change(code, function (c) { c.askWith = input.value.trim(); }); });
    row.appendChild(input);
  } else if (mine.ask && mine.ask !== 'split') {
    row.appendChild(selectOf(partners(store, comments, code, mine), mine.askWith, say('askWith'), function (other) {
      comments.change(code, function (c) { c.askWith = other; });
    }));
  }
  return row;
}

/* The areas that something can be asked with: neighbours first, of the same village. */
function partners(store, comments, code, mine) {
  var own = store.areas.find(function (a) { return a.code === code; });
  var near = own.neighbours.map(function (i) { return store.areas[i]; }).filter(function (a) { return a.village === own.village; });
  var pairs = [['', '…']].concat(near.map(function (a) { return [a.code, a.short]; }));
  if (mine.askWith && !pairs.some(function (p) { return p[0] === mine.askWith; })) { pairs.push([mine.askWith, mine.askWith]); }
  return pairs;
}

function sketchField(comments, code, mine, act) {
  var box = el('div', 'sketches', el('span', 'label', say('sketch')));
  [['point', 'drawPoint'], ['line', 'drawLine'], ['polygon', 'drawPolygon']].forEach(function (pair) {
    box.appendChild(button('draw', [icon(pair[0]), ' ' + say(pair[1])], function () { act.draw(pair[0], code); }));
  });
  mine.sketches.forEach(function (sketch, k) {
    box.appendChild(button('chip chosen', [sketchLabel(sketch), ' ×'], function () {
      comments.change(code, function (c) { c.sketches = c.sketches.filter(function (_, n) { return n !== k; }); });
    }, say('remove') + ': ' + sketchLabel(sketch)));
  });
  return box;
}

function sketchLabel(sketch) {
  var length = 0, twice = 0, xy = sketch.xy;
  for (var k = 1; k < xy.length; k++) { length += Math.hypot(xy[k][0] - xy[k - 1][0], xy[k][1] - xy[k - 1][1]); }
  xy.forEach(function (p, n) {
    var q = xy[(n + 1) % xy.length];
    twice += p[0] * q[1] - q[0] * p[1];
  });
  if (sketch.kind === 'point') { return say('pointAt'); }
  return sketch.kind === 'line' ? say('lineOf', { n: metres(length) }) : say('polygonOf', { n: ground(Math.abs(twice) / 2) });
}

function othersOn(comments, code) {
  return comments.on(code).filter(function (c) { return c !== comments.mine(code) && (code || !c.village); });
}

function otherComment(store, c) {
  return el('div', 'other-comment', commentWords(store, c));
}

/* Who, what, why: a comment in a few lines. */
function commentWords(store, c) {
  var words = [decisionMark(c.decision), ' ', el('b', null, value(c.reviewer || say('noName'))), ' ', el('span', 'when', localTime(c.time))];
  var more = c.reasons.map(function (r) { return labelOf(store.data.reasons, r); });
  if (c.ask) { more.push(labelOf(store.data.asks, c.ask) + (c.askWith ? ' → ' + shortOf(store, c.askWith) : '')); }
  c.sketches.forEach(function (s) { more.push(sketchLabel(s)); });
  if (more.length) { words.push(el('div', 'why', value(more.join(lang === 'zh' ? '；' : '; ')))); }
  if (c.text) { words.push(el('div', 'said', value(c.text))); }
  return words;
}

/* The clock of the person who reads. */
function localTime(time) {
  var t = new Date(time), two = function (n) { return (n < 10 ? '0' : '') + n; };
  return isNaN(t) ? time : t.getFullYear() + '-' + two(t.getMonth() + 1) + '-' + two(t.getDate()) + ' ' + two(t.getHours()) + ':' + two(t.getMinutes());
}

function shortOf(store, text) {
  var area = store.areas.find(function (a) { return a.code === text; });
  return area ? area.short : text;
}

function decisionMark(decision) {
  var node = el('span', 'decided ' + decision, DECISION_SIGNS[decision]);
  node.title = say(decision);
  return node;
}
