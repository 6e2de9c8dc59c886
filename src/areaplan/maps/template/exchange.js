/* Comments as files: one .geojson or CSV out, any number of them in. Coordinates are the plan's own. */
function toGeojson(store, comments) {
  var out = { type: 'FeatureCollection', name: 'comments' };
  if (/^\w+:\w+$/.test(store.data.crs)) {
    out.crs = { type: 'name', properties: { name: 'urn:ogc:def:crs:' + store.data.crs.replace(':', '::') } };
  }
  out.areaplan = { format: 'comments', version: 1, title: store.data.title, plan_hash: store.data.planHash, exported: now() };
  out.features = [];
  eachRow(store, comments, function (row, geometry) { out.features.push({ type: 'Feature', properties: row, geometry: geometry }); });
  return JSON.stringify(out, null, 1) + '\n';
}

/* A comment with several sketches is several rows with the same words. */
function eachRow(store, comments, use) {
  comments.forEach(function (c) {
    var drawn = c.sketches.length ? c.sketches : [null];
    drawn.forEach(function (sketch, k) {
      use({
        plan_hash: c.plan, reviewer: c.reviewer, time: c.time, ea_code: c.code, village_code: c.village, decision: c.decision,
        reason: c.reasons.join(';'), text: c.text, ask: c.ask, ask_with: c.askWith, sketch: sketch ? k + 1 : 0
      }, sketch ? geometryOf(store, sketch) : null);
    });
  });
}

function geometryOf(store, sketch) {
  var origin = store.data.origin;
  var xy = sketch.xy.map(function (p) { return [centimetres(p[0] + origin[0]), centimetres(p[1] + origin[1])]; });
  if (sketch.kind === 'point') { return { type: 'Point', coordinates: xy[0] }; }
  if (sketch.kind === 'line') { return { type: 'LineString', coordinates: xy }; }
  return { type: 'Polygon', coordinates: [xy.concat([xy[0]])] };
}

function centimetres(v) { return Math.round(v * 100) / 100; }

function toCsv(store, comments) {
  var lines = [COMMENT_COLUMNS.concat(['wkt']).join(',')];
  eachRow(store, comments, function (row, geometry) {
    lines.push(COMMENT_COLUMNS.map(function (c) { return csvCell(row[c]); }).concat([csvCell(wkt(geometry))]).join(','));
  });
  return '\ufeff' + lines.join('\r\n') + '\r\n';
}

/* No cell is ever a formula. */
function csvCell(value) {
  var text = String(value);
  if (/^[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/.test(text) && typeof value !== 'number') { text = "'" + text; }
  return /[",\r\n]/.test(text) ? '"' + text.replace(/"/g, '""') + '"' : text;
}

function wkt(geometry) {
  if (!geometry) { return ''; }
  var list = function (points) { return '(' + points.map(function (p) { return p.join(' '); }).join(', ') + ')'; };
  if (geometry.type === 'Point') { return 'POINT ' + list([geometry.coordinates]); }
  if (geometry.type === 'LineString') { return 'LINESTRING ' + list(geometry.coordinates); }
  return 'POLYGON (' + list(geometry.coordinates[0]) + ')';
}

function fromWkt(text) {
  var found = /^\s*(POINT|LINESTRING|POLYGON)\s*\(+([^()]*)\)/i.exec(text);
  if (!found) { return null; }
  var points = found[2].split(',').map(function (p) { return p.trim().split(/\s+/).map(Number); });
  var kind = found[1].toUpperCase();
  if (kind === 'POINT') { return { type: 'Point', coordinates: points[0] }; }
  return kind === 'LINESTRING' ? { type: 'LineString', coordinates: points } : { type: 'Polygon', coordinates: [points] };
}

/* Rows of a CSV text, quotes and line ends inside them respected. */
function csvRows(text) {
  var rows = [], row = [], cell = '', quoted = false;
  for (var i = text.charAt(0) === '\ufeff' ? 1 : 0; i < text.length; i++) {
    var c = text.charAt(i);
    if (quoted) {
      if (c !== '"') { cell += c; } else if (text.charAt(i + 1) === '"') { cell += '"'; i++; } else { quoted = false; }
    } else if (c === '"') {
      quoted = true;
    } else if (c === ',' || c === '\n') {
      row.push(cell);
      cell = '';
      if (c === '\n') { rows.push(row); row = []; }
    } else if (c !== '\r') {
      cell += c;
    }
  }
  if (cell || row.length) { row.push(cell); rows.push(row); }
  return rows;
}

function plainCell(text) { return /^'[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/.test(text) ? text.slice(1) : text; }

/* What a file holds: comments, and how many rows and sketches could not be used. Null when it is no file of comments. */
function readComments(store, name, text) {
  var rows = /\.csv$/i.test(name) ? rowsOfCsv(text) : rowsOfGeojson(store, text);
  return rows && gather(store, rows);
}

function rowsOfCsv(text) {
  var table = csvRows(text), head = (table[0] || []).map(function (h) { return h.trim(); });
  if (head.indexOf('ea_code') < 0) { return null; }
  return table.slice(1).filter(function (row) { return row.some(function (c) { return c; }); }).map(function (row) {
    var values = {};
    head.forEach(function (h, k) { values[h] = plainCell(row[k] || ''); });
    return { values: values, geometry: values.wkt ? fromWkt(values.wkt) : null };
  });
}

function rowsOfGeojson(store, text) {
  var data;
  try { data = JSON.parse(text); } catch (e) { return null; }
  if (!data || data.type !== 'FeatureCollection' || !Array.isArray(data.features)) { return null; }
  var crs = data.crs && data.crs.properties ? String(data.crs.properties.name) : data.areaplan ? '' : 'degrees';
  var ours = crs === '' || crs === 'urn:ogc:def:crs:' + store.data.crs.replace(':', '::') || crs === store.data.crs;
  return data.features.map(function (f) {
    var geometry = f && f.geometry ? f.geometry : null;
    return { values: (f && f.properties) || {}, geometry: ours ? geometry : null, elsewhere: !ours && !!geometry };
  });
}

function gather(store, rows) {
  var byWords = {}, order = [], out = { comments: [], badRows: 0, badSketches: 0 };
  rows.forEach(function (row) {
    var c = commentOf(store, row.values);
    if (!c) { out.badRows++; return; }
    var key = '$' + sameness(c);
    if (!byWords[key]) { byWords[key] = c; order.push(c); }
    var sketch = row.geometry ? sketchOf(store, row.geometry) : null;
    if (sketch) { byWords[key].sketches.push(sketch); } else if (row.geometry || row.elsewhere) { out.badSketches++; }
  });
  out.comments = order;
  return out;
}

function commentOf(store, v) {
  var get = function (key) { return v[key] === null || v[key] === undefined ? '' : String(v[key]); };
  var decision = get('decision').trim() || 'open', ask = get('ask').trim();
  var reasons = get('reason').split(';').map(function (r) { return r.trim(); }).filter(function (r) { return r; });
  var known = function (list, code) { return list.some(function (pair) { return pair[0] === code; }); };
  if (DECISIONS.indexOf(decision) < 0 || (ask && !known(store.data.asks, ask))) { return null; }
  if (!reasons.every(function (r) { return known(store.data.reasons, r); })) { return null; }
  if (!('ea_code' in v) && !('text' in v)) { return null; }
  return {
    plan: get('plan_hash').trim().toLowerCase(), reviewer: get('reviewer').trim(), time: get('time').trim(), code: get('ea_code').trim(),
    village: get('village_code').trim(), decision: decision, reasons: reasons, text: get('text'), ask: ask, askWith: get('ask_with'), sketches: []
  };
}

function sketchOf(store, g) {
  var kinds = { Point: 'point', LineString: 'line', Polygon: 'polygon' }, kind = kinds[g.type], origin = store.data.origin;
  if (!kind || !Array.isArray(g.coordinates)) { return null; }
  var points = kind === 'point' ? [g.coordinates] : kind === 'line' ? g.coordinates : (g.coordinates[0] || []).slice(0, -1);
  var good = Array.isArray(points) && points.length > 0 && points.every(function (p) { return Array.isArray(p) && isFinite(p[0]) && isFinite(p[1]); });
  return good ? { kind: kind, xy: points.map(function (p) { return [centimetres(p[0] - origin[0]), centimetres(p[1] - origin[1])]; }) } : null;
}

/* Hand a text to the person as a file; nothing leaves the computer. */
function handOver(name, type, text) {
  var link = document.createElement('a'), url = window.URL.createObjectURL(new window.Blob([text], { type: type }));
  link.href = url;
  link.download = name;
  link.click();
  window.setTimeout(function () { window.URL.revokeObjectURL(url); }, 4000);
}

/* Read files as UTF-8, or GBK where they are none. */
function readFile(file, use) {
  var reader = new window.FileReader();
  reader.onload = function () {
    var text;
    try {
      text = new window.TextDecoder('utf-8', { fatal: true }).decode(reader.result);
    } catch (e) {
      text = new window.TextDecoder('gbk').decode(reader.result);
    }
    use(text);
  };
  reader.readAsArrayBuffer(file);
}
