import { stat } from 'node:fs/promises';
import { fail, messageOf, ok, type Finding } from './finding.ts';

/** Whether a token that Belay wrote is still its owner's alone. */
export async function checkToken(check: string, tokenFile: string): Promise<Finding> {
  try {
    const mode = (await stat(tokenFile)).mode & 0o777;
    const shown = mode.toString(8).padStart(4, '0');
    if ((mode & 0o077) === 0) return ok(check, `${tokenFile}, mode ${shown}`);
    return fail(
      check,
      `${tokenFile} has mode ${shown}: others can read it`,
      `chmod 600 ${tokenFile}`,
    );
  } catch (error) {
    return fail(check, messageOf(error), 'It is written by `belay up`.');
  }
}
