import type { Payload, PayloadCodec } from '@temporalio/common';
import { Hono, type Context, type MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { cors } from 'hono/cors';
import type { Logger } from 'pino';
import * as z from 'zod';
import { PayloadUnreadable } from '../adapters/temporal/payload-codec.ts';
import type { Credential } from '../http/credentials.ts';
import { admit, type GatewayVariables } from '../http/guards.ts';
import { readJson } from '../http/read-json.ts';
import { refuse } from '../http/refusal.ts';

export interface CodecServerParts {
  codec: PayloadCodec;
  /** None: everybody that can reach it may ask. */
  tokens: Credential[];
  /** The web pages that may ask. */
  origins: readonly string[];
  log: Logger;
}

/** A page of a history is at most 4 MiB on the wire; base64 adds a third. */
const largestBodyBytes = 8 * 1024 * 1024;

const base64 = z.string().regex(/^[A-Za-z0-9+/_-]*={0,2}$/, 'not base64');
const payloads = z.object({
  payloads: z
    .array(
      z.looseObject({ metadata: z.record(z.string(), base64).nullish(), data: base64.nullish() }),
    )
    .max(10_000),
});
type WrittenPayload = z.infer<typeof payloads>['payloads'][number];

/** Temporal's remote codec protocol: POST /encode and /decode, with or without a namespace before. */
export function createCodecApi({ codec, tokens, origins, log }: CodecServerParts) {
  const app = new Hono<GatewayVariables>();
  app.onError((error, context) => {
    log.error({ path: context.req.path, err: error }, 'failed');
    return refuse(context, 500, 'the codec server failed; its log says more');
  });
  app.notFound((context) =>
    refuse(context, 404, `there is no ${context.req.method} ${context.req.path}`),
  );
  app.use(refuseOtherPages(origins));
  app.use(
    cors({
      origin: [...origins],
      allowMethods: ['POST'],
      allowHeaders: ['authorization', 'authorization-extras', 'content-type', 'x-namespace'],
      credentials: true,
      maxAge: 600,
    }),
  );
  app.use(limitBody, admit({ tokens, signingSecrets: [], now: Date.now }));

  const serve = (what: 'encode' | 'decode', act: (payload: Payload) => Promise<Payload>) => {
    const answer = async (context: Context<GatewayVariables>): Promise<Response> => {
      const body = await readJson(context);
      if (!body.ok) return refuse(context, 400, 'this cannot be read', [body.problem]);
      const read = payloads.safeParse(body.value);
      if (!read.success) {
        const problems = read.error.issues.map(
          ({ path, message }) => `${path.join('.')}: ${message}`,
        );
        return refuse(context, 400, 'these are no payloads', problems.slice(0, 20));
      }
      const made = await Promise.all(
        read.data.payloads.map(async (one) => write(await act(take(one)))),
      );
      const { name: by } = context.get('caller');
      const namespace = context.req.param('namespace') ?? context.req.header('x-namespace');
      log.info({ what, payloads: made.length, by, namespace }, 'asked');
      return context.json({ payloads: made });
    };
    app.post(`/${what}`, answer);
    app.post(`/:namespace/${what}`, answer);
  };

  serve('encode', (payload) => one(codec.encode([payload])));
  // What no key opens is shown as it is, with its key's ID, rather than nothing of a whole history.
  serve('decode', async (payload) => {
    try {
      return await one(codec.decode([payload]));
    } catch (error) {
      if (!(error instanceof PayloadUnreadable)) throw error;
      log.warn(error.message);
      return payload;
    }
  });
  return app;
}

const limitBody = bodyLimit({
  maxSize: largestBodyBytes,
  onError: (context) => {
    // The rest of the body stays unread, so the connection is of no more use.
    context.header('connection', 'close');
    return refuse(context, 413, `a body may have at most ${largestBodyBytes} bytes`);
  },
});

/** A browser says which page asks, and would send the request before it looks at the answer. */
function refuseOtherPages(origins: readonly string[]): MiddlewareHandler {
  return async (context, next) => {
    const origin = context.req.header('origin');
    if (origin === undefined || origins.includes(origin)) return next();
    return refuse(context, 403, 'BELAY_CODEC_ORIGINS does not name this page');
  };
}

async function one(payloads: Promise<Payload[]>): Promise<Payload> {
  const [payload] = await payloads;
  if (payload === undefined)
    throw new Error('a codec answers with as many payloads as it is given');
  return payload;
}

function take({ metadata, data, ...rest }: WrittenPayload): Payload {
  const entries = Object.entries(metadata ?? {});
  return {
    ...rest,
    metadata: Object.fromEntries(
      entries.map(([key, value]) => [key, Buffer.from(value, 'base64')]),
    ),
    data: Buffer.from(data ?? '', 'base64'),
  };
}

function write({ metadata, data, ...rest }: Payload): object {
  const entries = Object.entries(metadata ?? {});
  return {
    ...rest,
    metadata: Object.fromEntries(
      entries.map(([key, value]) => [key, Buffer.from(value).toString('base64')]),
    ),
    data: Buffer.from(data ?? []).toString('base64'),
  };
}
