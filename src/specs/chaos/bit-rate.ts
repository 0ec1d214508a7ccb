import * as z from 'zod';
import { refusal } from '../kernel/given.ts';

const units: Readonly<Record<string, number>> = { kbit: 1, mbit: 1_000, gbit: 1_000_000 };
const least = 8;
const most = 10_000_000;

/** Written as `1mbit`, per second, resolved to kilobits. */
export function bitRate() {
  const error = refusal('write a number and kbit, mbit or gbit, from 8kbit to 10gbit');
  return z.string({ error }).transform((written, context) => {
    const [, number = '', unit = ''] = /^(\d+(?:\.\d+)?)\s*(kbit|mbit|gbit)$/.exec(written) ?? [];
    const kbit = Math.round(Number(number) * (units[unit] ?? NaN));
    if (kbit >= least && kbit <= most) return kbit;
    context.addIssue(error({ input: written }));
    return z.NEVER;
  });
}
