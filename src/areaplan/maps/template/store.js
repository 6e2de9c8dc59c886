/* Join the columns of the data into areas, villages, findings that know one another. */
var KINDS = ['none', 'street', 'river', 'railway', 'wall', 'ridge', 'other'];
var SEVERITIES = ['error', 'warning', 'note'];

function openStore(data) {
  var store = {
    data: data,
    names: data.names,
    bounds: data.bounds,
    villages: readVillages(data.villages),
    lines: readLines(data.lines),
    buildings: once(function () { return readBuildings(JSON.parse(byId('buildings').textContent)); }),
    boundaries: readBoundaries(data.boundaries)
  };
  store.villageShapes = unpackShapes(data.villages.shape);
  store.villageBorder = unpackShapes(data.villages.border);
  store.areaShapes = unpackShapes(data.areas.shape);
  store.areas = readAreas(data.areas, data.bounds);
  store.findings = readFindings(data.findings);
  store.findingShapes = unpackShapes(data.findings.shape);
  store.supervisors = readSupervisors(data.supervisors, store.areas);
  store.earlier = readEarlier(data.before, data.size);
  store.areas.forEach(function (area) { area.was = data.before ? changeOf(data.before.changes, area.i) : null; });
  joinNeighbours(store.areas, unpack(data.neighbours));
  joinBoundaries(store);
  joinFindings(store);
  store.areas.forEach(function (area) { area.need = needOf(area); });
  return store;
}

function readLabels(label) {
  var at = unpackPoints(label.at), room = unpack(label.room);
  return function (i) { return { x: at[2 * i], y: at[2 * i + 1], room: room[i] / UNITS_PER_METRE }; };
}

function readVillages(v) {
  var label = readLabels(v.label);
  return v.code.map(function (code, i) {
    return { i: i, code: code, name: v.name[i], households: v.households[i], label: label(i), areas: [] };
  });
}

function readAreas(a, bounds) {
  var label = readLabels(a.label);
  return a.code.map(function (code, i) {
    var households = a.households[i];
    return {
      i: i, code: code, short: a.short[i], name: a.name[i], village: a.village[i], households: households, low: a.low[i], high: a.high[i],
      persons: a.persons[i], buildings: a.buildings[i], m2: a.m2[i], special: a.special[i], target: a.target[i], colour: a.colour[i],
      parts: a.parts[i], supervisor: -1, hidden: !!a.hidden && a.hidden.indexOf(i) >= 0, label: label(i), neighbours: [], findings: [], boundaries: [],
      deviation: households === null ? null : households / a.target[i] - 1,
      outside: households !== null && (households < bounds.min_households || households > bounds.max_households)
    };
  });
}

/* The ground of each supervisor, where a staffing table named them; every area knows whose it is. */
function readSupervisors(s, areas) {
  if (!s) { return null; }
  var label = readLabels(s.label);
  areas.forEach(function (area, i) { area.supervisor = s.of[i]; });
  return {
    border: unpackShapes(s.border),
    list: s.name.map(function (name, i) {
      return { i: i, name: name, label: label(i), areas: range(areas.length).filter(function (k) { return s.of[k] === i; }) };
    })
  };
}

function changeOf(changes, i) {
  return { kind: changes.kind[i], gained: changes.gained[i], lost: changes.lost[i], households: changes.households[i] };
}

function readLines(l) {
  return { kind: unpack(l.kind), rank: unpack(l.rank), name: unpack(l.name), shapes: unpackShapes(l.shape) };
}

function readBuildings(b) {
  var shapes = unpackShapes(b.shape);
  return {
    area: sums(unpack(b.area)).slice(1),
    households: unpack(b.households), number: b.number ? unpack(b.number) : null, name: b.name, shapes: shapes
  };
}

function readBoundaries(b) {
  return {
    left: unpack(b.left), right: unpack(b.right), kind: unpack(b.kind), name: unpack(b.name), length: unpack(b.length),
    shapes: unpackShapes(b.shape)
  };
}

function readFindings(f) {
  var dimension = unpack(f.dimension);
  return f.rule.map(function (rule, i) {
    return {
      i: i, rule: rule, severity: f.severity[i], subject: f.subject[i], text: { en: f.text.en[i], zh: f.text.zh[i] },
      measure: f.measure[i], unit: f.unit[i], village: f.village[i], areas: f.areas[i], dimension: dimension[i]
    };
  });
}

function joinNeighbours(areas, pairs) {
  for (var i = 0; i < pairs.length; i += 2) {
    areas[pairs[i]].neighbours.push(pairs[i + 1]);
    areas[pairs[i + 1]].neighbours.push(pairs[i]);
  }
}

function joinBoundaries(store) {
  var b = store.boundaries;
  for (var i = 0; i < b.left.length; i++) {
    if (b.left[i] >= 0) { store.areas[b.left[i]].boundaries.push(i); }
    if (b.right[i] >= 0) { store.areas[b.right[i]].boundaries.push(i); }
  }
}

function joinFindings(store) {
  store.areas.forEach(function (area) {
    if (area.village >= 0) { store.villages[area.village].areas.push(area.i); }
  });
  store.findings.forEach(function (finding) {
    var box = boxOf(store.findingShapes, finding.i);
    finding.box = box[0] <= box[2] ? box : null;
    finding.whole = finding.areas.length === 1 && (!finding.box || sameBox(finding.box, boxOf(store.areaShapes, finding.areas[0])));
    finding.areas.forEach(function (i) { store.areas[i].findings.push(finding.i); });
  });
  store.areas.forEach(function (area) { area.worst = worstOf(store, area); });
}

function worstOf(store, area) {
  var worst = 3;
  area.findings.forEach(function (f) { worst = Math.min(worst, SEVERITIES.indexOf(store.findings[f].severity)); });
  return worst;
}

/* What needs a look comes first: errors, warnings, size out of bounds, notes; then the larger deviation. */
function needOf(area) {
  var weight = [3000, 2000, 500, 0][area.worst] + (area.outside ? 1000 : 0);
  return weight + Math.min(Math.abs(area.deviation || 0), 9) * 10;
}

/* Metres of an area's border by kind, inner and on the village border, and the names it follows. */
function borderOf(store, area) {
  var out = { inner: {}, outer: {}, innerTotal: 0, outerTotal: 0, names: {} };
  var b = store.boundaries;
  area.boundaries.forEach(function (i) {
    var kind = KINDS[b.kind[i]], length = b.length[i] / UNITS_PER_METRE, side = b.right[i] < 0 ? 'outer' : 'inner';
    out[side][kind] = (out[side][kind] || 0) + length;
    out[side + 'Total'] += length;
    var name = store.names[b.name[i]];
    if (name) { out.names['$' + name] = (out.names['$' + name] || 0) + length; }
  });
  out.visible = out.innerTotal ? 1 - (out.inner.none || 0) / out.innerTotal : null;
  return out;
}

/* Where to look for a finding: its own place, else its areas, else its village. */
function placeOf(store, finding) {
  if (finding.box) { return finding.box; }
  if (finding.areas.length) { return unite(finding.areas.map(function (i) { return boxOf(store.areaShapes, i); })); }
  return finding.village >= 0 ? boxOf(store.villageShapes, finding.village) : null;
}

/* A finding drawn as its whole area is about the area, not about a place in it. */
function sameBox(a, b) {
  return a.every(function (v, k) { return Math.abs(v - b[k]) < 2; });
}

function unite(boxes) {
  return boxes.reduce(function (a, b) {
    return [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[2], b[2]), Math.max(a[3], b[3])];
  });
}
