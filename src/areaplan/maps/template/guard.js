/* Runs first, in the oldest JavaScript there is: says plainly when a browser is too old for the rest. */
window.setTimeout(function () {
  if (window.areaplanReady) { return; }
  var box = document.getElementById('too-old');
  if (box) { box.className = 'too-old'; }
}, 4000);
