type Rgb = [number, number, number];

const parse = (hex: string): Rgb | null => {
  const m = /^#([0-9a-f]{6})$/i.exec(hex.trim());
  if (!m) return null;
  const n = Number.parseInt(m[1] ?? '', 16);
  return [(n >> 16) & 255, (n >> 8) & 255, n & 255];
};

const linear = (c: number) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4);
const gamma = (c: number) => 255 * (c <= 0.0031308 ? 12.92 * c : 1.055 * c ** (1 / 2.4) - 0.055);
const luminance = ([r, g, b]: Rgb) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);

/** WCAG contrast of two colours, 1 to 21. */
export function contrast(a: string, b: string): number {
  const x = parse(a);
  const y = parse(b);
  if (!x || !y) return 1;
  const [hi, lo] = [luminance(x), luminance(y)].sort((p, q) => q - p) as [number, number];
  return (hi + 0.05) / (lo + 0.05);
}

// OKLab keeps hue while lightness moves; HSL would turn blue into violet.
function toOklab([r8, g8, b8]: Rgb): [number, number, number] {
  const [r, g, b] = [linear(r8), linear(g8), linear(b8)];
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

function fromOklab([L, a, b]: [number, number, number]): string {
  const l = (L + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (L - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (L - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const rgb = [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
  return `#${rgb.map((c) => Math.round(Math.min(255, Math.max(0, gamma(Math.max(0, c))))).toString(16).padStart(2, '0')).join('')}`;
}

/** `colour`, moved in lightness just far enough to be readable on all of `surfaces`. */
export function readable(colour: string, surfaces: string[], towards: 'dark' | 'light', least = 4.5): string {
  const rgb = parse(colour);
  if (!rgb) return colour;
  const ok = (c: string) => surfaces.every((s) => contrast(c, s) >= least);
  if (ok(colour)) return colour;
  const [start, a, b] = toOklab(rgb);
  for (let i = 1; i <= 50; i++) {
    const L = towards === 'dark' ? start * (1 - i / 50) : start + (1 - start) * (i / 50);
    const fade = towards === 'dark' ? L / start : 1 - (i / 50) ** 2; // chroma must shrink near black and white
    const c = fromOklab([L, a * fade, b * fade]);
    if (ok(c)) return c;
  }
  return towards === 'dark' ? '#000000' : '#ffffff';
}
