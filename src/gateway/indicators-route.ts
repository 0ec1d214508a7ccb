import type { Context } from 'hono';
import * as z from 'zod';
import { LedgerError } from '../adapters/ledger/ledger-error.ts';
import { forbid, type GatewayVariables } from '../http/guards.ts';
import { readJson } from '../http/read-json.ts';
import { refuse } from '../http/refusal.ts';
import { readMoment } from '../policies/kernel/change-control/read-moment.ts';
import type { GatewayParts } from './parts.ts';
import { problemsIn } from './problems-in.ts';
import { takePush } from './take-push.ts';

const mostMinutes = 60;
/** In one minute: what is more is a mistake, which would outweigh every other minute of a window. */
const mostRequests = 1_000_000_000;
const name = z.string().min(1).max(200);

const moment = z.string().transform((written, issues) => {
  const read = readMoment(written);
  if ('ms' in read) return read.ms;
  issues.addIssue(read.problem);
  return z.NEVER;
});

const pushedIndicators = z.strictObject({
  environment: name,
  objective: name,
  minutes: z
    .array(
      z
        .strictObject({
          at: moment,
          total: z.int().min(0).max(mostRequests),
          bad: z.int().min(0).max(mostRequests).default(0),
        })
        .transform(({ at: atMs, total, bad }) => ({ atMs, total, bad })),
    )
    .min(1)
    .max(mostMinutes),
});

/** Takes what was counted in whole minutes, and answers once it is in the ledger. */
export function pushIndicators({ objectives, log }: GatewayParts, now: () => number) {
  return async (context: Context<GatewayVariables>): Promise<Response> => {
    const body = await readJson(context);
    if (!body.ok) return refuse(context, 400, 'this cannot be read', [body.problem]);
    const read = pushedIndicators.safeParse(body.value ?? {});
    if (!read.success) {
      return refuse(context, 400, 'these counts cannot be read', problemsIn(read.error));
    }
    const { environment, objective, minutes } = read.data;
    const forbidden = forbid(context, { kind: 'indicators', environment, name: objective });
    if (forbidden !== undefined) return forbidden;
    try {
      const taken = await takePush(objectives, { environment, objective, minutes }, now());
      if (taken.of === 'refused') {
        return refuse(context, 400, 'these counts were not taken', taken.problems);
      }
      return context.json({ taken: taken.taken, known: taken.known });
    } catch (error) {
      if (!(error instanceof LedgerError)) throw error;
      log.warn({ environment, objective, err: error }, 'counts were not taken into the ledger');
      context.header('retry-after', '5');
      return refuse(context, 503, 'the ledger does not answer; send it again');
    }
  };
}
