import type { Part } from '../../../../contracts/recovery/playbooks/part.ts';

export const httpGet = {
  name: 'http.get',
  is: 'probe',
  what: 'asks a URL; passes if the answer is as expected. No answer is an answer: it does not serve',
  needs: 'http',
  by: 'worker',
  inputs: {
    url: { type: 'string', what: 'http or https; redirects are not followed' },
    status: {
      type: 'number',
      what: 'the status that is expected',
      optional: true,
      default: 200,
      least: 100,
      most: 599,
    },
    contains: { type: 'string', what: 'text that the body must have', optional: true },
    field: { type: 'string', what: 'a field of a JSON body, such as /status', optional: true },
    equals: { type: 'any', what: 'what that field must be', optional: true },
    timeout: {
      type: 'duration',
      what: 'of the answer',
      optional: true,
      default: '5s',
      least: 100,
      most: 20_000,
    },
  },
  outputs: {
    status: { type: 'number', what: '0 without an answer' },
    tookMs: { type: 'number', what: 'until the whole answer was there' },
    value: { type: 'any', what: 'of the field; null without one' },
    body: { type: 'string', what: 'at most 4 kB of it' },
  },
  makes: 'answer',
  undo: 'nothing',
} as const satisfies Part;
