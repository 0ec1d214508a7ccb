import { inParallel } from '../../measures/in-parallel.ts';
import { progress } from '../../report/tell.ts';
import { programOf, type BelayOrigin } from '../../system/belay-command.ts';
import type { MeasuredSystem } from '../../system/measured-system.ts';
import { startExperiment } from '../experiments.ts';
import { withFaultyAgent } from './faulty-agent.ts';
import type { Verdict } from './measure-planted.ts';

/** Answers nobody any more once it has stood still for a while. */
const brokenByAPause = `
let lastMs = Date.now();
let isBroken = false;
setInterval(() => {
  isBroken ||= Date.now() - lastMs > 3000;
  lastMs = Date.now();
}, 50);
const server = require('node:http').createServer((_, response) => {
  response.statusCode = isBroken ? 500 : 200;
  response.end();
});
server.listen(Number(process.env.PORT), '127.0.0.1', () => console.log('listening'));
`;

const targets = Array.from({ length: 10 }, (_, index) =>
  index % 2 === 0
    ? { what: `crashed, and nobody starts it again (${index + 1})`, type: 'crash' }
    : { what: `frozen, and broken since (${index + 1})`, type: 'freeze', server: brokenByAPause },
);

const atOnce = 5;

/** Targets that never do their work again. */
export function measureUnrecovered(
  system: MeasuredSystem,
  origin: BelayOrigin,
): Promise<Verdict[]> {
  const programs = {
    watchdog: programOf(origin, 'src/agent/watchdog/main'),
    injector: programOf(origin, 'src/agent/chaos/main'),
  };
  return inParallel(targets, atOnce, ({ what, type, server }) =>
    withFaultyAgent(system, { programs, ...(server && { server }) }, async ({ agent }) => {
      const experiment = await startExperiment(system, {
        ...{ experiment: `broken-${agent}`, services: [`of-${agent}`], fault: { type } },
        ...{ target: { agents: [agent], process: 'web' }, mostOfTarget: '100%' },
        ...{ duration: '6s', steadyState: '2s', every: '200ms', recoverWithin: '10s' },
        hypothesis: { answers: { errorsOf: { agent, probe: 'web' }, atMost: '20%' } },
      });
      const { outcome, reason, details } = await experiment.report();
      progress(`${what}: ${outcome}: ${reason}`);
      const { notRecovered } = details;
      return { what, outcome, reason, ...(notRecovered !== undefined && { notRecovered }) };
    }),
  );
}
