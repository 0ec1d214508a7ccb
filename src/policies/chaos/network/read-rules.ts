import { chainsOf, idOfChain, markPrefix } from './rule-names.ts';

/** One rule of a listing by `iptables-save -c`. */
interface SavedRule {
  table: string;
  chain: string;
  /** What follows the name of its chain. */
  spec: string;
  packets: number;
}

/** A fault whose rules are there. */
export interface FaultInRules {
  id: string;
  tables: string[];
  /** As its rules say; absent where they have lost it. */
  mark?: string;
}

interface SavedTables {
  rules: SavedRule[];
  /** Those that no rule has to be in. */
  chains: { table: string; chain: string }[];
}

function readTables(saved: string): SavedTables {
  const found: SavedTables = { rules: [], chains: [] };
  let table = '';
  for (const line of saved.split('\n')) {
    if (line.startsWith('*')) table = line.slice(1).trim();
    if (line.startsWith(':'))
      found.chains.push({ table, chain: line.slice(1).split(' ')[0] ?? '' });
    const rule = /^(?:\[(\d+):\d+\] )?-A (\S+)(?: (.*))?$/.exec(line);
    if (rule === null) continue;
    const [, packets = '0', chain = '', spec = ''] = rule;
    found.rules.push({ table, chain, spec, packets: Number(packets) });
  }
  return found;
}

/** Every fault that rules are left of, by whomever it was injected. */
export function findFaultsInRules(saved: string): FaultInRules[] {
  const { chains, rules } = readTables(saved);
  const found = new Map<string, FaultInRules>();
  const note = (chain: string, table: string, spec = '') => {
    const id = idOfChain(chain);
    if (id === undefined) return;
    const fault = found.get(id) ?? { id, tables: [] };
    if (!fault.tables.includes(table)) fault.tables.push(table);
    const mark = markIn(spec);
    found.set(id, { ...fault, ...(mark !== undefined && mark !== 'met' && { mark }) });
  };
  for (const { chain, table } of chains) note(chain, table);
  for (const { chain, table, spec } of rules) {
    note(chain, table, spec);
    note(targetOf(spec) ?? '', table, spec);
  }
  return [...found.values()];
}

/** What the kernel has counted by the rules of this fault; undefined where they are not all there. */
export function countPackets(saved: string, id: string): { met: number; hit: number } | undefined {
  const { rules } = readTables(saved);
  const own = rules.filter(({ chain }) => chain === chainsOf(id).met);
  const met = own.find(({ spec }) => markIn(spec) === 'met');
  const hit = own.find(({ spec }) => targetOf(spec) !== undefined);
  const { in: input, out } = chainsOf(id);
  const isJoined = rules.some(({ spec }) => [input, out].includes(targetOf(spec) ?? ''));
  if (met === undefined || hit === undefined || !isJoined) return undefined;
  return { met: met.packets, hit: hit.packets };
}

/** What `iptables-restore --noflush` takes to remove all that is there of a fault; empty: nothing is. */
export function planRemoval(saved: string, id: string): string {
  const { rules, chains } = readTables(saved);
  const isOwn = (chain: string | undefined) => chain !== undefined && idOfChain(chain) === id;
  const tables = new Set([...chains, ...rules].map(({ table }) => table));
  return [...tables]
    .map((table) => {
      const joins = rules.filter(
        (rule) => rule.table === table && !isOwn(rule.chain) && isOwn(targetOf(rule.spec)),
      );
      const own = chains
        .filter((each) => each.table === table && isOwn(each.chain))
        .map(({ chain }) => chain);
      if (joins.length === 0 && own.length === 0) return '';
      return [
        `*${table}`,
        ...joins.map(({ chain, spec }) => `-D ${chain} ${spec}`),
        ...own.map((chain) => `-F ${chain}`),
        ...own.map((chain) => `-X ${chain}`),
        'COMMIT',
        '',
      ].join('\n');
    })
    .join('');
}

/** The rules of everybody else, to be compared with those of another time: without what is counted. */
export function foreignRules(saved: string): string[] {
  const { rules, chains } = readTables(saved);
  const isForeign = (chain: string) => idOfChain(chain) === undefined;
  return [
    ...chains
      .filter(({ chain }) => isForeign(chain) && !builtIn.includes(chain))
      .map(({ table, chain }) => `${table} ${chain}`),
    ...rules
      .filter(({ chain, spec }) => isForeign(chain) && isForeign(targetOf(spec) ?? ''))
      .map(({ table, chain, spec }) => `${table} ${chain} ${spec}`),
  ];
}

/** An empty table is listed with these, or not at all. */
const builtIn: readonly string[] = ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'];

function targetOf(spec: string): string | undefined {
  return /(?:^| )-[jg] (\S+)/.exec(spec)?.[1];
}

function markIn(spec: string): string | undefined {
  const comment = /--comment "?([^"\s]+)"?/.exec(spec)?.[1];
  return comment?.startsWith(markPrefix) ? comment.slice(markPrefix.length) : undefined;
}
