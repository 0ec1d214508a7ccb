import { readFile } from 'node:fs/promises';
import { formatProblems } from '../specs/kernel/problems.ts';
import type { NotificationSettings } from '../specs/kernel/notifications.ts';
import { resolveNotifications } from '../specs/kernel/notifications-resolve.ts';
import { secretsOf } from '../specs/kernel/notifications-secrets.ts';
import type { SpecProblem } from '../specs/kernel/spec-problem.ts';
import { secretReader, type SecretReader } from './notifications-secret.ts';

/** Notification settings that cannot be used: every problem with its line, and no secret. */
export class InvalidNotifications extends Error {
  override readonly name = 'InvalidNotifications';
}

/** Reads a settings file, and every secret it names once. Throws InvalidNotifications. */
export async function loadNotifications(
  file: string,
  readSecret: SecretReader = secretReader(),
): Promise<NotificationSettings> {
  const resolution = resolveNotifications(await textOf(file));
  const problems = resolution.ok
    ? await missingSecrets(resolution.settings, readSecret)
    : resolution.problems;
  if (resolution.ok && problems.length === 0) return resolution.settings;
  const { lineOf } = resolution;
  throw new InvalidNotifications(
    formatProblems(problems, { source: file, ...(lineOf !== undefined && { lineOf }) }),
  );
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    throw new InvalidNotifications(`${file}: cannot be read (${code})`);
  }
}

async function missingSecrets(
  { channels }: NotificationSettings,
  readSecret: SecretReader,
): Promise<SpecProblem[]> {
  const kept = channels.flatMap((channel) =>
    secretsOf(channel).map((secret) => ({
      ...secret,
      path: `channels.${channel.name}.${channel.kind}.${secret.key}`,
    })),
  );
  const read = await Promise.all(
    kept.map(async ({ path, ref, purpose }) => ({ path, found: await readSecret(ref, purpose) })),
  );
  return read.flatMap(({ path, found }) => (found.ok ? [] : [{ path, message: found.problem }]));
}
