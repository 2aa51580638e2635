import { initiativesCost } from "./engine.js";
import { make, put, round, words } from "./drawing.js";
import { percent, shortMoney, signedShortMoney, moneyIn } from "./numbers.js";

// The rows of levers with their segments: a slider each, today's mark, what it gets, against today, its share, a lock.
const KEYS = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10 };
const FINE = 500, COARSE = 100, MAGNET = 160;
const PADLOCK = '<svg viewBox="0 0 16 18" aria-hidden="true"><rect x="2" y="8" width="12" height="8.5" rx="1.5"/><path d="M5 8V5a3 3 0 0 1 5.6-1.5"/><path class="shut" d="M5 8V5a3 3 0 0 1 6 0v3"/></svg>';

export function levers(root, desk) {
  const rows = [], seen = new Set(), tops = { lever: 0, cell: 0 }, opened = new Set();
  const title = make("span"), left = make("span", { class: "left" }), head = make("div", { class: "word" }, title, left);
  const columns = make("div", { class: "heads", "aria-hidden": "true" }), body = make("div", { class: "rows" });
  const spoken = make("div", { class: "unseen", "aria-live": "polite" });
  root.append(head, columns, body, spoken);
  const watcher = new IntersectionObserver((changes) => {
    for (const { target, isIntersecting } of changes) isIntersecting ? seen.add(target) : seen.delete(target);
    desk.soon();
  });
  let built = "";

  const totalOf = (money, lever) => { let total = 0; for (let cell = lever; cell < money.length; cell += desk.m.L) total += money[cell]; return total; };
  const cellsOf = (lever) => desk.m.segments.map((_, s) => s * desk.m.L + lever).filter((cell) => desk.m.spendable[cell]);

  // Arrows move a hundredth of the scale, pages a tenth, with shift a fifth of that; a pointer is drawn to where it came
  // from and to today's mark.
  function slider(row) {
    const amountIn = (plan) => (row.cell === null ? totalOf(plan.phases[desk.phase], row.lever) : plan.phases[desk.phase][row.cell]);
    const input = make("input", { type: "range", min: "0", step: "any", "aria-label": row.label });
    const near = (x) => [row.today, desk.origin ? amountIn(desk.origin) : NaN].find((mark) => Math.abs(x - mark) < row.top() / MAGNET) ?? snapped(x, FINE);
    const snapped = (x, parts) => { const step = row.top() / parts; return Math.round(x / step) * step; };
    input.onpointerdown = (event) => { if (event.button === 0) desk.grab(row); };
    input.oninput = () => desk.hand(row, near(+input.value));
    input.onchange = () => desk.drop(row);
    input.onpointerup = input.onpointercancel = () => setTimeout(() => desk.drop(row), 0);
    input.onblur = () => desk.drop(row);
    input.onkeydown = (event) => {
      const at = row.amount(), steps = KEYS[event.key], top = row.top();
      const to = steps ? snapped(at, event.shiftKey ? FINE : COARSE) + (steps * top) / (event.shiftKey ? FINE : COARSE) : { Home: 0, End: top }[event.key];
      if (to === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      desk.hand(row, Math.min(Math.max(0, to), top), true);
    };
    return input;
  }

  function rowOf(lever, cell) {
    const { m, state } = desk, isLever = cell === null, name = isLever ? state.names.levers[lever] : state.names.segments[Math.floor(cell / m.L)];
    const row = { lever, cell, label: isLever ? name : words(state.words.cell, { segment: name, lever: state.names.levers[lever] }) };
    row.amount = () => (isLever ? totalOf(desk.money(), lever) : desk.money()[cell]);
    row.today = isLever ? totalOf(m.today, lever) : m.today[cell];
    row.top = () => tops[isLever ? "lever" : "cell"];
    row.cells = isLever ? cellsOf(lever) : [cell];
    row.input = slider(row);
    row.mark = make("i", { class: "mark" });
    for (const part of ["sum", "change", "share"]) row[part] = make("span", { class: part });
    row.lock = make("button", { class: "lock", type: "button" });
    row.lock.innerHTML = PADLOCK;
    row.lock.onclick = () => desk.lock(row, !row.cells.every((one) => desk.plan.locked.includes(one)));
    const many = isLever && row.cells.length > 1;
    row.open = many ? make("button", { class: "open", type: "button", "aria-label": words(state.words.open, { lever: name }) }) : make("span", { class: "open" });
    if (many) row.open.onclick = () => { opened.has(lever) ? opened.delete(lever) : opened.add(lever); built = ""; desk.soon(); };
    const code = m.levers[lever].code, title = make("span", { class: "name" }, row.open, make("i", { class: "dot" }), make("b", { title: state.goals[lever] ?? "" }, name));
    row.element = make("div", { class: isLever ? "row lever" : "row cell", "data-lever": code, "data-segment": isLever ? null : m.segments[Math.floor(cell / m.L)], "--lever": `var(--${code}, ${state.colours[code]})` },
      title, make("span", { class: "track" }, row.mark, row.input), row.sum, row.change, row.share, row.lock);
    watcher.observe(row.element);
    return row;
  }

  function build() {
    const { m, state } = desk, key = [desk.key, JSON.stringify([state.names, state.words, state.truth === null, ...opened])].join();
    if (built === key) return;
    built = key;
    const focused = root.getRootNode().activeElement, held = rows.find((row) => row.input === focused);
    watcher.disconnect();
    seen.clear();
    rows.length = 0;
    m.levers.forEach((_, lever) => {
      const cells = cellsOf(lever);
      if (!cells.length) return;
      rows.push(rowOf(lever, null));
      if (opened.has(lever) && cells.length > 1) rows.push(...cells.map((cell) => rowOf(lever, cell)));
    });
    const fresh = rows.flatMap((row, at) => (row.cell !== null && rows[at - 1].cell === null ? [make("div", { class: "sub", "aria-hidden": "true" }, state.truth ? state.words.earns : ""), row.element] : [row.element]));
    for (const row of rows) if (row.open.type) put(row.open, "aria-expanded", String(opened.has(row.lever)));
    body.replaceChildren(...fresh);
    columns.replaceChildren(...["", "", state.words.per, state.words.against, state.words.part, ""].map((text) => make("span", {}, text)));
    const same = held && rows.find((row) => row.lever === held.lever && row.cell === held.cell);
    if (same) same.input.focus();
  }

  // The scale of the sliders stands still under the hand, and changes after it only where it must.
  function scale() {
    const { m } = desk, money = desk.money(), levels = m.levers.map((_, l) => Math.max(totalOf(money, l), totalOf(m.today, l)));
    const cells = Math.max(...money, ...m.today), whole = Math.max(desk.plan.budget, ...levels, 1);
    for (const [kind, most, least] of [["lever", Math.max(...levels), whole / 4], ["cell", cells, whole / 20]]) {
      const fit = round(Math.max(1.2 * most, least));
      if (tops[kind] < 1.02 * most || tops[kind] > 3 * fit) tops[kind] = fit;
    }
  }

  function paint(row, total) {
    const { state, rule, now } = desk, amount = row.amount(), top = row.top(), locked = row.cells.every((cell) => desk.plan.locked.includes(cell));
    put(row.input, "max", String(top));
    if (desk.held !== row || desk.keys) row.input.value = amount;
    put(row.input, "--at", Math.min(1, amount / top).toFixed(4));
    put(row.mark, "--at", Math.min(1, row.today / top).toFixed(4));
    put(row.sum, "text", shortMoney(amount, rule));
    const change = amount - row.today, same = Math.abs(change) < 1e-6 * Math.max(1, row.today);
    put(row.change, "text", same ? "" : signedShortMoney(change, rule));
    const next = row.cell === null || !now.next || !state.truth ? null : now.next[row.cell];
    put(row.share, "text", row.cell === null ? percent(total ? amount / total : 0, 0, rule) : next === null ? "" : moneyIn(next, 2, rule));
    put(row.lock, "aria-pressed", String(locked));
    put(row.lock, "aria-label", words(locked ? state.words.unlock : state.words.lock, { place: row.label }));
    put(row.input, "disabled", Boolean(state.shut));
    if (!desk.busy || desk.keys) put(row.input, "aria-valuetext", words(state.words.value, { amount: shortMoney(amount, rule), today: shortMoney(row.today, rule) }));
  }

  return {
    wants: [],
    update() {
      build();
      if (!desk.busy) scale();
      const { state, rule, plan } = desk, money = desk.money(), spent = money.reduce((a, b) => a + b, 0), all = spent + initiativesCost(desk.m, plan.chosen);
      put(title, "text", words(state.words.where, { amount: shortMoney(all, rule) }));
      const over = plan.budget - spent - plan.taken[desk.phase], close = Math.abs(over) <= 1e-9 * Math.max(plan.budget, 1);
      put(left, "text", close ? "" : words(over > 0 ? state.words.unspent : state.words.over, { amount: shortMoney(Math.abs(over), rule) }));
      root.classList.toggle("cells", opened.size > 0);
      for (const row of rows) if (seen.has(row.element) || row === desk.held) paint(row, all);
    },
    get nexts() { return opened.size > 0 && desk.state.truth !== null; },
    say(text) { spoken.textContent = text; },
  };
}
