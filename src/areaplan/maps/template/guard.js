/* Runs first, in the oldest JavaScript there is: says plainly when a browser is too old for the rest. Slow is not old: the four seconds begin when
   all of the page has been read, and the word is taken back should the page come after all. */
(function () {
  var box = document.getElementById('too-old'), waited = 0, look = function () {
    if (window.areaplanReady) { box.className = 'hidden'; return; }
    if (document.readyState === 'complete') { waited += 1; }
    if (waited > 3) { box.className = 'too-old'; }
    window.setTimeout(look, 1000);
  };
  window.setTimeout(look, 1000);
}());
