/* Choosing an area or a finding, from the list, the map or by key. */
function addChoosing(map, store, comments, state, act, list, sheets) {
  act.chooseArea = function (i, zoom) {
    state.area = i;
    state.code = store.areas[i].code;
    state.finding = -1;
    showFacts(store, comments, store.areas[i], act);
    if (state.tab === 'areas') { list.mark(false); }
    if (zoom) { zoomTo(map, boxOf(store.areaShapes, i), 2.5); }
    sheets.choice.draw();
    sheets.names.draw();
  };
  act.chooseFinding = function (i, openArea) {
    var finding = store.findings[i], place = placeOf(store, finding);
    if (openArea && finding.areas.length) { act.chooseArea(finding.areas[0], false); }
    state.finding = i;
    if (state.tab === 'findings') { list.mark(false); }
    if (place) { zoomTo(map, place, 3); }
    sheets.choice.draw();
  };
  act.step = function (by) {
    var findings = state.tab === 'findings', current = findings ? state.finding : state.area;
    if (!state.visible.length) { return; }
    var n = state.visible.length, at = state.visible.findIndex(function (row) { return row.i === current; });
    var to = at >= 0 ? at + by : current >= 0 ? state.rowAt + (by > 0 ? 0 : -1) : by > 0 ? 0 : -1;
    state.rowAt = (to % n + n) % n;
    var next = state.visible[state.rowAt];
    if (findings) { act.chooseFinding(next.i, true); } else { act.chooseArea(next.i, true); }
  };
  act.next = function () { act.step(1); };
  act.previous = function () { act.step(-1); };
  act.nextUndecided = function () {
    var rows = state.tab === 'findings' ? store.areas : state.visible, from = rows.findIndex(function (a) { return a.i === state.area; });
    for (var k = 1; k <= rows.length; k++) {
      var area = rows[(from + k + rows.length) % rows.length];
      if (!decisionOn(comments, area.code)) { act.chooseArea(area.i, true); return; }
    }
    announce(say('allDecided'));
  };
  act.clear = function () {
    state.area = state.finding = -1;
    state.code = '';
    byId('facts').hidden = true;
    list.mark(false);
    sheets.choice.draw();
    sheets.names.draw();
  };
  act.showNotes = function (on) {
    state.notes = on;
    sheets.names.draw();
  };
  act.whole = function () { zoomTo(map, townBox(store), 9); };
}
