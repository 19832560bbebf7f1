"use strict";
// Draws what Python has computed: figures as they are, and pictures with the columns that the reader chooses.
(async () => {
  const $ = (id) => document.getElementById(id);
  const trouble = (text) => { $("trouble").textContent = text; $("trouble").hidden = false; };

  async function unpacked(id) {
    const bytes = Uint8Array.from(atob($(id).textContent.trim()), (character) => character.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Response(stream).text();
  }

  // Tables: a button in each heading.
  const number = (text) => Number.parseFloat(text.replace(/^\[/, "")); // a cell's first, which it begins with
  const nothing = (text) => text === "-" || text === "";
  function sortable(table) {
    if (table.tBodies[0].rows.length < 2) return;
    [...table.tHead.rows[0].cells].forEach((heading, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = heading.textContent;
      heading.replaceChildren(button);
      button.addEventListener("click", () => {
        const down = heading.getAttribute("aria-sort") === "ascending";
        for (const other of heading.parentElement.cells) other.removeAttribute("aria-sort");
        heading.setAttribute("aria-sort", down ? "descending" : "ascending");
        const text = (row) => row.cells[column].textContent;
        const rows = [...table.tBodies[0].rows];
        const texts = rows.map(text).filter((each) => !nothing(each));
        const numeric = column > 0 && texts.every((each) => /^\[?[-+]?\d/.test(each));
        rows.sort((a, b) => {
          if (!numeric) return text(a).localeCompare(text(b)) * (down ? -1 : 1);
          const [x, y] = [number(text(a)), number(text(b))];
          if (Number.isNaN(x) || Number.isNaN(y)) return Number.isNaN(x) - Number.isNaN(y); // nothing comes last
          return (x - y) * (down ? -1 : 1);
        });
        table.tBodies[0].append(...rows);
      });
    });
  }
  // What was set in Python, and escaped there.
  function setHtml(place, html) {
    place.innerHTML = html;
    place.querySelectorAll("table:not(.confusion)").forEach(sortable);
  }
  document.querySelectorAll("main table").forEach(sortable);

  if (typeof DecompressionStream === "undefined") {
    trouble("The charts need a browser of 2023 or later; the tables above do not.");
    return;
  }
  const data = JSON.parse(await unpacked("data"));
  const library = document.createElement("script");
  library.textContent = await unpacked("plotly");
  document.head.append(library);

  const option = (value, text) => Object.assign(document.createElement("option"), { value, textContent: text });
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const narrow = matchMedia("(max-width: 600px)");
  const at = (object, path) => path.split(".").reduce((found, step) => found?.[step], object);
  function put(object, path, value) {
    const steps = path.split(".");
    const last = steps.pop();
    let place = object;
    for (const step of steps) place = place[step] ??= {};
    place[last] = value;
  }

  // The same frame for all: colours of the page, panels below each other on a phone.
  function framed(layout) {
    const shown = structuredClone(layout);
    const style = getComputedStyle(document.documentElement);
    shown.font = { ...shown.font, color: style.getPropertyValue("--ink").trim() };
    const line = style.getPropertyValue("--line").trim();
    const axes = [shown, shown.scene ?? {}].flatMap((part) => Object.keys(part).filter((key) => /^[xyz]axis/.test(key)).map((key) => part[key]));
    for (const axis of axes) Object.assign(axis, { gridcolor: line, linecolor: line, zerolinecolor: line });
    shown.legend = { ...shown.legend, font: shown.font };
    shown.hoverlabel = { align: "left" };
    if (narrow.matches) {
      if (shown.xaxis) shown.margin = { ...shown.margin, l: 40, r: 10 };
      if (shown.meta?.panels === 2) {
        shown.height = 760;
        shown.xaxis.domain = shown.xaxis2.domain = [0, 1];
        shown.yaxis.domain = [0.57, 1];
        shown.yaxis2.domain = [0, 0.43];
        shown.legend.y = -0.12;
      }
      if (shown.scene) shown.scene.camera = { eye: { x: 2.2, y: 2.2, z: 1.5 } };
      if (shown.meta?.width) shown.width = shown.meta.width; // it scrolls
      shown.font.size = 11;
      if (!shown.meta?.panels) shown.legend.y = -0.4;
      for (const axis of axes) if (axis.title?.text) axis.title.text = axis.title.text.replace(/(.{25,40}?) /g, "$1<br>");
    }
    return shown;
  }
  // Nothing leaves the page: plotly would offer to upload a chart.
  const config = { responsive: true, displaylogo: false, showSendToCloud: false, plotlyServerURL: "", toImageButtonOptions: { format: "svg" } };
  function draw(figure, drawn) {
    const plot = figure.querySelector(".plot");
    const none = typeof drawn === "string";
    plot.classList.toggle("none", none);
    if (none) {
      if (plot.data) Plotly.purge(plot);
      plot.textContent = drawn;
      return;
    }
    if (!plot.data) plot.textContent = "";
    Plotly.react(plot, drawn.data, framed(drawn.layout), config);
  }

  // Pictures.
  function means(down, across, score, kept) {
    const sums = down.levels.map(() => across.levels.map(() => [0, 0]));
    for (const row of kept) {
      if (down.level[row] === null || across.level[row] === null) continue; // inactive there
      const cell = sums[down.level[row]][across.level[row]];
      cell[0] += score[row];
      cell[1] += 1;
    }
    return sums.map((line) => line.map(([sum, count]) => (count ? sum / count : null)));
  }
  const chosen = {}; // by picture, then role: a hyperparameter's name
  const levels = {}; // by picture: the slider's level, -1 for all
  function bound(picture, key, landscape, method) {
    const drawn = structuredClone(picture);
    const meta = drawn.layout.meta ?? {};
    const parameter = (name) => landscape.parameters.find((each) => each.name === name);
    const role = (name) => parameter(chosen[key][name]);
    const slider = meta.slider && role(meta.slider);
    const kept = [...landscape.score.keys()].filter((row) =>
      (method === "" || landscape.tuner[row] === Number(method)) &&
      (!slider || levels[key] < 0 || slider.level[row] === levels[key]));
    const text = (row) => `${landscape.labels[landscape.tuner[row]]}, seed ${landscape.seed[row]}, trial ${landscape.order[row]}: ${landscape.score[row].toFixed(4)}`;
    for (const trace of drawn.data) {
      for (const [path, [kind, ...rest]] of Object.entries(trace.meta ?? {})) {
        let found;
        if (kind === "mean") found = means(role(rest[0]), role(rest[1]), landscape.score, kept);
        else if (kind === "trial") found = rest[0] === "text" ? kept.map(text) : kept.map((row) => landscape[rest[0]][row]);
        else {
          const from = kind === "parameter" ? parameter(rest[0]) : role(kind);
          const column = rest.at(-1);
          if (column === "place") found = kept.map((row) => from.level[row] ?? from.levels.length);
          else found = column in from ? kept.map((row) => from[column][row]) : from.curves[method][column];
        }
        put(trace, path, found);
      }
      delete trace.meta;
    }
    for (const [path, [name, shown]] of Object.entries(meta.axes ?? {})) {
      const axis = at(drawn.layout, path);
      for (const stale of ["tickvals", "ticktext"]) delete axis[stale];
      Object.assign(axis, shown === "level" ? role(name).level_axis : role(name).value_axis);
      axis.title = { text: role(name).label };
    }
    return drawn;
  }
  function choices(figure, key, picture, landscape) {
    const box = figure.querySelector(".choices");
    box.replaceChildren();
    const meta = picture.layout?.meta ?? {};
    chosen[key] ??= {};
    for (const role of meta.roles ?? []) {
      const names = landscape.parameters.map((each) => each.name);
      if (!names.includes(chosen[key][role])) chosen[key][role] = landscape.first[role];
      const select = document.createElement("select");
      select.dataset.role = role;
      for (const each of landscape.parameters) select.append(option(each.name, each.name));
      select.value = chosen[key][role];
      const label = document.createElement("label");
      label.append(`${data.roles[role]} `, select);
      box.append(label);
      select.addEventListener("change", () => {
        chosen[key][role] = select.value;
        if (role === meta.slider) levels[key] = -1;
        show(key);
        if (role === meta.slider) slide();
      });
    }
    if (!meta.slider) return;
    levels[key] = -1;
    const range = Object.assign(document.createElement("input"), { type: "range", min: -1, step: 1 });
    const shown = document.createElement("output");
    const label = document.createElement("label");
    label.append("level ", range, " ", shown);
    box.append(label);
    const slide = () => {
      const parameter = landscape.parameters.find((each) => each.name === chosen[key][meta.slider]);
      range.max = parameter.levels.length - 1;
      range.value = levels[key];
      shown.textContent = levels[key] < 0 ? "all" : parameter.levels[levels[key]];
      range.setAttribute("aria-valuetext", shown.textContent);
    };
    range.addEventListener("input", () => { levels[key] = Number(range.value); slide(); show(key); });
    slide();
  }
  function show(key) {
    const landscape = data.landscapes[at(data.groups, $("group").value).landscape];
    const picture = landscape ? landscape.figures[key] : "no trial with hyperparameters has a score here";
    const method = $("method").value;
    draw($(key), typeof picture === "string" ? picture : bound(picture, key, landscape, method));
  }

  const pictures = data.pictures;
  function drawFigures() {
    for (const [key, figures] of Object.entries(data.figures)) draw($(key), figures[$("group").value]);
    for (const [key, tables] of Object.entries(data.numbers)) setHtml($(key).querySelector(".numbers div"), tables[$("group").value]);
  }
  function redraw() {
    if (!data.groups.length) return;
    drawFigures();
    pictures.forEach(show);
    changeRun();
  }
  function changeGroup() {
    const group = data.groups[$("group").value];
    drawFigures();
    if (!pictures.length) return; // of trials, which not every page has
    const landscape = data.landscapes[group.landscape];
    $("landscape").textContent = group.landscape;
    $("method").replaceChildren(option("", "all methods"));
    (landscape?.tuners ?? []).forEach((name, index) => $("method").append(option(String(index), name)));
    for (const key of pictures) {
      if (landscape) choices($(key), key, landscape.figures[key], landscape);
      show(key);
    }
  }
  function changeRun() {
    if (!data.tuned) return; // a page without tuned models
    const run = data.tuned[$("run").value];
    setHtml($("tuned-model"), run ? run.html : "there is no tuned model");
    if (run?.figure) draw($("tuned-model").querySelector("figure"), run.figure);
  }
  data.groups.forEach((group, index) => $("group").append(option(String(index), group.title)));
  data.tuned?.forEach((run, index) => $("run").append(option(String(index), run.cell)));
  $("group").value = String(data.start);
  $("group").addEventListener("change", changeGroup);
  $("method")?.addEventListener("change", () => pictures.forEach(show));
  $("run")?.addEventListener("change", changeRun);
  for (const query of [dark, narrow]) query.addEventListener("change", redraw);
  if (data.groups.length) changeGroup();
  changeRun();
  document.body.dataset.ready = "true";
})().catch((error) => {
  const place = document.getElementById("trouble");
  place.textContent = `The charts cannot be drawn: ${error.message}`;
  place.hidden = false;
  console.error(error);
});
