// Elements made once and changed only where something changed: what a frame does must stay small.
const SVG = "http://www.w3.org/2000/svg";
const dress = (element, attributes) => { for (const [name, value] of Object.entries(attributes)) put(element, name, value); return element; };
export const make = (tag, attributes = {}, ...inside) => { const element = dress(document.createElement(tag), attributes); element.append(...inside); return element; };
export const draw = (tag, attributes = {}, ...inside) => { const element = dress(document.createElementNS(SVG, tag), attributes); element.append(...inside); return element; };

export function put(element, name, value) {
  const text = typeof value === "number" ? String(Math.round(value * 100) / 100) : value, known = (element.known ??= {});
  if (known[name] === text) return;
  known[name] = text;
  if (name === "text") element.textContent = text;
  else if (name === "style" || name.startsWith("--")) name === "style" ? (element.style.cssText = text) : element.style.setProperty(name, text);
  else if (text === null || text === false) element.removeAttribute(name);
  else element.setAttribute(name, text === true ? "" : text);
}
export const words = (sentence, fields) => sentence.replace(/\{(\w+)\}/g, (whole, name) => fields[name] ?? whole);
export const brief = (name, longest) => (name.length <= longest ? name : `${name.slice(0, longest - 1).trimEnd()}…`);

// The least round number from a ladder of 1, 2, 5 that is at least so much.
export function round(x) {
  const size = 10 ** Math.floor(Math.log10(Math.max(x, 1e-9)));
  return [1, 1.5, 2, 2.5, 3, 4, 5, 7.5, 10].map((step) => step * size).find((step) => step >= x * (1 - 1e-12));
}
// A few round values between two ends, zero among them where it lies between.
export function ticks(low, high, most = 4) {
  const size = 10 ** Math.floor(Math.log10((high - low) / most || 1)), step = [1, 2, 5, 10].map((times) => times * size).find((one) => (high - low) / one <= most) ?? size;
  const found = [];
  for (let at = Math.ceil(low / step); at <= Math.floor(high / step + 1e-9); at++) found.push(at * step);
  return found;
}
