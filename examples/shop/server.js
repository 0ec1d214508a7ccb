// A service small enough to read, with a knob for each thing a canary should catch.
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

const version = process.env.VERSION ?? 'v1';
const errorRate = Number(process.env.ERROR_RATE ?? 0);
const latencyMs = Number(process.env.LATENCY_MS ?? 0);
const crashAfterMs = Number(process.env.CRASH_AFTER_MS ?? 0);

const server = createServer(async (request, response) => {
  const healthCheck = request.url === '/health';
  if (!healthCheck && latencyMs > 0) await sleep(latencyMs);
  const failed = !healthCheck && Math.random() < errorRate;
  response.writeHead(failed ? 500 : 200, { 'content-type': 'application/json' });
  response.end(`${JSON.stringify({ version, pid: process.pid })}\n`);
});

server.listen(Number(process.env.PORT ?? 8080), process.env.ADDRESS ?? '127.0.0.1', () => {
  console.log(`shop ${version} listens on port ${server.address().port}`);
});

if (crashAfterMs > 0) {
  setTimeout(() => {
    console.error(`shop ${version} ran into the fault it was told to have`);
    process.exit(1);
  }, crashAfterMs);
}

// Open requests are finished first; close() also ends the connections that are idle.
process.once('SIGTERM', () => server.close(() => process.exit(0)));
