import type { Part } from '../../../../contracts/recovery/playbooks/part.ts';

export const httpRequest = {
  name: 'http.request',
  is: 'action',
  what: 'sends a request, with an Idempotency-Key that is the same at every attempt',
  needs: 'http',
  by: 'worker',
  inputs: {
    url: { type: 'string', what: 'http or https; redirects are not followed' },
    method: {
      type: 'string',
      what: 'of the request',
      optional: true,
      default: 'POST',
      oneOf: ['POST', 'PUT', 'PATCH', 'DELETE'],
    },
    body: { type: 'any', what: 'text, or what is sent as JSON', optional: true },
    status: {
      type: 'number',
      what: 'the status that is expected; without it any of 200 to 299',
      optional: true,
      least: 100,
      most: 599,
    },
    check: {
      type: 'string',
      what: 'a URL that answers a GET with less than 500 where the request could be sent',
      optional: true,
    },
    timeout: {
      type: 'duration',
      what: 'of the answer',
      optional: true,
      default: '10s',
      least: 100,
      most: 20_000,
    },
  },
  outputs: {
    status: { type: 'number', what: 'of the answer' },
    body: { type: 'string', what: 'at most 4 kB of it' },
  },
  makes: 'sent',
  undo: 'written',
} as const satisfies Part;
