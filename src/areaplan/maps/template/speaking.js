/* Languages, tabs, before and after; what is said aloud. */
function addSpeaking(map, store, comments, state, act, list, sheets, sketch) {
  act.speak = function (other) {
    lang = other;
    fillWords();
    showHeader(store);
    showIntegrity(store);
    showProgress(store, comments, act);
    showTimes(store, state, act);
    fillVillages(store, state);
    fillOrders(store, state);
    fillLegend(store, state, act);
    sketch.speak();
    list.render();
    if (state.area >= 0) { showFacts(store, comments, store.areas[state.area], act); }
    list.mark(false);
    act.controls();
    sheets.names.draw();
  };
  act.tab = function (tab) {
    state.tab = tab;
    ['areas', 'findings', 'comments'].forEach(function (name) { byId('tab-' + name).setAttribute('aria-selected', String(tab === name)); });
    byId('list').setAttribute('aria-labelledby', 'tab-' + tab);
    fillOrders(store, state);
    list.restart();
  };
  act.time = function (time) {
    state.time = time;
    showTimes(store, state, act);
    sheets.ground.draw();
    sheets.choice.draw();
    sheets.names.draw();
  };
  act.nextTime = function () {
    if (store.earlier) { act.time({ after: 'before', before: 'both', both: 'after' }[state.time]); }
  };
  act.swipe = function (share) {
    state.swipe = share;
    sheets.ground.draw();
    sheets.choice.draw();
    sheets.names.draw();
  };
}

/* For ears: what just happened. */
function announce(text) {
  byId('live').textContent = text;
}

/* For ears and eyes. */
function sayAloud(key, values) { sayText(say(key, values)); }

function sayText(text) {
  var toast = byId('toast');
  toast.textContent = text;
  toast.hidden = false;
  announce(toast.textContent);
  window.clearTimeout(sayText.waiting);
  sayText.waiting = window.setTimeout(function () { toast.hidden = true; }, 7000);
}
