import type { Config } from '../../config/config.ts';
import { InvalidConfig } from '../../config/load-config.ts';
import { readPayloadKeys } from '../../config/payload-keys-file.ts';
import { fail, ok, type Finding } from './finding.ts';

/** Where payloads are encrypted: whether this machine has the keys. */
export function checkPayloadKeys({
  payloadKeysFile: file,
}: Pick<Config, 'payloadKeysFile'>): Finding[] {
  if (file === undefined) return [];
  const check = 'Payload keys';
  try {
    const ids = readPayloadKeys(file).map(({ id }) => id);
    return [ok(check, `${ids.length} in ${file}; ${ids[0]} encrypts`)];
  } catch (error) {
    if (!(error instanceof InvalidConfig)) throw error;
    const problems = error.problems.map(({ message }) => message).join('; ');
    return [fail(check, problems, 'docs/security.md describes the format of the file.')];
  }
}
