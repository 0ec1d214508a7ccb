/** A fraction with two significant digits. */
export function percent(fraction: number): string {
  return `${Number((fraction * 100).toPrecision(2))} %`;
}

/** A chance as `once in 1,300`: whole numbers that nobody takes for more exact than they are. */
export function onceIn(chance: number): string {
  const times = Math.floor(Number((1 / Math.max(chance, 1e-9)).toPrecision(2)));
  return `once in ${grouped(times)}`;
}

export function grouped(count: number): string {
  return count.toLocaleString('en-US');
}
