import { describe, expect, it } from 'vitest';
import { binomial, seeded } from '../../../../bench/analysis/random.ts';
import {
  addLook,
  noDispersion,
  overdispersion,
} from '../../../../src/policies/kernel/sequential/dispersion.ts';

type Rates = (look: number) => { canary: number; stable: number };

/** After so many looks at 80 requests of the canary and 320 of stable. */
function unevenness(rates: Rates, { looks = 300, pods = 1 } = {}): number {
  const random = seeded(1);
  let seen = noDispersion;
  for (let look = 0; look < looks; look++) {
    const { canary, stable } = rates(look);
    const blocks = Array.from({ length: pods }, () => ({
      total: 320 / pods,
      bad: binomial(random, 320 / pods, stable),
    }));
    seen = addLook(seen, { total: 80, bad: binomial(random, 80, canary) }, blocks);
  }
  return overdispersion(seen);
}

const both = (rate: number) => ({ canary: rate, stable: rate });

describe('how unevenly stable fails', () => {
  it.each([0.0001, 0.001, 0.01])('is that of chance at a rate of %d', (rate) => {
    expect(unevenness(() => both(rate))).toBeLessThan(1.2);
    expect(unevenness(() => both(rate), { pods: 4 })).toBeLessThan(1.2);
  });

  it('is not raised by an incident that both tracks share', () => {
    expect(unevenness((look) => both(look >= 60 && look < 120 ? 0.05 : 0.001))).toBeLessThan(1.5);
    expect(unevenness((look) => both(look >= 60 && look < 90 ? 0.33 : 0.001))).toBeLessThan(5);
  });

  it('is not raised by errors that become more in both tracks', () => {
    expect(unevenness((look) => both(0.001 * 30 ** (look / 300)))).toBeLessThan(1.5);
  });

  it('is raised by bursts of stable alone', () => {
    const burst = (look: number) => (look % 50 === 0 ? 0.2 : 0.001);
    expect(unevenness((look) => ({ canary: 0.001, stable: burst(look) }))).toBeGreaterThan(20);
    expect(
      unevenness((look) => ({ canary: 0.001, stable: burst(look) }), { pods: 4 }),
    ).toBeGreaterThan(5);
  });

  it('is not changed by a canary that is worse', () => {
    expect(unevenness(() => ({ canary: 0.05, stable: 0.005 }))).toBeLessThan(1.2);
    expect(
      unevenness((look) => ({ canary: look < 150 ? 0.005 : 0.05, stable: 0.005 })),
    ).toBeLessThan(1.2);
  });
});
