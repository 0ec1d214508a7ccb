#!/usr/bin/env node
// Pushes what was counted in the last whole minute: push.mjs ENVIRONMENT OBJECTIVE TOTAL BAD
import { createHmac } from 'node:crypto';

const gateway = process.env.BELAY_GATEWAY ?? 'http://127.0.0.1:7480';
const secret = process.env.BELAY_SIGNING_SECRET ?? '';
const [environment, objective, total, bad = '0'] = process.argv.slice(2);

const at = new Date(Math.floor(Date.now() / 60_000) * 60_000 - 60_000).toISOString();
const minutes = [{ at, total: Number(total), bad: Number(bad) }];
const body = JSON.stringify({ environment, objective, minutes });

const path = '/v1/indicators';
const timestamp = Math.floor(Date.now() / 1000);
const v1 = createHmac('sha256', secret).update(`${timestamp}.POST.${path}.${body}`).digest('hex');
const answer = await fetch(gateway + path, {
  method: 'POST',
  headers: { 'X-Belay-Signature': `t=${timestamp},v1=${v1}` },
  body,
});
console.log(await answer.text());
process.exitCode = answer.ok ? 0 : 1;
