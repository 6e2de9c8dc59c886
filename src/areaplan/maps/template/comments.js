/* What reviewers say: kept in this browser under the plan's hash, merged by the rules of docs/review-format.md. */
var DECISIONS = ['approve', 'revise', 'open'];
var COMMENT_COLUMNS = ['plan_hash', 'reviewer', 'time', 'ea_code', 'village_code', 'decision', 'reason', 'text', 'ask', 'ask_with', 'sketch'];

function openComments(store, changed) {
  var key = 'areaplan/comments/' + store.data.planHash;
  var box = { all: [], reviewer: '', kept: true, merged: null };
  var codes = {};
  store.areas.forEach(function (a) { codes['$' + a.code] = a.i; });

  function readKept() {
    try {
      var kept = JSON.parse(window.localStorage.getItem(key) || 'null');
      if (!kept || !Array.isArray(kept.comments)) { return; }
      box.all = kept.comments.filter(isComment);
      box.reviewer = typeof kept.reviewer === 'string' ? kept.reviewer : '';
    } catch (e) { box.kept = false; }
  }

  function keep() {
    try {
      window.localStorage.setItem(key, JSON.stringify({ title: store.data.title, reviewer: box.reviewer, comments: box.all }));
      box.kept = true;
    } catch (e) { box.kept = false; }
  }

  function renew(quiet) {
    box.merged = mergeComments(box.all, store.data.planHash, codes);
    if (!quiet) { changed(); }
  }

  box.areaOf = function (comment) {
    var i = codes['$' + comment.code];
    return comment.code && i !== undefined ? i : -1;
  };
  /* This reviewer's own comment on an area (or, without a code, on the plan). */
  box.mine = function (code) {
    return box.all.find(function (c) { return c.own && c.plan === store.data.planHash && c.code === code && (code || !c.village); }) || null;
  };
  box.on = function (code) { return box.merged.comments.filter(function (c) { return c.code === code; }); };
  box.mineOrNew = function (code) {
    var mine = box.mine(code);
    if (!mine) {
      var area = codes['$' + code];
      mine = {
        plan: store.data.planHash, reviewer: box.reviewer, time: now(), code: code, village: area === undefined || !code ? '' : villageCode(store, area),
        decision: 'open', reasons: [], text: '', ask: '', askWith: '', sketches: [], own: true, exported: false
      };
      box.all.push(mine);
    }
    return mine;
  };
  box.change = function (code, change) {
    var mine = box.mineOrNew(code);
    change(mine);
    mine.time = now();
    mine.exported = false;
    keep();
    renew();
  };
  box.remove = function (code) {
    box.all = box.all.filter(function (c) { return c !== box.mine(code); });
    keep();
    renew();
  };
  box.name = function (name) {
    box.reviewer = name;
    box.all.forEach(function (c) {
      if (c.own && c.reviewer !== name) {
        c.reviewer = name;
        c.exported = false;
      }
    });
    keep();
    renew();
  };
  /* Comments from a file: those under this reviewer's name are this reviewer's own. */
  box.take = function (comments) {
    var before = box.all.length, seen = {};
    comments.forEach(function (c) {
      c.own = box.reviewer !== '' && c.reviewer === box.reviewer && c.plan === store.data.planHash;
      c.exported = true;
    });
    box.all = box.all.concat(comments).filter(function (c) {
      var same = sameness(c);
      if (seen[same]) { return false; }
      seen[same] = true;
      return true;
    });
    var added = box.all.length - before;
    box.all = mergeComments(box.all, store.data.planHash, codes).held;
    keep();
    renew();
    return added;
  };
  box.exportedAll = function () {
    box.all.forEach(function (c) { c.exported = true; });
    keep();
    renew();
  };
  box.unexported = function () { return box.all.filter(function (c) { return !c.exported; }).length; };
  box.decided = function () {
    return store.areas.filter(function (a) { return decisionOn(box, a.code) === 'approve' || decisionOn(box, a.code) === 'revise'; }).length;
  };
  window.addEventListener('storage', function (event) {
    if (event.key === key) {
      readKept();
      renew();
    }
  });
  readKept();
  try { window.localStorage.setItem('areaplan/probe', '1'); window.localStorage.removeItem('areaplan/probe'); } catch (e) { box.kept = false; }
  renew(true);
  return box;
}

function villageCode(store, i) {
  var v = store.areas[i].village;
  return v >= 0 ? store.villages[v].code : '';
}

function now() {
  return new Date().toISOString().slice(0, 19) + 'Z';
}

function isComment(c) {
  return !!c && typeof c.plan === 'string' && typeof c.code === 'string' && typeof c.text === 'string' && typeof c.reviewer === 'string' &&
    DECISIONS.indexOf(c.decision) >= 0 && Array.isArray(c.reasons) && Array.isArray(c.sketches);
}

/* The decision that holds on an area: one's own, else what the others agree on. */
function decisionOn(box, code) {
  var mine = box.mine(code);
  if (mine) { return mine.decision; }
  var said = box.on(code).map(function (c) { return c.decision; });
  return said.length && said.every(function (d) { return d === said[0]; }) ? said[0] : said.length ? 'open' : '';
}

function placeKey(c) { return c.code + '\n' + (c.code ? '' : c.village); }
function commentKey(c) { return [c.plan, c.reviewer, placeKey(c)].join('\n'); }
function wordsKey(c) { return JSON.stringify([c.decision, c.reasons, c.text, c.ask, c.askWith, c.sketches]); }
function sameness(c) { return commentKey(c) + '\n' + c.time + '\n' + wordsKey(c); }

/* The latest comment of each reviewer on each place holds; what is about another plan or an area not shown stands apart. */
function mergeComments(all, planHash, codes) {
  var last = {}, seen = {};
  all.forEach(function (c) {
    var key = '$' + commentKey(c);
    if (last[key] === undefined || c.time > last[key]) { last[key] = c.time; }
  });
  var held = all.filter(function (c) {
    var same = sameness(c), keep = c.time === last['$' + commentKey(c)] && !seen[same];
    seen[same] = true;
    return keep;
  });
  held.sort(function (a, b) { return compare(placeKey(a), placeKey(b)) || compare(a.reviewer, b.reviewer) || compare(a.time, b.time); });
  var current = held.filter(function (c) { return c.plan === planHash; });
  var known = current.filter(function (c) { return !c.code || codes['$' + c.code] !== undefined; });
  return {
    held: held, comments: known, replaced: all.length - held.length,
    stale: held.filter(function (c) { return c.plan !== planHash; }),
    unknown: current.filter(function (c) { return known.indexOf(c) < 0; }),
    conflicts: conflictsOf(known)
  };
}

function compare(a, b) { return a < b ? -1 : a > b ? 1 : 0; }

function conflictsOf(comments) {
  var byPlace = {}, out = [];
  comments.forEach(function (c) { (byPlace['$' + placeKey(c)] = byPlace['$' + placeKey(c)] || []).push(c); });
  Object.keys(byPlace).forEach(function (key) {
    var group = byPlace[key], found = [];
    var says = function (decision) { return group.some(function (c) { return c.decision === decision; }); };
    if (says('approve') && says('revise')) { found.push('conflictDecision'); }
    [['merge', 'split'], ['rename']].forEach(function (asks) {
      var asked = {};
      group.forEach(function (c) { if (asks.indexOf(c.ask) >= 0) { asked['$' + c.ask + c.askWith] = true; } });
      if (Object.keys(asked).length > 1) { found.push('conflictAsk'); }
    });
    var reviewers = {};
    group.forEach(function (c) { reviewers['$' + c.reviewer] = true; });
    if (!found.length && Object.keys(reviewers).length < group.length) { found.push('conflictSame'); }
    found.forEach(function (what) { out.push({ what: what, comments: group }); });
  });
  return out;
}
