/** A position in the log, as PostgreSQL writes it, in bytes: `0/3000028`. Undefined for any other text. */
function parseLsn(lsn: string | undefined): bigint | undefined {
  const [, high, low] = /^([0-9A-Fa-f]{1,8})\/([0-9A-Fa-f]{1,8})$/.exec(lsn ?? '') ?? [];
  if (high === undefined || low === undefined) return undefined;
  return (BigInt(`0x${high}`) << 32n) + BigInt(`0x${low}`);
}

/** How many bytes of log `to` is ahead of `from`: never less than 0. Undefined where one is unknown. */
export function bytesBetween(from: string | undefined, to: string | undefined): number | undefined {
  const [begin, end] = [parseLsn(from), parseLsn(to)];
  if (begin === undefined || end === undefined) return undefined;
  return end > begin ? Number(end - begin) : 0;
}

/** For sorting: an unknown position is behind every other. */
export function compareLsn(one: string | undefined, other: string | undefined): number {
  const difference = (parseLsn(one) ?? -1n) - (parseLsn(other) ?? -1n);
  return difference === 0n ? 0 : difference > 0n ? 1 : -1;
}
