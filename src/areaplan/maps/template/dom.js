/* Elements with text in them. Text goes through textContent, always. */
function el(tag, className, content) {
  var node = document.createElement(tag);
  if (className) { node.className = className; }
  if (content === undefined || content === null) { return node; }
  (Array.isArray(content) ? content : [content]).forEach(function (c) {
    if (c === null || c === undefined || c === '') { return; }
    node.appendChild(typeof c === 'object' ? c : document.createTextNode(String(c)));
  });
  return node;
}

function byId(id) {
  return document.getElementById(id);
}

/* Empty an element. What has the focus in it loses it first: leaving a field may draw everything anew, and that must be over by then. */
function clear(node) {
  if (node !== document.activeElement && node.contains(document.activeElement)) { document.activeElement.blur(); }
  while (node.firstChild) { node.removeChild(node.firstChild); }
  return node;
}

function button(className, content, act, label) {
  var node = el('button', className, content);
  node.type = 'button';
  if (label) {
    node.title = label;
    node.setAttribute('aria-label', label);
  }
  node.addEventListener('click', act);
  return node;
}

/* A name that came from outside: set apart so that its direction cannot disturb its neighbours. */
function value(text, className) {
  return el('bdi', className, text);
}

/* The mark of a severity, as in the map: circle, triangle, square. */
function badge(severity, number) {
  var node = el('span', 'badge ' + severity, [el('i', null, severity === 'note' ? 'i' : '!'), number > 1 ? el('b', null, number) : null]);
  node.title = say(severity) + (number > 1 ? ' × ' + number : '');
  return node;
}

/* SVG made by hand for swatches: attributes only, no markup. */
function drawing(width, height, shapes) {
  var ns = byId('north-shape').namespaceURI;
  var svg = document.createElementNS(ns, 'svg');
  svg.setAttribute('width', width);
  svg.setAttribute('height', height);
  svg.setAttribute('aria-hidden', 'true');
  shapes.forEach(function (shape) {
    var node = document.createElementNS(ns, shape.tag);
    Object.keys(shape).forEach(function (key) {
      if (key !== 'tag') { node.setAttribute(key, shape[key]); }
    });
    svg.appendChild(node);
  });
  return svg;
}

/* Small pictures, drawn rather than taken from a font that an old computer may lack. */
function icon(name) {
  var line = function (d) { return { tag: 'path', d: d, fill: 'none', stroke: '#1d2733', 'stroke-width': 1.6 }; };
  var shapes = {
    target: [line('M9 1v4M9 13v4M1 9h4M13 9h4'), { tag: 'circle', cx: 9, cy: 9, r: 4.5, fill: 'none', stroke: '#1d2733', 'stroke-width': 1.6 }],
    point: [{ tag: 'circle', cx: 9, cy: 9, r: 4, fill: '#b00078' }],
    line: [line('M3 14L8 5l4 6 3-7')],
    polygon: [line('M3 14L5 4l10 2-1 9z')],
    whole: [line('M2 7V2h5M11 2h5v5M16 11v5h-5M7 16H2v-5')]
  };
  return drawing(18, 18, shapes[name]);
}

/* A bar around the target: left is fewer, right is more; full width is the farther bound and half as much again. */
function deviationBar(area, bounds) {
  var reach = 1.5 * Math.max(bounds.max_households / area.target - 1, 1 - bounds.min_households / area.target, 0.05);
  var part = Math.max(-1, Math.min(1, (area.deviation || 0) / reach));
  var low = Math.max(-1, (bounds.min_households / area.target - 1) / reach), high = Math.min(1, (bounds.max_households / area.target - 1) / reach);
  var w = 56, h = 10, mid = w / 2;
  var x = mid + Math.min(part, 0) * mid;
  return drawing(w, h, [
    { tag: 'rect', x: mid + low * mid, y: 1, width: (high - low) * mid, height: 8, fill: '#e3e9ee' },
    { tag: 'rect', x: x, y: 3, width: Math.max(Math.abs(part) * mid, 1), height: 4, fill: area.outside ? '#b3261e' : '#3d7a9c' },
    { tag: 'rect', x: mid - 0.5, y: 0, width: 1, height: 10, fill: '#1d2733' }
  ]);
}

/* Where the focus is in a part that is about to be written anew, and the same place afterwards. */
function focusNow() {
  var node = document.activeElement;
  if (!node || !node.closest) { return null; }
  var within = node.closest('.facts, .list');
  if (!within) { return null; }
  return {
    within: within.id, words: node.className === 'words', decision: node.getAttribute('data-decision'), row: node.getAttribute('data-i'),
    caret: node.selectionStart, caretEnd: node.selectionEnd
  };
}

function focusAgain(focus) {
  if (!focus) { return; }
  var within = byId(focus.within);
  var node = focus.words ? within.querySelector('.words') : focus.decision ? within.querySelector('[data-decision="' + focus.decision + '"]') :
    focus.row ? within.querySelector('[data-i="' + focus.row + '"]') : null;
  if (!node) { return; }
  node.focus({ preventScroll: true });
  if (focus.words && focus.caret !== null) { node.setSelectionRange(focus.caret, focus.caretEnd); }
}
