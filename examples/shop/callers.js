// Sends requests to one address, so many a second, until it is told to stop: callers.js URL RATE
import { setInterval } from 'node:timers';

const [url, rate = '10'] = process.argv.slice(2);
if (url === undefined || !(Number(rate) > 0)) {
  console.error('usage: node callers.js URL [REQUESTS_PER_SECOND]');
  process.exit(2);
}

// Whether anybody answers is for the service's own figures to tell.
const call = () =>
  fetch(url, { signal: AbortSignal.timeout(10_000) })
    .then((response) => response.arrayBuffer())
    .catch(() => undefined);
const calling = setInterval(call, 1_000 / Number(rate));

for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => clearInterval(calling));
