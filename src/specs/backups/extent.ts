import * as z from 'zod';
import type { CheckExtent } from '../../contracts/backups/store.ts';
import { refusal } from '../kernel/given.ts';
import { parsePercentage } from '../kernel/percentage.ts';

const accepted = 'write all, or a percentage from 0.1% to 100%, such as 10%';

/** `all`, or `10%`. */
export const extentSchema = z
  .string({ error: refusal(accepted) })
  .transform((written, context): CheckExtent => {
    const fraction = parsePercentage(written);
    if (written === 'all' || fraction === 1) return { kind: 'all' };
    if (fraction !== undefined && fraction >= 0.001 && fraction < 1) {
      return { kind: 'sample', percent: Math.round(fraction * 100_000) / 1_000 };
    }
    context.addIssue(refusal(accepted)({ input: written }));
    return z.NEVER;
  });
