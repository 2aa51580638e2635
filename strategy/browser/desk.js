import { attribution, compile, equity, nextEuros, opportunities, percentile, setCell, setLever, split, initiativesCost, today, uplifts } from "./engine.js";
import { brief, make, words } from "./drawing.js";
import { shortMoney, signedShortMoney } from "./numbers.js";
import { levers } from "./levers.js";
import { charts, curves, headline } from "./charts.js";

// The mixing desk of a page. Python's plan is the truth: what the hand does is sent as moves with a number each, and
// whatever Python sends is taken only once it has heard of the last of them, and never under the hand.
const VIEWS = { levers, headline, charts, curves }, SETTLED = 350, AGAIN = 8000, FRAME = 7, SLOW = 14, STEADY = 17.5, HURRIED = 21;
export const EVENT = "planner:equity";
const models = new Map();

const desk = {
  views: new Map(), m: null, key: "", state: null, plan: null, rule: null, phase: 0, turn: 0, now: {}, sure: null,
  held: null, keys: false, origin: null, waiting: null, sent: [], number: Date.now(), tell: null, due: 0, cost: {}, frames: 0, work: [], pace: 16.7, last: NaN, lean: false, hurried: false,

  get busy() { return this.held !== null; },
  money() { return this.plan.phases[this.phase]; },
  place(place, longest) {
    const { names, words: say } = this.state;
    if (place.initiative !== null) return brief(names.initiatives[place.initiative], longest);
    const lever = names.levers[place.cell % this.m.L];
    return words(say.cell, { segment: brief(names.segments[Math.floor(place.cell / this.m.L)], Math.max(6, longest - lever.length - 3)), lever });
  },

  // What the hand does.
  grab(row) {
    if (this.held && this.held !== row) this.drop(this.held);
    if (!this.held) { this.held = row; this.origin = this.plan; this.keys = false; this.moved = null; }
  },
  hand(row, amount, keys = false) {
    if (this.state.shut) return;
    if (this.held && this.held !== row) this.drop(this.held);
    if (!this.held) { this.held = row; this.origin = this.plan; this.moved = null; }
    this.keys = keys;
    this.moved = amount;
    this.plan = { ...this.origin, phases: (row.cell === null ? setLever(this.m, this.origin, row.lever, amount, this.phase) : setCell(this.m, this.origin, row.cell, amount, this.phase)).phases };
    this.turn++;
    clearTimeout(this.timer);
    if (keys) this.timer = setTimeout(() => this.drop(row), SETTLED);
    this.soon();
  },
  drop(row) {
    if (this.held !== row) return;
    clearTimeout(this.timer);
    const amount = this.moved, where = { lever: this.m.levers[row.lever].code, segment: row.cell === null ? null : this.m.segments[Math.floor(row.cell / this.m.L)] };
    this.held = null;
    this.keys = false;
    if (this.pace < STEADY) this.hurried = false;
    if (amount !== null) this.send({ kind: "amount", ...where, amount, phase: this.phase, equity: this.now.equity });
    else this.heard();
    this.turn++;
    this.soon();
  },
  lock(row, locked) {
    if (this.state.shut) return;
    if (this.held) this.drop(this.held);
    const others = this.plan.locked.filter((cell) => !row.cells.includes(cell));
    this.plan = { ...this.plan, locked: locked ? [...others, ...row.cells] : others };
    this.send({ kind: "lock", lever: this.m.levers[row.lever].code, segment: row.cell === null ? null : this.m.segments[Math.floor(row.cell / this.m.L)], locked });
    this.soon();
  },

  // Moves go until Python has heard of them, and again where no answer comes; after that its plan counts.
  send(move) {
    this.sent.push({ number: ++this.number, ...move });
    this.tries = 0;
    this.again();
    this.spoken = true;
  },
  again() {
    clearTimeout(this.later);
    if (!this.sent.length) return;
    if (this.tries++ > 2) { this.sent = []; this.heard(); return; }
    this.tell?.("moved", { moves: this.sent });
    this.later = setTimeout(() => this.again(), AGAIN);
  },
  heard() {
    if (this.waiting && !this.busy && !this.sent.some((move) => move.number > this.waiting.heard)) {
      const state = this.waiting;
      this.waiting = null;
      this.take(state);
    }
  },

  // What Python says.
  hear(state) {
    this.sent = this.sent.filter((move) => move.number > state.heard);
    this.waiting = state;
    this.heard();
  },
  take(state) {
    const m = models.get(state.model);
    if (!m) { this.waiting = state; return; }
    const { money } = state;
    if (this.key !== state.model) Object.assign(this, { now: {}, done: {} });
    Object.assign(this, { state, m, key: state.model, rule: state.rule, phase: money.view });
    this.plan = { ...money, phases: money.phases.map((phase) => Float64Array.from(phase)) };
    this.turn++;
    this.soon();
  },
  band() {
    const truth = this.sure && this.sure.plan === this.state.version && !this.busy && !this.sent.length ? this.sure.band : null;
    return truth ?? this.now.band ?? null;
  },

  // A frame: the headline always, then what there is time for, beginning where the last frame stopped.
  soon() { this.due ||= requestAnimationFrame(() => this.frame()); },
  compute(name) {
    const { m, plan, now } = this, path = plan;
    if (name === "equity") {
      now.today = m.todays ??= equity(m, today(m));
      now.equity = equity(m, path);
      const truth = this.state.truth;
      if (truth && !this.busy && !this.sent.length) Object.assign(now, { equity: truth.equity, today: truth.today });
      now.uplift = now.equity - now.today;
    } else if (name === "more") now.more = split(m, path, now.today, initiativesCost(m, plan.chosen));
    else if (name === "parts") now.parts = attribution(m, path);
    else if (name === "next") now.next = nextEuros(m, path, plan.phases.length > 1 ? this.phase : null);
    else if (name === "places") {
      const all = opportunities(m, path, plan.budget);
      now.best = all.find((place) => !place.inPlan);
      now.places = all.filter((place) => place.phase === null || place.phase === this.phase);
    }
    else if (name === "band") {
      const each = this.cost.draw ?? 0.02, count = this.busy ? Math.max(20, Math.min(m.draws.length, Math.floor((this.lean ? 1 : 2) / each))) : m.draws.length, began = performance.now();
      if (!m.draws.length) { now.band = null; return; }
      const gains = uplifts(m, path, 0, count), same = plan.phases.every((money) => money.every((x, cell) => x === m.today[cell])) && !plan.chosen.length;
      this.cost.draw = (performance.now() - began) / count;
      const values = same ? m.draws.slice(0, count).map((n) => n.today) : gains;
      now.band = { live: true, today: same, low: percentile(values, 0.05), high: percentile(values, 0.95), mean: values.reduce((a, b) => a + b, 0) / count, share: gains.filter((gain) => gain > 0).length / count };
    }
  },
  frame() {
    this.due = 0;
    this.paced();
    for (const [root] of this.views) if (!root.isConnected) this.views.delete(root);
    if (!this.m || !this.plan || !this.views.size) return;
    const began = performance.now(), views = [...this.views.values()], wanted = new Set(views.flatMap((view) => [...view.rows.wants, ...(view.rows.nexts ? ["next"] : [])]));
    const left = () => performance.now() - began < FRAME, done = (this.done ??= {});
    if (done.equity !== this.turn) { this.compute("equity"); done.equity = this.turn; }
    const stale = ["more", "parts", "next", "places", "band"].filter((name) => wanted.has(name) && done[name] !== this.turn).sort((a, b) => (done[a] ?? -1) - (done[b] ?? -1));
    const skipped = (name) => this.busy && name !== "band" && this.cost[name] > SLOW;
    let run = 0;
    for (const name of stale) {
      const first = this.now[name] === undefined;
      if (!first && skipped(name)) continue;
      if (!first && (!left() || (this.lean && ++run > 1))) break;
      const at = performance.now();
      this.compute(name);
      done[name] = this.turn;
      this.cost[name] = Math.min(performance.now() - at, 2 * (this.cost[name] ?? SLOW));
    }
    const ready = views.filter((view) => view.rows.wants.every((name) => this.now[name] !== undefined));
    for (const view of ready) view.rows.update?.();
    const parts = ready.flatMap((view) => view.rows.updates ?? []);
    if (this.drawn !== this.turn) Object.assign(this, { drawn: this.turn, owed: parts.length });
    if (!this.lean) parts.forEach((update) => update());
    else if (parts.length) parts[this.frames % parts.length]();
    this.owed = this.lean ? this.owed - 1 : 0;
    const waits = stale.some((name) => done[name] !== this.turn && !skipped(name));
    if (waits || this.owed > 0) this.soon();
    if (waits) this.drawn = null;
    this.still();
    this.announce();
    this.frames++;
    this.work.push(performance.now() - began);
    if (this.work.length > 1000) this.work.shift();
  },
  // Where frames come late under the hand, what is drawn beside the sliders takes turns: until a drag that was steady.
  paced() {
    const now = performance.now(), took = now - this.last;
    this.last = this.busy ? now : NaN;
    if (took < 200) this.pace = 0.8 * this.pace + 0.2 * took;
    if (!this.busy) this.lean = false;
    else if (this.pace > HURRIED) this.lean = this.hurried = true;
    else this.lean = this.hurried;
  },

  // Under the hand no part changes its height, so that the page around it need not be laid out in every frame.
  still() {
    if (this.stood === this.busy) return;
    this.stood = this.busy;
    const heights = [...this.views.keys()].map((root) => root.clientHeight);
    [...this.views.keys()].forEach((root, at) => {
      root.style.height = this.busy ? `${heights[at]}px` : "";
      root.classList.toggle("still", this.busy);
    });
  },
  announce() {
    const { state, now, rule, busy } = this;
    if (!state.truth) return;
    const detail = { equity: shortMoney(now.equity, rule), change: signedShortMoney(now.uplift, rule), worth: now.equity, uplift: now.uplift, live: busy || this.sent.length > 0 };
    window.dispatchEvent(new CustomEvent(EVENT, { detail }));
    if (this.spoken && !busy && !this.sent.length) {
      this.spoken = false;
      for (const view of this.views.values()) view.rows.say?.(words(state.words.spoken, { equity: detail.equity, uplift: detail.change }));
    }
  },
};

// A component of the page was drawn: the case, what Python says now, how sure it is, or a place for one of the views.
export function part({ data, parentElement, setTriggerValue }) {
  if (data.part === "model") {
    if (!models.has(data.key)) models.set(data.key, compile(JSON.parse(data.model)));
    if (models.size > 3) models.delete(models.keys().next().value);
    desk.heard();
    return;
  }
  if (data.part === "sure") {
    desk.sure = data;
    desk.soon();
    return;
  }
  let root = parentElement.querySelector(".desk");
  if (!root) {
    root = make("div", { class: `desk ${data.part}` });
    parentElement.append(make("style", {}, STYLE), root);
    new ResizeObserver(() => desk.soon()).observe(root);
  }
  if (data.lever) root.lever = data.lever;
  if (!desk.views.has(root)) desk.views.set(root, { kind: data.part, rows: VIEWS[data.part](root, desk) });
  const paper = getComputedStyle(parentElement.host ?? parentElement).getPropertyValue("--st-background-color").trim();
  const [r, g, b] = paper.startsWith("#") && paper.length > 6 ? [1, 3, 5].map((at) => parseInt(paper.slice(at, at + 2), 16)) : (paper.match(/[\d.]+/g) ?? [255, 255, 255]).map(Number);
  root.classList.toggle("dark", 0.3 * r + 0.6 * g + 0.1 * b < 128);
  if (data.part === "levers") {
    desk.tell = setTriggerValue;
    desk.hear(data.state);
  }
  desk.soon();
}
window.plannerDesk = desk;
