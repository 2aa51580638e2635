// The planner's simulation in the browser (model: sections 2 to 4 and 6): what Python computes for one draw and one
// plan, and which plan a move makes. No dependencies. Held to Python by tests/browser/test_engine.py.
//
// model   what `engine_model` in strategy/browser/model.py writes of a case
// money   a spend: one number per cell, at segment * levers + lever
// path    a plan over time: {starts, phases: [money], chosen: positions of initiatives}
const NOTHING = 1e-30, CURVE = 5, EMPTY = 1e-6, STEP_SHARE = 0.01, STEPS_TRIED = 40, MOST = 1e15;
const INTENSITIES = ["segment", "prospect", "customer"], PROSPECT = 1, CUSTOMER = 2;
const sum = (list) => { let total = 0; for (const x of list) total += x; return total; };
const where = (list, code) => list.findIndex((one) => one.code === code);

const FAMILIES = ["", "exponential", "adbudg", "michaelis_menten", "tanh"];

function unpacked(text) {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  return new Float64Array(bytes.buffer);
}

export function compile(given) {
  const S = given.segments.length, L = given.levers.length, M = given.metrics.length, T = given.horizon;
  const factors = Float64Array.from({ length: T }, (_, t) => (1 + given.discount) ** -(t + given.timing));
  const m = {
    ...given, S, L, M, T, factors, annuity: sum(factors), choices: new Map(),
    after: (1 + given.discount) ** -(T + given.timing),
    family: Uint8Array.from(given.families, (family) => FAMILIES.indexOf(family)),
    field: Object.fromEntries(given.fields.map((name, at) => [name, at * S])),
    kind: Uint8Array.from(given.levers, (lever) => INTENSITIES.indexOf(lever.intensity)),
    bySide: Array.from({ length: S * M }, () => []),
    leverOf: given.metrics.map((metric) => given.levers.findIndex((lever) => lever.metric === metric.code)),
    opening: given.levers.flatMap((lever, l) => (given.metrics[where(given.metrics, lever.metric)].opening ? [l] : [])),
    serving: given.levers.flatMap((lever, l) => (given.metrics[where(given.metrics, lever.metric)].opening ? [] : [l])),
    metric: Object.fromEntries(given.metrics.map((metric, k) => [metric.code, k])),
    rate: given.metrics.map((metric) => metric.rate), pools: given.pool.some(Boolean), tables: new Map(),
  };
  m.acquire = m.leverOf[m.metric.acquisition_rate];
  const sidesAt = (given.fields.length + L * CURVE) * S;
  given.sides.forEach(([s, l, k], at) => m.bySide[s * M + k].push(l, sidesAt + at));
  m.bySide = m.bySide.map((sides) => (sides.length ? Int32Array.from(sides) : null));
  for (const name of ["stock", "now", "before"]) m[name] = new Float64Array(S * L);
  for (const name of ["people", "reach", "gain", "kept", "worth", "residual"]) m[name] = new Float64Array(S);
  m.likely = numbers(m, Float64Array.from(given.likely));
  const drawn = given.drawn ? unpacked(given.drawn) : [], wide = given.varying.length;
  m.draws = Array.from({ length: wide ? drawn.length / wide : 0 }, (_, draw) => {
    const row = m.likely.row.slice();
    given.varying.forEach((at, column) => (row[at] = drawn[draw * wide + column]));
    return numbers(m, row);
  });
  m.rivals = [m.likely, ...m.draws].some(({ row }) => row.subarray(m.field.rival_response).slice(0, S).some((k) => k > 0));
  return m;
}

// How far a cell's lever is on its way from floor to ceiling, at a multiple of the first answer's intensity.
function shareAt(m, n, cell, h) {
  switch (m.family[cell]) {
    case 1: return -Math.expm1(-n.first[cell] * h);
    case 2: return 1 / (1 + Math.exp(-n.first[cell] - n.second[cell] * Math.log(h)));
    case 3: return (n.first[cell] * h) / (1 + n.first[cell] * h);
    case 4: return Math.tanh(n.first[cell] * h);
    default: return 0;
  }
}

// A metric where its lever is so far on its way (nowhere: at no spend), without side effects.
function plainMetric(m, n, k, s, shares) {
  const l = m.leverOf[k], cell = s * m.L + l;
  if (l < 0) return n.row[m.field[m.metrics[k].own] + s];
  return n.floor[cell] + n.gap[cell] * (shares === null ? 0 : shares[cell]);
}

// The same with the side effects of levers that are at `beside` (null: at no spend).
function metricAt(m, n, k, s, shares, beside) {
  let y = plainMetric(m, n, k, s, shares);
  const sides = m.bySide[s * m.M + k];
  if (sides !== null) for (let i = 0; i < sides.length; i += 2) {
    const cell = s * m.L + sides[i];
    y += n.row[sides[i + 1]] * ((beside === null ? 0 : beside[cell]) - n.shares[cell]);
  }
  return y;
}

// One draw's numbers, with what follows from them alone: how far levers are today, who is active in period 1.
function numbers(m, row) {
  const { S, L } = m, cells = S * L, curves = m.fields.length * S, n = { row, left: new Map(), shares: new Float64Array(cells), active: new Float64Array(S) };
  ["floor", "ceiling", "first", "second", "answer"].forEach((part, at) => {
    n[part] = Float64Array.from({ length: cells }, (_, cell) => row[curves + ((cell % L) * CURVE + at) * S + Math.floor(cell / L)]);
  });
  n.gap = n.ceiling.map((ceiling, cell) => ceiling - n.floor[cell]);
  for (let cell = 0; cell < cells; cell++) n.shares[cell] = shareAt(m, n, cell, m.today[cell] / n.answer[cell]);
  for (let s = 0; s < S; s++) {
    const P = row[m.field.prospects + s], N = row[m.field.customers + s];
    const joined = P * plainMetric(m, n, m.metric.acquisition_rate, s, n.shares) + N * plainMetric(m, n, m.metric.referral_rate, s, n.shares);
    n.active[s] = N + (m.pool[s] ? Math.min(joined, P) : joined);
  }
  return n;
}

// What events and chosen initiatives do to each metric in each period, the last after the plan; what they cost.
export function choice(m, chosen) {
  const key = chosen.join();
  if (m.choices.has(key)) return m.choices.get(key);
  const size = (m.T + 1) * m.M * m.S, found = { key, multiply: new Float64Array(size).fill(1), add: new Float64Array(size) };
  for (const event of [...m.events, ...chosen.map((i) => m.initiatives[i])]) {
    event.acts.forEach((acts, t) => acts && event.segments.forEach((there, s) => {
      const at = (t * m.M + event.metric) * m.S + s;
      if (!there) return;
      found.multiply[at] *= event.multiply;
      found.add[at] = found.add[at] * event.multiply + event.add;
    }));
  }
  found.plain = !m.events.length && !chosen.length;
  found.cost = Float64Array.from({ length: m.T }, (_, t) => sum(chosen.map((i) => m.initiatives[i].cost[t])));
  found.paid = found.cost.reduce((total, cost, t) => total + cost * m.factors[t], 0);
  m.choices.set(key, found);
  return found;
}

function finish(m, around, t, k, s, y) {
  const at = (t * m.M + k) * m.S + s, value = around.plain ? y : y * around.multiply[at] + around.add[at];
  return value > 0 ? (m.rate[k] && value > 1 ? 1 : value) : value <= 0 ? 0 : value;
}

// What a customer left after the plan is worth, at the no-spend metrics; never below 0.
function runOff(m, n, around) {
  if (n.left.has(around.key)) return n.left.get(around.key);
  const after = (k, s) => finish(m, around, m.T, k, s, metricAt(m, n, k, s, null, null)), d = m.discount;
  const kept = n.active.map((_, s) => after(m.metric.retention_rate, s));
  const margin = n.active.map((_, s) => after(m.metric.revenue, s) * n.row[m.field.gross_margin + s] - after(m.metric.cost_to_serve, s));
  const left = lifetime(kept, margin, m.migration, d).map((value) => (value > 0 ? value : value <= 0 ? 0 : value));
  n.left.set(around.key, left);
  return left;
}

// (I - diag(kept) migration / (1 + d))^-1 margin, by elimination.
function lifetime(kept, margin, migration, d) {
  if (!migration) return margin.map((value, s) => value * ((1 + d) / (1 + d - kept[s])));
  const n = kept.length, rows = Array.from(kept, (r, i) => [...migration[i].map((p, j) => (i === j ? 1 : 0) - (r * p) / (1 + d)), margin[i]]);
  for (let c = 0; c < n; c++) {
    let best = c;
    for (let r = c + 1; r < n; r++) if (Math.abs(rows[r][c]) > Math.abs(rows[best][c])) best = r;
    [rows[c], rows[best]] = [rows[best], rows[c]];
    for (let r = 0; r < n; r++) if (r !== c) {
      const times = rows[r][c] / rows[c][c];
      for (let k = c; k <= n; k++) rows[r][k] -= times * rows[c][k];
    }
  }
  return Float64Array.from(rows, (row, i) => row[n] / row[i]);
}

// Which phase each period is in, and the present value of one money unit in every period of each phase.
export function timetable(m, starts) {
  const key = starts.join();
  if (m.tables.has(key)) return m.tables.get(key);
  const phase = Array.from({ length: m.T }, (_, t) => starts.filter((start) => start <= t + 1).length - 1);
  const annuities = starts.map((_, p) => sum(m.factors.filter((_, t) => phase[t] === p)));
  m.tables.set(key, { phase, annuities });
  return m.tables.get(key);
}

// The segments from..to of a plan, period by period: m.worth is what each brings net of its spend, m.residual the part
// earned after the plan. Without migration segments do not meet, so that one can be computed alone.
function run(m, n, path, around, from, to, trace) {
  const { S, L, T, field } = m, row = n.row, { phase, annuities } = timetable(m, path.starts), { metric } = m;
  for (let s = from; s < to; s++) {
    m.people[s] = row[field.customers + s];
    m.reach[s] = row[field.prospects + s];
    m.gain[s] = m.worth[s] = 0;
    for (let i = s * L; i < s * L + L; i++) { m.stock[i] = m.today[i]; m.before[i] = n.shares[i]; }
  }
  for (let t = 0; t < T; t++) {
    const spend = path.phases[phase[t]], now = m.now, before = m.before;
    for (let s = from; s < to; s++) {
      const at = s * L, people = m.people[s], reach = m.reach[s];
      for (let l = 0; l < L; l++) m.stock[at + l] = m.carryover[at + l] * m.stock[at + l] + (1 - m.carryover[at + l]) * spend[at + l];
      const thinned = m.pools ? (reach > 0 ? row[field.prospects + s] / reach : 0) : 1;
      for (const l of m.opening) {
        let h = m.stock[at + l] / n.answer[at + l];
        if (m.kind[l] === PROSPECT) h *= thinned;
        else if (m.kind[l] === CUSTOMER) h *= people > 0 ? row[field.customers + s] / people : 0;
        now[at + l] = shareAt(m, n, at + l, h);
      }
      let rate = metricAt(m, n, metric.acquisition_rate, s, now, before);
      if (m.rivals) rate -= undone(m, n, s, now, thinned);
      const acquired = reach * finish(m, around, t, metric.acquisition_rate, s, rate);
      const joined = acquired + finish(m, around, t, metric.referral_rate, s, metricAt(m, n, metric.referral_rate, s, now, before)) * people;
      const fresh = m.pool[s] ? Math.min(joined, reach) : joined, active = people + fresh;
      for (const l of m.serving) {
        let h = m.stock[at + l] / n.answer[at + l];
        if (m.kind[l] === CUSTOMER) h *= active > 0 ? n.active[s] / active : 0;
        else if (m.kind[l] === PROSPECT) h *= thinned;
        now[at + l] = shareAt(m, n, at + l, h);
      }
      const revenue = finish(m, around, t, metric.revenue, s, metricAt(m, n, metric.revenue, s, now, now));
      const cost = finish(m, around, t, metric.cost_to_serve, s, metricAt(m, n, metric.cost_to_serve, s, now, now));
      const kept = finish(m, around, t, metric.retention_rate, s, metricAt(m, n, metric.retention_rate, s, now, now));
      const margin = revenue * row[field.gross_margin + s] - cost;
      const earned = active * margin - row[field.onboarding_cost + s] * fresh;
      m.worth[s] += m.factors[t] * earned;
      m.kept[s] = active * kept;
      if (m.pool[s]) {
        const left = reach - fresh + row[field.refill + s] + row[field.return_share + s] * (active - m.kept[s]);
        m.reach[s] = left > NOTHING ? left : 0;
      }
      if (trace) trace.push({ active, margin, kept, earned });
    }
    for (let s = from; s < to; s++) {
      m.people[s] = m.kept[s];
      if (m.migration) { m.people[s] = 0; for (let i = 0; i < S; i++) m.people[s] += m.kept[i] * m.migration[i][s]; }
    }
    m.now = before; m.before = now;
  }
  const left = runOff(m, n, around);
  for (let s = from; s < to; s++) {
    m.residual[s] = m.people[s] * left[s] * m.after;
    m.worth[s] += m.residual[s];
    for (let p = 0; p < path.phases.length; p++) for (let i = s * L; i < s * L + L; i++) m.worth[s] -= annuities[p] * path.phases[p][i];
  }
}

// What rivals undo of a lasting gain in acquisition.
function undone(m, n, s, now, thinned) {
  const at = s * m.L + m.acquire, today = m.pools ? shareAt(m, n, at, (m.today[at] / n.answer[at]) * thinned) : n.shares[at];
  const gain = n.gap[at] * (now[at] - today), earlier = m.gain[s];
  m.gain[s] = gain;
  return n.row[m.field.rival_response + s] * Math.max(Math.min(gain, earlier), 0);
}

export const today = (m, starts = [1]) => ({ starts, phases: starts.map(() => m.today), chosen: [] });

export function equity(m, path, n = m.likely) {
  const around = choice(m, path.chosen);
  run(m, n, path, around, 0, m.S);
  return sum(m.worth) - around.paid;
}

// Customer equity with one cell's money changed by so much: in one phase, or in all of them (phase null). Where
// segments do not meet only that one is computed again.
function withMore(m, path, phase, cell, more) {
  const phases = path.phases.map((money, p) => {
    if (phase !== null && p !== phase) return money;
    const other = Float64Array.from(money);
    other[cell] += more;
    return other;
  });
  return { ...path, phases };
}
function gain(m, path, base, phase, cell, more) {
  const s = Math.floor(cell / m.L), other = withMore(m, path, phase, cell, more);
  if (m.migration) return equity(m, other) - base.equity;
  run(m, m.likely, other, choice(m, path.chosen), s, s + 1);
  return m.worth[s] - base.worth[s];
}
function baseOf(m, path) {
  const worth = equity(m, path);
  return { equity: worth, worth: m.worth.slice() };
}

// Exact Shapley values of the levers, then of the initiatives: they sum to the uplift.
export function attribution(m, path) {
  const players = m.L + (path.chosen.length ? 1 : 0), sets = 1 << players, worth = new Float64Array(sets), parts = new Array(m.L + 1).fill(0);
  const mixed = path.phases.map((money) => Float64Array.from(money)), weights = [1];
  for (let set = 0; set < sets; set++) {
    mixed.forEach((money, p) => { for (let i = 0; i < money.length; i++) money[i] = (set >> (i % m.L)) & 1 ? path.phases[p][i] : m.today[i]; });
    worth[set] = equity(m, { starts: path.starts, phases: mixed, chosen: (set >> m.L) & 1 ? path.chosen : [] });
  }
  for (let size = 1; size < players; size++) weights.push((weights[size - 1] * size) / (players - size));
  for (let set = 0; set < sets; set++) {
    let size = 0;
    for (let q = 0; q < players; q++) size += (set >> q) & 1;
    for (let p = 0; p < players; p++) if (!((set >> p) & 1)) parts[p] += (weights[size] / players) * (worth[set | (1 << p)] - worth[set]);
  }
  return parts;
}

// What one more money unit in every period brings back, per cell; null where money does nothing. In a phase: there only.
export function nextEuros(m, path, phase = null) {
  const base = baseOf(m, path), per = phase === null ? m.annuity : timetable(m, path.starts).annuities[phase];
  return Array.from(m.today, (_, cell) => (m.spendable[cell] ? 1 + gain(m, path, base, phase, cell, 1) / per : null));
}

// More money: today's mix scaled to the plan's total in each phase; better mix: the rest of the uplift.
export function split(m, path, now, taken) {
  const spent = sum(m.today), totals = path.phases.map((money) => sum(money) + taken);
  const differs = totals.some((total) => Math.abs(total - spent) > 1e-9 * Math.max(1, total));
  const scaled = { ...path, chosen: [], phases: totals.map((total) => (spent > 0 ? Float64Array.from(m.today, (x) => (x * total) / spent) : m.today)) };
  return differs ? equity(m, scaled) - now : 0;
}
export const initiativesCost = (m, chosen) => sum(chosen.map((i) => m.initiatives[i].budget));

// Places for money, most attractive first, with the cut line at the budget: last and next steps of cells, initiatives.
export function opportunities(m, path, budget) {
  const base = baseOf(m, path), { annuities } = timetable(m, path.starts), step = Math.max(budget, ...path.phases.map(sum)) * STEP_SHARE, places = [];
  if (!(step > 0)) return [];
  path.phases.forEach((money, phase) => money.forEach((held, cell) => {
    if (!m.spendable[cell]) return;
    const valued = (cost, inPlan) => {
      const more = gain(m, path, base, phase, cell, inPlan ? -cost : cost);
      return { phase, cell, initiative: null, cost, inPlan, multiple: 1 + (inPlan ? -more : more) / (annuities[phase] * cost) };
    };
    if (held > 0) places.push(valued(Math.min(step, held), true));
    if (!(held <= EMPTY * budget && budget > 0)) return places.push(valued(step, false));
    const tried = Array.from({ length: STEPS_TRIED }, (_, i) => valued((budget / 1000) * 1000 ** (i / (STEPS_TRIED - 1)), false));
    return places.push(tried.reduce((best, one) => (one.multiple > best.multiple ? one : best)));
  }));
  m.initiatives.forEach((one, i) => {
    const inPlan = path.chosen.includes(i), chosen = inPlan ? path.chosen.filter((j) => j !== i) : [...path.chosen, i].sort((a, b) => a - b);
    const more = equity(m, { ...path, chosen }) - base.equity, brings = inPlan ? -more : more;
    const multiple = one.budget > 0 ? 1 + brings / (m.annuity * one.budget) : brings > 0 ? Infinity : 1;
    places.push({ phase: null, cell: null, initiative: i, cost: one.budget, inPlan, multiple });
  });
  const paid = (place, add) => path.phases.map((_, p) => (place.phase === null || place.phase === p ? add : 0));
  const kept = initiativesCost(m, path.chosen), stake = path.phases.map((money) => budget - sum(money) - kept);
  for (const place of places) if (place.inPlan) paid(place, place.cost).forEach((x, p) => (stake[p] += x));
  const taken = stake.map(() => 0);
  places.sort((a, b) => b.multiple - a.multiple);
  for (const place of places) {
    paid(place, place.cost).forEach((x, p) => (taken[p] += x));
    place.funded = place.multiple > 1 && taken.every((x, p) => (place.phase !== null && place.phase !== p) || x <= stake[p] * (1 + 1e-9));
  }
  return places;
}

// The uplift in each draw, from..to; today's is computed once.
export function uplifts(m, path, from = 0, to = m.draws.length) {
  const found = [];
  for (let draw = from; draw < to; draw++) {
    const n = m.draws[draw];
    n.today ??= equity(m, today(m), n);
    found.push(equity(m, path, n) - n.today);
  }
  return found;
}
export function percentile(values, share) {
  const sorted = Float64Array.from(values).sort(), at = share * (sorted.length - 1), low = Math.floor(at);
  return sorted[low] + (at - low) * (sorted[Math.min(low + 1, sorted.length - 1)] - sorted[low]);
}

// Everything about a plan in each period, as `read_out` gives it.
export function readOut(m, path) {
  const { S, T } = m, around = choice(m, path.chosen), { phase } = timetable(m, path.starts), trace = [];
  run(m, m.likely, path, around, 0, S, trace);
  const found = { equity: sum(m.worth) - around.paid, residual: sum(m.residual), cash: [], customers: [] };
  const row = (t) => trace.slice(t * S, t * S + S);
  for (let t = 0; t < T; t++) {
    found.cash.push(sum(row(t).map((one) => one.earned)) - sum(path.phases[phase[t]]) - around.cost[t]);
    found.customers.push(row(t).map((one) => one.active));
  }
  const effort = (s, t) => sum(m.levers.map((lever, l) => (lever.intensity === "prospect" ? 0 : path.phases[phase[t]][s * m.L + l])));
  for (const [name, net] of [["clv", false], ["clv_net", true]]) {
    let value = Array.from(runOff(m, m.likely, around));
    for (let t = T - 1; t >= 0; t--) {
      const later = m.migration ? m.migration.map((moves) => moves.reduce((total, p, s) => total + p * value[s], 0)) : value;
      value = row(t).map(({ active, margin, kept }, s) => margin - (net && active > 0 ? effort(s, t) / active : 0) + (kept / (1 + m.discount)) * later[s]);
    }
    found[name] = value.map((one) => one * (1 + m.discount) ** -m.timing);
  }
  return found;
}

// What a cell's money does to its metric in the first period, as the answers say.
export function response(m, cell, money) {
  const n = m.likely;
  return n.floor[cell] + n.gap[cell] * shareAt(m, n, cell, money / n.answer[cell]);
}

// Moving money. plan = a path with {fixed, budget, taken: what initiatives take in each phase, locked: cells}; what is
// wanted is a Map of cells to amounts; the others give way where the total is fixed.
function proportional(weights, total) {
  const whole = sum(weights.values());
  return new Map([...weights].map(([cell, weight]) => [cell, whole > 0 ? (total * weight) / whole : total / weights.size]));
}
function scaled(m, plan, phase, cells, total) {
  for (const from of [plan.phases[phase], m.today]) {
    if (cells.some((cell) => from[cell] > 0)) return proportional(new Map(cells.map((cell) => [cell, from[cell]])), total);
  }
  return new Map(cells.map((cell) => [cell, total / cells.length]));
}
const cellsOf = (m, test) => Array.from(m.today.keys()).filter((cell) => m.spendable[cell] && test(cell));
function set(m, plan, phase, wanted) {
  const money = Float64Array.from(plan.phases[phase]), asked = new Map([...wanted].map(([cell, x]) => [cell, Math.min(Math.max(0, x), MOST)]));
  let moves = asked;
  if (plan.fixed) {
    const others = cellsOf(m, (cell) => !wanted.has(cell) && !plan.locked.includes(cell));
    const room = Math.max(0, plan.budget - plan.taken[phase] - sum(plan.locked.map((cell) => money[cell])));
    if (sum(asked.values()) > room || !others.length) moves = proportional(asked, room);
    moves = new Map([...moves, ...scaled(m, plan, phase, others, room - sum(moves.values()))]);
  }
  moves.forEach((x, cell) => (money[cell] = x < NOTHING ? 0 : x));
  return { ...plan, phases: plan.phases.map((old, p) => (p === phase ? money : old)) };
}
export function setCell(m, plan, cell, amount, phase = 0) {
  return plan.locked.includes(cell) ? plan : set(m, plan, phase, new Map([[cell, amount]]));
}
export function setLever(m, plan, lever, total, phase = 0) {
  const mine = cellsOf(m, (cell) => cell % m.L === lever), free = mine.filter((cell) => !plan.locked.includes(cell));
  const held = sum(mine.filter((cell) => plan.locked.includes(cell)).map((cell) => plan.phases[phase][cell]));
  return set(m, plan, phase, scaled(m, plan, phase, free, Math.max(0, total - held)));
}
