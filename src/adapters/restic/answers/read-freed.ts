const units: Readonly<Record<string, number>> = {
  B: 1,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
};

/** What `restic prune` says that the repository has less, as exactly as it says it. */
export function readFreed(stdout: string): number | undefined {
  const found = /^total prune:\s+\d+ blobs \/ (?<amount>[\d.]+) (?<unit>[KMGT]?i?B)$/m.exec(stdout);
  const { amount, unit = '' } = found?.groups ?? {};
  const size = units[unit];
  return amount === undefined || size === undefined ? undefined : Math.round(Number(amount) * size);
}
