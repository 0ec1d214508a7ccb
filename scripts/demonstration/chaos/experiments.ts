/** How long the fault of each is there, in seconds. */
const seconds = { short: 8, interrupted: 20 };

const observed = { agent: 'local', probe: 'shop' };

const common = {
  ...{ kind: 'chaosExperiment', environment: 'demo', services: ['shop'] },
  target: { agents: ['web-1', 'web-2'], process: 'shop' },
  ...{ duration: `${seconds.short}s`, steadyState: '4s', every: '200ms' },
  hypothesis: {
    answers: { errorsOf: observed, atMost: '5%' },
    quick: { latencyOf: { ...observed, percentile: 95 }, atMost: '1s' },
  },
  stopConditions: [{ metric: 'answers', above: '50%', over: '5s' }],
  ...{ recoverWithin: '60s', owner: 'team-shop' },
};

/** One of two hangs. */
export const oneFreezes = {
  ...{ ...common, experiment: 'one-freezes', fault: { type: 'freeze' } },
};

/** One of two is killed. */
export const oneCrashes = {
  ...{ ...common, experiment: 'one-crashes', fault: { type: 'crash' } },
};

/** Both hang, and nothing ends that early. */
export const bothFreeze = {
  ...{ ...common, experiment: 'both-freeze', fault: { type: 'freeze' } },
  ...{ blastRadius: { count: 2 }, mostOfTarget: '100%', stopConditions: 'none' },
};

export const trackDelayMs = 200;

/** Of two tracks of the same release, one answers late: more so than the hypothesis accepts. */
export const oneTrackIsLate = {
  ...{ ...common, experiment: 'one-track-is-late', stopConditions: 'none' },
  ...{ duration: '20s', steadyState: '6s' },
  target: { tracks: { service: 'shop', share: '20%', mostRequests: 2_000 } },
  fault: { type: 'latency', delay: `${trackDelayMs}ms` },
  hypothesis: { quick: { slowAgainstControl: { than: '150ms' }, atMost: '5%' } },
};

/** More than half of the packets between one of two and its clients are lost. */
export const packetsAreLost = {
  ...{ ...common, experiment: 'packets-are-lost', duration: `${seconds.interrupted}s` },
  target: { agents: ['web-1', 'web-2'], network: 'clients' },
  fault: { type: 'loss', intensity: 0.6 },
};

/** In place of it, where there can be no network of the demonstration's own. */
export const oneFreezesForLonger = {
  ...{ ...oneFreezes, experiment: 'one-freezes-for-longer' },
  duration: `${seconds.interrupted}s`,
};

/** With every kind of mistake. */
export const refused = {
  ...{ ...common, experiment: 'Refused!', duration: '500ms' },
  target: { agents: ['web-1', 'web-1'], process: 'shop', host: true },
  ...{ blastRadius: { count: 3 }, fault: { type: 'loss', intensity: 2 } },
  hypothesis: { answers: { errorsOf: observed, atMost: '100%' } },
  stopConditions: [{ metric: 'answer', above: '50%', over: '5s' }],
};
