import * as z from 'zod';
import { refusal } from '../kernel/given.ts';

const units: Readonly<Record<string, number>> = { MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40 };

/** Written as `50GiB`, resolved to bytes. */
export function size() {
  const error = refusal('write a number and MiB, GiB or TiB, such as 50GiB');
  return z.string({ error }).transform((written, context) => {
    const [, number = '', unit = ''] = /^(\d+(?:\.\d+)?)\s*(MiB|GiB|TiB)$/.exec(written) ?? [];
    const bytes = Math.round(Number(number) * (units[unit] ?? NaN));
    if (bytes > 0) return bytes;
    context.addIssue(error({ input: written }));
    return z.NEVER;
  });
}
