/* Start: read the data, draw, and let list, map and keys act on one state. Whoever tests or measures the page is told when it can be used, and when all is drawn. */
function start(map) {
  var store = openStore(JSON.parse(byId('data').textContent));
  var base = openBase(store);
  lang = store.data.lang === 'en' ? 'en' : 'zh';
  var notes = store.findings.filter(function (f) { return f.severity === 'note'; }).length;
  var state = {
    tab: 'areas', order: 'need', filter: 'all', search: '', village: -1, supervisor: -1, area: -1, code: '', finding: -1, hover: -1, notes: notes <= 40, marks: [],
    visible: [], rowAt: 0, drawing: null, time: 'after', swipe: 0.5, seen: [0, 0, 0, 0]
  };
  var act = {};
  var comments = openComments(store, function () { act.commented(); });
  var settings = nameSettings(store, base, comments);
  var easel = openEasel(map, function () { furnish(); });
  var sheets = openSheets(map, store, base, comments, state, settings, easel);
  var list = openList(store, comments, state, act);
  var sketch = openSketch(map, state, sheets, announce);

  byId('legend').open = window.innerWidth > 860;
  fillWords();
  fillLegend(store, state, act);
  prepareMap(map, store);
  [sheets.ground, sheets.choice, sheets.names].forEach(function (sheet) { sheet.addTo(map); });

  addChoosing(map, store, comments, state, act, list, sheets);
  addDeciding(store, comments, state, act, list, sheets, sketch);
  addSpeaking(map, store, comments, state, act, list, sheets, sketch);
  act.announce = announce;
  act.busy = easel.busy;
  act.help = function () { openHelp(store); };
  act.controls = addControls(map, act);
  act.speak(lang);
  listenPanel(map, store, state, act, list);
  listenFiles(store, comments, act);
  listenMap(map, store, base, state, act, sheets.choice, sketch);
  listenKeys(map, state, act, sketch);
  listenPrint(list);
  listenLeaving(comments, act);

  /* All is drawn but the buildings; they come now, or as soon as the end of the page, where they stand, has been read. */
  function furnish() {
    if (base.furnished) { window.areaplanDrawn = true; return; }
    window.areaplanReady = true;
    if (document.readyState === 'loading') { document.addEventListener('DOMContentLoaded', furnish, { once: true }); return; }
    base.furnished = true;
    easel.put(sheets.ground);
    easel.put(sheets.names);
  }
}
