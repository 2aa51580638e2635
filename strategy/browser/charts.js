import { brief, draw, make, put, round, ticks, words } from "./drawing.js";
import { moneyIn, percent, shortMoney, signedShortMoney } from "./numbers.js";
import { response } from "./engine.js";

// The pictures of the desk: headline, waterfall, next euro and response curves, by hand, so that a frame can move them.
const NARROW = 460, ROW = 25;

export function headline(root, desk) {
  const cards = Array.from({ length: 4 }, () => ["label", "figure", "note"].map((kind) => make("div", { class: kind })));
  root.append(make("div", { class: "figures" }, ...cards.map((parts) => make("div", {}, ...parts))));
  const tell = (card, ...texts) => cards[card].forEach((part, at) => put(part, "text", texts[at] ?? ""));
  function update() {
    const { now, rule, state } = desk, say = state.words;
    tell(0, say.equity, shortMoney(now.equity, rule), words(say.against_today, { uplift: signedShortMoney(now.uplift, rule) }));
    tell(1, say.mix, signedShortMoney(now.uplift - now.more, rule), words(say.more, { amount: signedShortMoney(now.more, rule) }));
    const band = desk.band(), about = band?.live ? (text) => words(say.about, { text }) : (text) => text, span = (write) => (write(band.low) === write(band.high) ? write(band.low) : `${write(band.low)} – ${write(band.high)}`);
    if (!band) tell(2, say.better, "–", "");
    else if (band.today) tell(2, say.sure, words(say.plusminus, { amount: shortMoney((band.high - band.low) / 2, rule) }), about(span((x) => shortMoney(x, rule))));
    else tell(2, say.better, words(say.share, { share: chance(desk, band.share) }), about(words(say.uplift, { mean: signedShortMoney(band.mean, rule), span: span((x) => signedShortMoney(x, rule)) })));
    put(root, "data-live", band?.live ? "yes" : "no");
    const { best } = now, when = best && best.phase !== null && state.names.phases[best.phase];
    if (now.places) tell(3, say.next, best ? words(say.multiple, { amount: moneyIn(best.multiple, 2, rule) }) : "–", best ? desk.place(best, 200) + (when ? `, ${when}` : "") : "");
    else tell(3, say.next, "–", "");
    put(root, "data-equity", String(now.equity));
  }
  return { updates: [update], wants: ["places", "band", "more"] };
}

// A drawing whose elements are used again frame after frame: only what changed of them is written.
function pen(svg) {
  const drawn = [];
  let at = 0;
  const add = (tag, attributes, content) => {
    if (drawn[at]?.tagName !== tag) {
      const fresh = draw(tag);
      drawn[at] ? drawn[at].replaceWith(fresh) : svg.append(fresh);
      drawn[at] = fresh;
    }
    const element = drawn[at++];
    for (const name in attributes) put(element, name, attributes[name]);
    if (content !== undefined) put(element, "text", content);
  };
  return {
    add,
    begin(wide, high) { at = 0; put(svg, "viewBox", `0 0 ${wide} ${high}`); },
    end() { while (drawn.length > at) drawn.pop().remove(); },
    text: (content, x, y, kind = "", anchor = "middle") => add("text", { x, y, class: kind, "text-anchor": anchor }, content),
    line: (x1, y1, x2, y2, kind) => add("line", { x1, y1, x2, y2, class: kind }),
  };
}
// A share of draws, never all or none of them.
function chance(desk, share) {
  const { rule, state } = desk;
  if (share > 0.99) return words(state.words.nearly_all, { share: percent(0.99, 0, rule) });
  return share < 0.01 ? words(state.words.hardly_any, { share: percent(0.01, 0, rule) }) : percent(share, 0, rule);
}
function picture(root, kind, desk) {
  const title = make("h2"), note = make("div", { class: "note" }), svg = draw("svg", { role: "img" }), section = make("section", { class: kind }, title, note, svg);
  let wide = 0;
  root.append(section);
  new ResizeObserver(() => { wide = Math.max(260, section.clientWidth); desk.soon(); }).observe(section);
  const found = (text) => put(title, "text", text.replace(/([+−±])(?=\S)/g, "$1\u2060"));
  return { found, note, svg, pen: pen(svg), width: () => (wide ||= Math.max(260, section.clientWidth)) };
}
const colour = (desk, code) => `var(--${code}, ${desk.state.colours[code] ?? "var(--muted)"})`;

export function charts(root, desk) {
  const fall = picture(root, "fall", desk), euro = picture(root, "euro", desk);
  let view = [0, 0];

  // How much less a lever gets than today, on average over the plan.
  function saving(lever) {
    const { m, plan } = desk, ends = [...plan.starts.slice(1), m.T + 1];
    const spent = (money) => money.reduce((total, x, cell) => (cell % m.L === lever ? total + x : total), 0);
    return plan.phases.reduce((left, money, p) => left - (spent(money) * (ends[p] - plan.starts[p])) / m.T, spent(m.today));
  }

  function waterfall() {
    const { now, rule, state, m } = desk, { svg, pen } = fall, wide = fall.width(), high = 208, say = state.words;
    const used = now.parts.map((part, l) => [part, l]).filter(([part, l]) => l < m.L ? state.levers[l] : desk.plan.chosen.length || Math.abs(part) > 1e-9 * Math.abs(now.equity));
    const name = (l) => (l < m.L ? state.names.levers[l] : say.initiatives), code = (l) => (l < m.L ? m.levers[l].code : "initiatives");
    const moved = used.filter(([part]) => Math.abs(part) > 1e-9 * Math.max(Math.abs(now.equity), Math.abs(now.today), 1));
    const best = moved.reduce((most, one) => ((one[0] - most[0]) * (now.uplift >= 0 ? 1 : -1) > 0 ? one : most), moved[0]);
    const saved = best && best[1] < m.L ? saving(best[1]) : 0;
    fall.found(!moved.length ? words(say.as_today, { equity: shortMoney(now.equity, rule) })
      : words(now.uplift < 0 ? say.loses : saved > 0 ? say.saves : say.adds, { saved: shortMoney(saved, rule), uplift: shortMoney(now.uplift, rule), loss: shortMoney(-now.uplift, rule), lever: name(best[1]), part: signedShortMoney(best[0], rule) }));
    put(fall.note, "text", words(say.fall, { today: shortMoney(now.today, rule) }));
    let level = 0;
    const bars = [{ code: "today", name: say.today, from: 0, to: 0, tell: shortMoney(now.today, rule) }];
    for (const [part, l] of used) bars.push({ code: code(l), name: name(l), from: level, to: (level += part), tell: signedShortMoney(part, rule) });
    bars.push({ code: "plan", name: say.plan, from: 0, to: now.uplift, tell: signedShortMoney(now.uplift, rule) });
    const band = desk.band(), whisker = band && !band.today ? [band.low, band.high] : [], ends = [0, ...bars.flatMap((bar) => [bar.from, bar.to]), ...whisker];
    let low = Math.min(...ends), top = Math.max(...ends);
    if (top - low < 1e-6 * Math.max(1, Math.abs(now.today))) top = low + Math.max(1, 0.01 * Math.abs(now.today));
    const room = 0.04 * (top - low);
    if (!desk.busy || view[0] > low || view[1] < top || view[0] === view[1]) view = [low < 0 ? low - room : 0, top > 0 ? top + room : 0];
    const y = (value) => 24 + ((high - 60) * (view[1] - value)) / (view[1] - view[0]), start = 52, step = (wide - start) / bars.length;
    pen.begin(wide, high);
    for (const tick of ticks(view[0], view[1])) {
      pen.line(start, y(tick), wide, y(tick), tick === 0 ? "zero" : "hair");
      pen.text(tick === 0 ? "0" : shortMoney(tick, rule), start - 6, y(tick) + 4, "n", "end");
    }
    bars.forEach((bar, at) => {
      const middle = start + (at + 0.5) * step, broad = Math.min(56, step * 0.66), a = y(bar.from), b = y(bar.to), above = Math.min(a, b);
      pen.add("rect", { x: middle - broad / 2, y: at ? above : above - 2, width: broad, height: Math.max(at ? 1.5 : 4, Math.abs(a - b)), style: `fill:${colour(desk, bar.code)}` });
      pen.text(bar.tell, middle, above - 6, at ? "bb" : "n");
      bar.name.split(" ").reduce((lines, word) => { const last = lines.length - 1; if (last >= 0 && (lines[last] + word).length * 7.5 < step) lines[last] += ` ${word}`; else lines.push(word); return lines; }, [])
        .slice(0, 2).forEach((part, row) => pen.text(brief(part, Math.max(4, Math.floor(step / 6.2))), middle, high - 20 + row * 14, wide < NARROW ? "n" : ""));
      if (at < bars.length - 1) pen.line(middle + broad / 2, b, middle + step - broad / 2, b, "hair");
      if (bar.code === "plan" && whisker.length) {
        const x = middle + broad / 2 + 7;
        for (const [x1, y1, x2, y2] of [[x, y(whisker[0]), x, y(whisker[1])], [x - 3, y(whisker[0]), x + 3, y(whisker[0])], [x - 3, y(whisker[1]), x + 3, y(whisker[1])]]) pen.line(x1, y1, x2, y2, "whisker");
      }
    });
    pen.end();
    put(svg, "aria-label", desk.busy ? svg.known["aria-label"] ?? "" : bars.map((bar) => `${bar.name} ${bar.tell}`).join("; "));
  }

  function finding(places) {
    const say = desk.state.words, best = places.find((place) => !place.inPlan), per = (place) => (place.multiple === Infinity ? say.free : words(say.multiple, { amount: moneyIn(place.multiple, 2, desk.rule) }));
    const doing = (place) => place.cell === null ? desk.place(place, 36) : words(desk.state.doing[place.cell % desk.m.L], { segment: brief(desk.state.names.segments[Math.floor(place.cell / desk.m.L)], 36) });
    for (const weak of places.filter((place) => place.inPlan).reverse()) {
      const to = places.find((place) => !place.inPlan && (place.cell !== weak.cell || place.initiative !== weak.initiative));
      if (!to || to.multiple <= weak.multiple + 0.005) break;
      return words(say.move, { doing: doing(to), more: per(to), place: desk.place(weak, 36), less: per(weak) });
    }
    if (!best) return say.holds_all;
    if (!places.some((place) => place.inPlan)) return words(say.earns_most, { doing: doing(best), multiple: per(best) });
    return words(best.multiple > 1 ? say.in_place : say.no_more, { place: desk.place(best, 36), multiple: per(best) });
  }

  function nextEuro() {
    const { now, rule, state } = desk, { svg, pen } = euro, wide = euro.width(), say = state.words;
    const least = 1e-6 * Math.max(0, ...now.places.map((place) => place.cost)), all = now.places.filter((place) => place.initiative !== null || place.cost > least);
    euro.found(!all.length ? say.nowhere : words(say.phased, { phase: state.phase, finding: finding(all) }));
    put(euro.note, "text", say.euro);
    let places = all.slice(0, state.most);
    const weakest = all.filter((place) => place.inPlan).pop(), skips = weakest && !places.includes(weakest);
    if (skips) places = [...places.slice(0, -1), weakest];
    const funded = places.filter((place) => place.funded).length, cut = funded > 0 && funded < places.length && places.slice(0, funded).every((place) => place.funded) ? funded : null;
    const usual = places.map((place) => place.multiple).filter(Number.isFinite).concat(1).sort((a, b) => a - b), widest = Math.min(usual[usual.length - 1] * 1.1, Math.max(3 * usual[usual.length >> 1], 1.2));
    const start = Math.min(210, wide * 0.42), end = wide - 66, low = Math.min(0, usual[0]), x = (value) => start + ((end - start) * (Math.min(value, widest) - low)) / (widest - low);
    const high = places.length * ROW + (cut === null ? 0 : ROW) + 26, bottom = high - 20;
    pen.begin(wide, Math.max(high, 60));
    for (const value of [0, ...ticks(0, widest, 3).filter((tick) => tick > 0 && Math.abs(tick - 1) > 0.12 * widest), ...(widest < 6 ? [1] : [])]) {
      pen.line(x(value), 0, x(value), bottom, value === 1 ? "one" : value === 0 ? "zero" : "hair");
      pen.text(moneyIn(value, value % 1 ? 2 : 0, rule), x(value), high - 5, "n");
    }
    let y = 0;
    places.forEach((place, at) => {
      if (at === cut) {
        pen.line(0, y + 11, wide, y + 11, "cut");
        pen.text(all.find((one) => !one.funded)?.multiple > 1 ? words(say.ends, { amount: shortMoney(desk.plan.budget, rule) }) : say.no_longer, wide, y + 7, "bb", "end");
        y += ROW;
      }
      const code = place.initiative === null ? desk.m.levers[place.cell % desk.m.L].code : "initiatives", last = skips && at === places.length - 1;
      pen.text((last ? "… " : "") + desk.place(place, Math.floor(start / 7)), start - 8, y + 16, "", "end");
      const ends = [x(0), x(place.multiple)].sort((a, b) => a - b);
      pen.add("rect", { x: ends[0], y: y + 4, width: Math.max(1, ends[1] - ends[0]), height: 15, class: place.inPlan ? "full" : "step", style: `--c:${colour(desk, code)}` });
      pen.text(place.multiple === Infinity ? say.free : moneyIn(place.multiple, 2, rule) + (place.multiple > widest ? " →" : ""), Math.max(x(1), ends[1]) + 7, y + 16, "bb", "start");
      y += ROW;
    });
    pen.end();
    if (!desk.busy) put(svg, "aria-label", places.map((place) => `${desk.place(place, 60)} (${place.inPlan ? say.in_plan : say.next_step}) ${moneyIn(place.multiple, 2, rule)}`).join("; "));
  }

  return { updates: [waterfall, () => desk.state.nothing || nextEuro()], wants: ["parts", "places", "band"] };
}

// One small picture per segment: what a lever's money does, with the answers, today and the plan on it.
export function curves(root, desk) {
  const note = make("div", { class: "note" }), panels = make("div", { class: "panels" });
  root.append(note, panels);
  let built = "", drawn = [];
  const told = (k, value) => (k.rate || k.own ? percent(value, 1, desk.rule) : shortMoney(value, desk.rule));

  function build(lever) {
    const { m, state, plan } = desk, kind = m.metrics.find((metric) => metric.code === m.levers[lever].metric), cells = m.segments.map((_, s) => s * m.L + lever).filter((cell) => m.spendable[cell]);
    const most = (cell) => Math.max(m.today[cell], ...plan.phases.map((money) => money[cell])), shown = [...cells].sort((a, b) => most(b) - most(a)).slice(0, 6);
    put(note, "text", words(state.words.curves, { metric: state.metrics[lever] }));
    drawn = cells.filter((cell) => shown.includes(cell)).map((cell) => {
      const answers = state.answers[cell] ?? [], last = round(Math.max(2 * m.today[cell], 1.3 * most(cell), 1.15 * Math.max(0, ...answers.map(([spend]) => spend)), 1));
      const title = make("div", { class: "label" }), svg = draw("svg", { role: "img" }), marks = plan.phases.map(() => draw("path", { d: "M0-7L7 0L0 7L-7 0Z", class: "planned" }));
      return { cell, answers, last, title, svg, pen: pen(svg), marks, kind, element: make("div", {}, title, svg) };
    });
    panels.replaceChildren(...drawn.map((one) => one.element));
  }
  function outline(one) {
    const { m, rule } = desk, { svg, cell, last } = one, wide = Math.max(220, panels.clientWidth / (drawn.length > 1 && panels.clientWidth > 640 ? 2 : 1) - 24), high = 170, left = 56;
    const points = Array.from({ length: 41 }, (_, at) => (at / 40) ** 1.5 * last).map((spend) => [spend, response(m, cell, spend)]), floor = points[0][1], far = response(m, cell, 1e12 * last);
    const [low, top] = [Math.min(floor, far), Math.max(floor, far)], room = 0.08 * (top - low || 1);
    one.x = (spend) => left + ((wide - left - 14) * spend) / last;
    one.y = (value) => 12 + ((high - 40) * (top + room - value)) / (top - low + 2 * room);
    one.pen.begin(wide, high);
    svg.style.width = `${wide}px`;
    for (const end of [floor, far]) one.pen.line(left, one.y(end), wide - 14, one.y(end), "dotted");
    for (const value of ticks(low, top, 3)) one.pen.text(told(one.kind, value), left - 6, one.y(value) + 4, "n", "end");
    for (const spend of ticks(0, last, 3)) one.pen.text(shortMoney(spend, rule), one.x(spend), high - 8, "n");
    one.pen.add("path", { d: points.map(([spend, value], at) => `${at ? "L" : "M"}${one.x(spend).toFixed(1)} ${one.y(value).toFixed(1)}`).join(""), class: "curve", style: `stroke:${colour(desk, m.levers[cell % m.L].code)}` });
    const spot = (spend, value, kind, size) => one.pen.add("circle", { cx: one.x(spend), cy: one.y(value), r: size, class: kind, style: `fill:${colour(desk, kind === "answer" ? m.levers[cell % m.L].code : "today")}` });
    spot(m.today[cell], response(m, cell, m.today[cell]), "now", 8);
    for (const [spend, value] of one.answers) spot(spend, value, "answer", 3.5);
    svg.append(...one.marks);
  }
  function update() {
    const { m, state, plan } = desk, lever = m.levers.findIndex((one) => one.code === root.lever), key = [desk.key, lever, plan.phases.length, panels.clientWidth, JSON.stringify([state.answers, state.words])].join();
    if (lever < 0) return;
    const beyond = drawn.some((one) => plan.phases.some((money) => money[one.cell] > one.last));
    if (built !== key || (beyond && !desk.busy)) { built = key; build(lever); drawn.forEach(outline); }
    for (const one of drawn) {
      const name = state.names.segments[Math.floor(one.cell / m.L)], from = told(one.kind, response(m, one.cell, m.today[one.cell])), spends = plan.phases.map((money) => money[one.cell]);
      const to = spends.map((spend) => told(one.kind, response(m, one.cell, spend)));
      one.marks.forEach((mark, p) => put(mark, "transform", `translate(${one.x(Math.min(spends[p], one.last)).toFixed(1)} ${one.y(response(m, one.cell, spends[p])).toFixed(1)})`));
      put(one.title, "text", to.every((value) => value === from) ? `${name}: ${from}` : `${name}: ${from} → ${to.join(", ")}`);
      if (!desk.busy) put(one.svg, "aria-label", one.title.textContent);
    }
  }
  return { updates: [update], wants: [] };
}
