/** How a value of PostgreSQL becomes one of JSON: by its type, and as PostgreSQL writes it where JSON has none. */
export function readColumn(type: number): (written: string) => unknown {
  return readers.get(type) ?? ((written) => written);
}

const boolean = 16;
const numbers = [20, 21, 23, 26, 700, 701, 1700];
const json = [114, 3802];

const readers = new Map<number, (written: string) => unknown>([
  [boolean, (written: string) => written === 't'],
  ...numbers.map((type) => [type, readNumber] as const),
  ...json.map((type) => [type, (written: string): unknown => JSON.parse(written)] as const),
]);

/** A number that JavaScript cannot show exactly stays text; so do NaN and the infinities. */
function readNumber(written: string): number | string {
  const value = Number(written);
  const digits = written.replace(/[^\d]/g, '').replace(/^0+/, '').length;
  return Number.isFinite(value) && digits <= 15 ? value : written;
}
