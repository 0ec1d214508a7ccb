/** The kinds of values that variables have. */
import { isIP } from 'node:net';
import * as z from 'zod';
import { parseDuration } from '../specs/kernel/duration.ts';
import { parseHostPattern } from '../specs/kernel/host-pattern.ts';

export function address(example: string) {
  return z.url({
    protocol: /^https?$/,
    error: ({ input }) => `"${String(input)}" is not an address; write it like ${example}`,
  });
}

/** As Mimir takes it: one tenant, or several with `|` between them. */
export function tenant() {
  return z.string().regex(/^[\w!.*'()|-]{1,150}$/, {
    error: ({ input }) =>
      `"${String(input)}" is not a tenant; write letters, digits and !-_.*'(), at most 150, several tenants as a|b`,
  });
}

export function ipAddress() {
  return z.union([z.ipv4(), z.ipv6()], {
    error: ({ input }) => `"${String(input)}" is not an IP address; 0.0.0.0 stands for all`,
  });
}

export function listenAddress() {
  return z.string().transform((text, context) => {
    const [, host = '', written = ''] = /^\[?(.*?)\]?:(\d+)$/.exec(text) ?? [];
    const isGood = isIP(host) !== 0 && port().safeParse(written).success;
    if (isGood) return text;
    context.addIssue(
      `"${text}" is not an address; write an IP address and a port, like 127.0.0.1:9464`,
    );
    return z.NEVER;
  });
}

export function duration(fallback: string) {
  return z
    .string()
    .default(fallback)
    .transform((text, context) => {
      const ms = parseDuration(text);
      if (ms !== undefined && ms > 0) return ms;
      context.addIssue(
        `"${text}" is not a duration; write a number above 0 and ms, s, m, h or d, like ${fallback}`,
      );
      return z.NEVER;
    });
}

/** Infinity for `forever`. */
export function durationOrForever(fallback: string) {
  return z
    .string()
    .default(fallback)
    .transform((text, context) => {
      const ms = text.trim() === 'forever' ? Infinity : parseDuration(text);
      if (ms !== undefined && ms > 0) return ms;
      context.addIssue(
        `"${text}" is not a duration; write a number above 0 and ms, s, m, h or d, like ${fallback}, or forever`,
      );
      return z.NEVER;
    });
}

/** What is wrong with it is said without repeating it: it has a password in it. */
export function postgresUrl() {
  const form = 'write it like postgres://USER:PASSWORD@HOST:5432/DATABASE';
  return z.string().transform((text, context) => {
    const url = URL.canParse(text.trim()) ? new URL(text.trim()) : undefined;
    const problem =
      url === undefined
        ? 'is not an address (is a character of the password not written as %XX?)'
        : !/^postgres(ql)?:$/.test(url.protocol)
          ? `begins with ${url.protocol}, but the ledger can be in PostgreSQL alone`
          : url.pathname.length < 2
            ? 'names no database'
            : undefined;
    if (problem === undefined) return text.trim();
    context.addIssue(`${problem}; ${form}`);
    return z.NEVER;
  });
}

/** As above: nothing of it is repeated. */
export function redisUrl() {
  const form = 'write it like redis://HOST:6379/0, or rediss:// with TLS';
  return z.string().transform((text, context) => {
    const url = URL.canParse(text.trim()) ? new URL(text.trim()) : undefined;
    const problem =
      url === undefined
        ? 'is not an address (is a character of the password not written as %XX?)'
        : !/^rediss?:$/.test(url.protocol)
          ? `begins with ${url.protocol}, but answers are shared in Redis alone`
          : url.hostname === ''
            ? 'names no host'
            : !/^\/?\d*$/.test(url.pathname)
              ? 'names a database that is not a number'
              : undefined;
    if (problem === undefined) return text.trim();
    context.addIssue(`${problem}; ${form}`);
    return z.NEVER;
  });
}

export function count(fallback: number) {
  return z
    .string()
    .default(String(fallback))
    .transform((text, context) => {
      const number = Number(text);
      if (Number.isSafeInteger(number) && number > 0) return number;
      context.addIssue(`"${text}" is not a whole number above 0, like ${fallback}`);
      return z.NEVER;
    });
}

/** As Temporal takes them: it joins both with a colon, and has names of its own that begin like this. */
export function versionName(forbidden: RegExp, rule: string) {
  return z
    .string()
    .trim()
    .max(255)
    .refine((text) => !forbidden.test(text) && !text.startsWith('__'), {
      error: ({ input }) =>
        `"${String(input)}" is no name here; write it ${rule}, and not with __ first`,
    });
}

/** RFC 1123, as a namespace's name must be. */
const namespaceName = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

export function namespaceList() {
  return z.string().transform((text, context) => {
    const names = text.split(',').map((name) => name.trim());
    const wrong = names.filter((name) => !namespaceName.test(name));
    for (const name of wrong) {
      context.addIssue(`"${name}" is not the name of a namespace; write them like shop,billing`);
    }
    return wrong.length > 0 ? z.NEVER : [...new Set(names)];
  });
}

/** Any names, separated by commas. */
export function nameList() {
  return z.string().transform((text) => {
    const names = text.split(',').map((name) => name.trim());
    return [...new Set(names.filter((name) => name !== ''))];
  });
}

export function hostList() {
  return z.string().transform((text, context) => {
    const patterns = text.split(',').map((written) => {
      const pattern = parseHostPattern(written);
      if (!pattern) {
        context.addIssue(
          `"${written.trim()}" is not a host; write them like prometheus.monitoring:9090,*.example.com`,
        );
      }
      return pattern;
    });
    const known = patterns.filter((pattern) => pattern !== undefined);
    return known.length < patterns.length ? z.NEVER : known;
  });
}

export function originList() {
  return z.string().transform((text, context) => {
    const origins = text.split(',').map((origin) => origin.trim());
    const wrong = origins.filter((origin) => !isOrigin(origin));
    for (const origin of wrong) {
      context.addIssue(`"${origin}" is not an origin; write it like https://temporal.example.com`);
    }
    return wrong.length > 0 ? z.NEVER : [...new Set(origins)];
  });
}

/** As a browser sends it: no path, not even a slash, and no usual port. */
function isOrigin(text: string): boolean {
  return /^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text;
}

export function port() {
  return z.string().transform((text, context) => {
    const number = Number(text);
    if (Number.isInteger(number) && number > 0 && number < 65_536) return number;
    context.addIssue(`"${text}" is not a port; write a number from 1 to 65535`);
    return z.NEVER;
  });
}
