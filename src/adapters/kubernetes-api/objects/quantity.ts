/**
 * Kubernetes quantities: "500m", "1.5Gi", "2e3". The client library's `quantityToScalar` throws for
 * fractions of binary units and returns numbers or bigints.
 */
const units: Record<string, number> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** In the base unit: cores, bytes, pods. NaN if it is not a quantity; every comparison with it fails. */
export function readQuantity(written: string): number {
  const [, amount, unit = ''] =
    /^([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)([numkMGTPE]|[KMGTPE]i)?$/.exec(written) ?? [];
  return amount === undefined ? NaN : Number(amount) * (units[unit] ?? 1);
}
