import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { promisify } from 'node:util';

/** How a program is run as another user. */
export interface BecomeUser {
  /** What is put before the program and its arguments. */
  command: readonly string[];
  variables: Readonly<Record<string, string>>;
}

type Becoming = ({ ok: true } & BecomeUser) | { ok: false; problem: string };

const run = promisify(execFile);
/** Of util-linux: it replaces itself with the program. */
const setpriv = '/usr/bin/setpriv';

/** As that user with all of its groups, if this process may do so: it is root, or that user itself. */
export async function becomeUser(name: string): Promise<Becoming> {
  const itself = ownAccount();
  if (name === itself?.username) {
    return { ok: true, command: [], variables: variablesOf(name, itself.homedir) };
  }
  const account = await findAccount(name);
  if (account === undefined) {
    return { ok: false, problem: `there is no account ${name} on this host` };
  }
  const { uid, gid, home } = account;
  const variables = variablesOf(name, home);
  const own = process.getuid?.();
  if (own !== 0) {
    return {
      ok: false,
      problem: `this agent is user ${own} and cannot run programs as ${name}: run it as ${name} itself, or as root`,
    };
  }
  if (!(await isExecutable(setpriv))) {
    return { ok: false, problem: `programs are run as ${name} by ${setpriv}, which is missing` };
  }
  const command = [setpriv, `--reuid=${uid}`, `--regid=${gid}`, '--init-groups', '--'];
  return { ok: true, command, variables };
}

function variablesOf(name: string, home: string) {
  return { HOME: home, USER: name, LOGNAME: name };
}

/** In a container, it need not have a name. */
function ownAccount(): { username: string; homedir: string } | undefined {
  try {
    return userInfo();
  } catch {
    return undefined;
  }
}

/** By the system's own sources of accounts, directories included. */
export async function findAccount(
  name: string,
): Promise<{ uid: number; gid: number; home: string } | undefined> {
  const { stdout } = await run('getent', ['passwd', name]).catch(() => ({ stdout: '' }));
  const [, , uid, gid, , home] = stdout.trim().split(':');
  if (uid === undefined || gid === undefined || home === undefined) return undefined;
  return { uid: Number(uid), gid: Number(gid), home };
}

function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
