import type { ToolAnswer } from '../../../contracts/backups/provider.ts';
import { oneLine } from './one-line.ts';

/**
 * `absent`: there is no repository. `key`: the password opens none of its keys. `passing`: another
 * attempt may succeed. `final`: none will.
 */
export interface ToolFailure {
  kind: 'absent' | 'key' | 'locked' | 'passing' | 'final';
  words: string;
}

/** restic 0.17 and later have exit codes of their own for these. */
const codes: Readonly<Record<number, ToolFailure['kind']>> = {
  10: 'absent',
  11: 'locked',
  12: 'key',
};

const unreachable =
  /connection refused|no such host|i\/o timeout|timeout|TLS handshake|no route to host|network is unreachable|connection reset|EOF|50[0-4] |SlowDown|x509/i;

const signs: readonly { kind: ToolFailure['kind']; sign: RegExp; advice: string }[] = [
  {
    kind: 'key',
    sign: /wrong password or no key found|an empty password is not/i,
    advice:
      'the password of the agent’s settings opens no key of it: it is another, or the key was damaged or removed',
  },
  {
    kind: 'locked',
    sign: /repository is already locked/i,
    advice: 'it is locked by a process that may be alive: wait until that ends',
  },
  {
    kind: 'final',
    sign: /config or key \w+ is damaged|LoadRaw\(<(?:key|config)\/?\w*>\): invalid data|Fatal: (?:Unmarshal|json): /i,
    advice:
      'what it cannot be opened without is damaged: get it back from another copy of the repository',
  },
  {
    kind: 'final',
    sign: /no space left on device|disk quota exceeded|file too large/i,
    advice: 'its storage is full: make room, or expire sets',
  },
  {
    kind: 'final',
    sign: /unsupported repository version|repository version .* not supported/i,
    advice: 'a newer restic made it: install that on this host',
  },
  {
    kind: 'final',
    sign: /object ?lock|WORM|legal hold|is (?:protected|immutable)|retention (?:period|policy|until)/i,
    advice:
      'its storage does not let anything go yet (object lock or a retention of the bucket): sets expire when that is over; let it end before they do',
  },
  {
    kind: 'final',
    sign: /permission denied|operation not permitted|read-only file system|access ?denied|access key|signature .* does not match|SignatureDoesNotMatch|forbidden/i,
    advice: 'the agent may not do that with its storage: see its permissions and credentials',
  },
];

const absentSign =
  /unable to open config file|is there a repository at the following location|repository does not exist/i;
const absentReason =
  /no such file or directory|repository does not exist|specified (?:key|bucket) does not exist|404|NoSuchKey|NoSuchBucket/i;

/** What an answer that is not a success means. */
export function judgeFailure({ exitCode, stdout, stderr }: ToolAnswer): ToolFailure {
  const said = `${stderr}\n${stdout}`;
  const words = saidBy(stderr, stdout);
  const known = codes[exitCode];
  if (known !== undefined) return { kind: known, words: withAdvice(known, words) };
  const found = signs.find(({ sign }) => sign.test(said));
  if (found) return { kind: found.kind, words: `${found.advice} (restic: ${words})` };
  if (absentSign.test(said)) {
    const reason = said.replaceAll(/is there a repository.*/gis, '');
    const isAbsent = absentReason.test(reason) && !unreachable.test(reason);
    if (isAbsent) return { kind: 'absent', words: withAdvice('absent', words) };
    return { kind: 'passing', words: `it cannot be reached (restic: ${words})` };
  }
  return { kind: 'passing', words: `restic, exit code ${exitCode}: ${words}` };
}

function withAdvice(kind: ToolFailure['kind'], words: string): string {
  if (kind === 'absent') return `there is no repository at its location (restic: ${words})`;
  const advice = signs.find((sign) => sign.kind === kind)?.advice ?? '';
  return `${advice} (restic: ${words})`;
}

/** The lines that say why: the last ones, without what restic writes of its retries. */
function saidBy(stderr: string, stdout: string): string {
  const lines = (text: string) =>
    text
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '' && !line.includes('returned error, retrying after'));
  const fatal = lines(stderr).filter((line) => line.startsWith('Fatal:'));
  const chosen =
    fatal.length > 0 ? fatal : [...lines(stdout).slice(-2), ...lines(stderr).slice(-4)];
  return oneLine(chosen.join('; ')) || 'it said nothing';
}
