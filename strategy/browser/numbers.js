// Numbers as the planner's Python writes them (strategy/words/wording.py): words, signs and digits come from there.
//
// rule  {money, signed, number: patterns with {n}, {s}; point, group, decimals, from, units: [[power, "{n}M"]]}
const MISSING = "–", MINUS = "−";

// The digits that Python prints of a number, and the power of ten of the first: 1234.5 is ["12345", 3].
function digitsOf(x) {
  const [digits, power] = Math.abs(x).toExponential().split("e");
  return [digits.replace(".", ""), +power];
}

// So many units of 10^low, in full: 1.234 · 10^3 with low -1 is "1,234.0".
function written(digits, low, rule) {
  const places = Math.max(0, -low), whole = digits + "0".repeat(Math.max(0, low)), text = whole.padStart(places + 1, "0");
  const cut = text.length - places;
  return text.slice(0, cut).replace(/\B(?=(\d{3})+$)/g, rule.group) + (places ? rule.point + text.slice(cut) : "");
}

// The digits of x in units of 10^low, halves away from zero.
function rounded(x, low) {
  const [digits, power] = digitsOf(x), kept = power - low + 1;
  if (kept < 0 || (kept === 0 && digits[0] < "5")) return "0";
  const head = digits.slice(0, kept).padEnd(kept, "0"), up = (digits[kept] ?? "0") >= "5" ? 1n : 0n;
  return String(BigInt(head || "0") + up);
}

function signedBy(text, x, nothing, pattern, rule, signed) {
  const sign = nothing ? (signed ? "±" : "") : x < 0 ? MINUS : signed ? "+" : "";
  return (sign ? rule[`signed_${pattern}`].replace("{s}", sign) : rule[pattern]).replace("{n}", text);
}

// Three significant digits, in thousands or millions where the language abbreviates.
function short(x, rule, pattern, signed) {
  if (!Number.isFinite(x)) return MISSING;
  if (x === 0) return signedBy("0", 0, true, pattern, rule, signed);
  let low = digitsOf(x)[1] - 2, digits = rounded(x, low);
  if (digits.length > 3) { digits = "100"; low++; }
  const unit = rule.units.find(([power]) => digits.length + low > Math.max(power, rule.from));
  if (unit) low -= unit[0];
  while (low < 0 && digits.endsWith("0")) { digits = digits.slice(0, -1); low++; }
  if (!unit && low < 0 && pattern === "money") {
    const places = Math.min(rule.decimals, 2 - digitsOf(Number(`${digits}e${low}`))[1]);
    digits = rounded(Number(`${digits}e${low}`), -places);
    low = -places;
  }
  const text = signedBy(written(digits, low, rule), x, !/[1-9]/.test(digits), pattern, rule, signed);
  return unit ? unit[1].replace("{n}", text) : text;
}
export const shortMoney = (x, rule) => short(x, rule, "money", false);
export const signedShortMoney = (x, rule) => short(x, rule, "money", true);
export const shortNumber = (x, rule) => short(x, rule, "number", false);

// An amount with so many decimals.
export function moneyIn(x, places, rule) {
  if (!Number.isFinite(x)) return MISSING;
  const digits = rounded(x, -places);
  return signedBy(written(digits, -places, rule), x, !/[1-9]/.test(digits), "money", rule, false);
}
export function percent(x, places, rule) {
  if (!Number.isFinite(x)) return MISSING;
  const digits = rounded(x, -places - 2);
  return signedBy(written(digits, -places, rule), x, !/[1-9]/.test(digits), "percent", rule, false);
}
export const numberIn = (x, places, rule) => {
  if (!Number.isFinite(x)) return MISSING;
  const digits = rounded(x, -places);
  return signedBy(written(digits, -places, rule), x, !/[1-9]/.test(digits), "number", rule, false);
};
