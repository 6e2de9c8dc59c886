/* Heavy sheets wait in a line and are drawn a few steps at a time on a canvas that nobody sees, so that keys and fingers are heard in between; what is
   finished is shown whole. A browser keeps strokes and paints them when the frame ends, all at once: reading one pixel makes it paint those of a step now. */
var SLICE_MS = 24;

function openEasel(map, whenIdle) {
  var canvas = document.createElement('canvas'), ctx = canvas.getContext('2d', { willReadFrequently: true });
  var line = [], waiting = 0;

  function put(sheet) {
    drop(sheet);
    line.push({ sheet: sheet, view: null, steps: [] });
    map.getContainer().setAttribute('aria-busy', 'true');
    if (!waiting) { waiting = window.setTimeout(work, 0); }
  }

  function drop(sheet) {
    line = line.filter(function (job) { return job.sheet !== sheet; });
  }

  function work() {
    var end = performance.now() + SLICE_MS;
    waiting = 0;
    while (line.length && performance.now() < end) { advance(line[0]); }
    if (line.length) { waiting = window.setTimeout(work, 0); return; }
    map.getContainer().setAttribute('aria-busy', 'false');
    whenIdle();
  }

  /* One step of a job. What was begun for a view that has gone is left: another job follows when the map stands. */
  function advance(job) {
    if (map._animatingZoom || (job.view && job.view.zoom !== map.getZoom())) { line.shift(); return; }
    if (!job.view) { begin(job); return; }
    var step = job.steps.shift();
    if (step) {
      step();
      ctx.getImageData(0, 0, 1, 1);
    } else {
      line.shift();
      job.sheet.show(job.view, canvas);
    }
  }

  function begin(job) {
    job.view = job.sheet.look(ctx);
    if (!job.view) { line.shift(); return; }
    fit(canvas, job.view);
    wipe(ctx, canvas);
    job.steps = job.sheet.steps(job.view);
  }

  return {
    put: put,
    waitsFor: function (sheet) { return line.some(function (job) { return job.sheet === sheet; }); },
    busy: function () { return line.length > 0; }
  };
}
