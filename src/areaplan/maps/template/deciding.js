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
