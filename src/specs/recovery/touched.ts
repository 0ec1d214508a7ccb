import * as z from 'zod';
import { refusal } from '../kernel/given.ts';

/** A scope of change control. */
export interface Touched {
  of: 'service' | 'database' | 'host' | 'repository';
  name: string;
}

const kinds = ['service', 'database', 'host', 'repository'] as const;
const accepted = `write one of ${kinds.join(', ')} with its name, such as { service: shop }`;

export const touched = z
  .partialRecord(z.enum(kinds, { error: accepted }), z.string(), { error: refusal(accepted) })
  .transform((written, context): Touched => {
    const [only, ...others] = Object.entries(written);
    const of = kinds.find((kind) => kind === only?.[0]);
    if (only !== undefined && of !== undefined && others.length === 0) return { of, name: only[1] };
    context.addIssue({ code: 'custom', message: accepted });
    return z.NEVER;
  });
