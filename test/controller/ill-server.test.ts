import type { ServerResponse } from 'node:http';
import { Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readCluster } from '../../src/cluster/static.ts';
import type { LoadedObjects } from '../../src/controller/changes.ts';
import { aborted, type Clock, systemClock } from '../../src/controller/clock.ts';
import { feed } from '../../src/controller/feed.ts';
import { guardTask } from '../../src/controller/guard/task.ts';
import { type Leader, startLeader } from '../../src/controller/leader.ts';
import { fitGuard } from '../../src/guard/guard.ts';
import type { AdmissionPolicy } from '../../src/guard/object.ts';
import { createLogger } from '../../src/log/logger.ts';
import { type Call, FakeApiServer, send } from '../support/api-server.ts';
import { documentOf } from '../support/documents.ts';
import { guardFor } from '../support/guard-for.ts';
import { ObjectStore } from '../support/object-store.ts';
import { policy, runtimeClass } from '../support/objects.ts';
import { settled } from '../support/settled.ts';
import { snapshotOf } from '../support/snapshot.ts';
import { until } from '../support/until.ts';
import { withoutWaiting } from '../support/without-waiting.ts';

/*
What the leader does, by an API server that is ill, over HTTP. How often it is asked is counted by the waits in between, not by
a clock on the wall.
*/

let api: FakeApiServer;
let logged: { readonly msg: string; readonly reason?: string }[];
const log = createLogger('debug', line => logged.push(JSON.parse(line)));
beforeEach(async () => {
  logged = [];
  api = new FakeApiServer();
  await api.start();
});
afterEach(async () => {
  vi.restoreAllMocks();
  await api.stop();
});

/** Answers in place of a server that is well; `well` does what that would. */
type Ill = (response: ServerResponse, call: Call, well: () => void) => void;
const refuses =
  (code: number, message: string): Ill =>
  response =>
    send(response, code, { message });
/** The request is carried out, and its answer is lost. */
const loses: Ill = (response, _, well) => {
  response.end = (() => response.destroy()) as never;
  well();
};
const hangs: Ill = () => undefined;

const ILL: Readonly<Record<string, Ill>> = {
  'answers each call with 409': refuses(409, 'the object has been modified'),
  'forbids it': refuses(403, 'it is forbidden'),
  fails: refuses(500, 'etcdserver: leader changed'),
  'is too busy, and says that it may be asked at once': response => {
    response.writeHead(429, { 'retry-after': '0' }).end('{"message":"busy"}');
  },
  'resets each connection': response => void response.destroy(),
  'answers with HTML': response => void response.writeHead(200).end('<html>'),
  'answers with nothing': response => void response.writeHead(200).end(),
  'does what it is asked, and its answer is lost': loses,
  'never answers': hangs,
};
/** How long a call waits for its answer here, in milliseconds. */
const UNANSWERED_MS = 100;
const isWrite = ({ method }: Call): boolean => method !== 'GET';
const each = Object.entries(ILL).flatMap(([name, ill]) => [
  [name, 'to all', ill, () => true] as const,
  [name, 'to writes', ill, isWrite] as const,
]);

describe('the Lease, by a server that', () => {
  const TIMES = { leaseMs: 400, renewMs: 250, retryMs: 40 };
  let leases: ObjectStore;
  let leaders: Leader[];
  beforeEach(() => {
    leases = new ObjectStore('/apis/coordination.k8s.io/v1', 'leases');
    leaders = [];
  });
  afterEach(() => Promise.all(leaders.map(one => one.stop())));

  /** One that competes. @returns whether it leads, and how often it has waited */
  function start() {
    const told = { leads: false, waits: 0 };
    const clock: Clock = {
      ...systemClock,
      sleep: (ms, signal) => {
        told.waits++;
        return systemClock.sleep(ms, signal);
      },
    };
    const run = async (signal: AbortSignal): Promise<void> => {
      told.leads = true;
      await aborted(signal);
      told.leads = false;
    };
    leaders.push(
      startLeader({
        ...{ api: api.connection().api, namespace: 'system', tasks: [{ name: 'one', run }], log, clock },
        ...{ registry: new Registry(), times: TIMES },
      }),
    );
    return told;
  }

  it.each(each)(
    '%s (%s): nobody leads or one does, and one does once it is well',
    async (_, __, ill, isIll) => {
      let both = false;
      let well = true;
      api.intercept = (call, response) => {
        both ||= a.leads && b.leads;
        const answer = () => leases.answer(call, response);
        if (!well && isIll(call)) ill(response, call, answer);
        else answer();
        return true;
      };
      const [a, b] = [start(), start()];
      await until(() => a.leads || b.leads);
      well = false;
      const [asked, waited] = [api.calls.length, a.waits + b.waits];
      await until(() => a.waits + b.waits >= waited + 60, 20_000);
      // A try is a wait, too: that for its answer. It reads, where it could not write.
      expect(api.calls.length - asked).toBeLessThan(1.5 * (a.waits + b.waits - waited));
      well = true;
      await until(() => a.leads !== b.leads, 10_000);
      expect(both).toBe(false);
      const told = logged.filter(({ msg }) => msg === 'the Lease cannot be read or written');
      expect(told.length).toBeLessThanOrEqual(2);
    },
  );
});

describe('the guard, by a server that', () => {
  const PLAIN = snapshotOf();
  const STRICT = snapshotOf([policy('strict', { minimumIsolation: 'vm' })]);
  const PATH = '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies/cofferdam-guard';
  const classes = readCluster([documentOf(runtimeClass('gvisor', 'runsc'))]).view.runtimeClasses();
  let stored: AdmissionPolicy & { readonly metadata: { readonly resourceVersion?: string } };
  let registry: Registry;
  let now: number;
  let stop: () => Promise<void>;
  const policies = feed<LoadedObjects>();
  const load = (snapshot: typeof PLAIN) =>
    policies.push({ objects: [], result: { snapshot, problems: [], accepted: new Map() } });
  const isInStep = (snapshot: typeof PLAIN) =>
    JSON.stringify(stored.spec) === JSON.stringify(fitGuard(snapshot, classes, Date.now(), {}).policy.spec);
  const outOfStep = async () =>
    (await registry.getSingleMetric('cofferdam_guard_out_of_step')?.get())?.values[0]?.value;

  beforeEach(() => {
    const made = guardFor(PLAIN, [], Date.now());
    stored = { ...made, metadata: { ...made.metadata, resourceVersion: '7' } };
    now = 0;
    stop = async () => undefined;
  });
  afterEach(() => stop());

  /** The answer of a healthy API server. */
  const answer = (call: Call, response: ServerResponse): true => {
    send(response, ...answerTo(call));
    return true;
  };
  const answerTo = ({ method, url, body }: Call): [number, object] => {
    if (url.pathname === '/version') return [200, { major: '1', minor: '36', gitVersion: 'v1.36.0' }];
    if (url.pathname !== PATH) return [404, { message: 'not found' }];
    if (method === 'GET') return [200, stored];
    const written = body as typeof stored;
    const { resourceVersion } = stored.metadata;
    if (written.metadata.resourceVersion !== resourceVersion)
      return [409, { message: 'the object has been modified' }];
    if (!url.searchParams.has('dryRun')) {
      const metadata = { ...written.metadata, resourceVersion: String(Number(resourceVersion) + 1) };
      stored = { ...written, metadata };
    }
    return [200, written];
  };

  /** Time goes on when it is waited for. */
  function start(snapshot: typeof PLAIN): void {
    const stopping = new AbortController();
    registry = new Registry();
    load(snapshot);
    const clock: Clock = {
      now: () => now,
      date: () => now,
      sleep: async ms => {
        now += ms;
        await new Promise(resolve => setImmediate(resolve));
      },
    };
    const task = guardTask({
      ...{ api: api.connection().api, policies, classes: feed<void>(), registry, clock, log },
      view: { ready: () => true, runtimeClasses: () => classes },
    });
    const ended = task.run(stopping.signal);
    stop = () => {
      stopping.abort();
      return ended;
    };
  }

  it('has two leaders for a moment is written once or twice, and in step', async () => {
    const writes: Call[] = [];
    api.intercept = (call, response) => {
      if (isWrite(call) && !call.url.searchParams.has('dryRun')) writes.push(call);
      return answer(call, response);
    };
    start(STRICT);
    const stopFirst = stop;
    start(STRICT);
    const stopSecond = stop;
    stop = async () => void (await Promise.all([stopFirst(), stopSecond()]));
    await settled(() => isInStep(STRICT) && api.calls.length > 30);
    expect(writes.length).toBeLessThanOrEqual(2);
    expect(Number(stored.metadata.resourceVersion)).toBe(8);
  });

  it.each(each)(
    '%s (%s) is asked a few times a second, and the guard is in step once it is well',
    async (_, __, ill, isIll) => {
      const timeout = AbortSignal.timeout.bind(AbortSignal);
      vi.spyOn(AbortSignal, 'timeout').mockImplementation(() => timeout(UNANSWERED_MS));
      const waits = withoutWaiting();
      let well = false;
      api.intercept = (call, response) => {
        if (well || !isIll(call)) return answer(call, response);
        if (ill === hangs) now += 10_000;
        ill(response, call, () => answer(call, response));
        return true;
      };
      start(STRICT);
      const calls = ill === hangs ? 15 : 40;
      await settled(() => api.calls.length >= calls);
      const seconds = (now + waits.asked.reduce((sum, ms) => sum + ms, 0)) / 1000;
      expect(calls / seconds).toBeLessThan(2);
      const told = logged.filter(({ msg }) => msg.startsWith('the guard is not what'));
      expect(told.length).toBeLessThanOrEqual(1);
      vi.restoreAllMocks();
      well = true;
      await settled(async () => isInStep(STRICT) && (await outOfStep()) === 0);
      waits.end();
    },
  );
});
