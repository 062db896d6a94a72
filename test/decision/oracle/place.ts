import type { NodeFeature, RuntimeClassFacts } from '../../../src/cluster/view.ts';
import type { Objection, PlacementStep } from '../../../src/decision/decision.ts';
import type { Scheduling } from '../../../src/decision/schedule.ts';
import type { Isolation } from '../../../src/profiles/isolation.ts';
import type { Profile, Support } from '../../../src/profiles/profile.ts';
import type { Finding, SignalId } from '../../../src/signals/signal.ts';
import { hasHandler, plainScan } from '../plain-scan.ts';
import { contradicted } from './schedule.ts';
import { signalsIn } from './weigh.ts';
import { byText, isNamespaced, type RawPolicy, strength, type World } from './world.ts';

/** The needs that every class is compared with. */
export interface Asked {
  readonly findings: readonly Finding[];
  readonly required: Isolation;
  readonly scheduling: Scheduling;
  /** The governing cluster policy. */
  readonly policy: RawPolicy;
  readonly others: readonly RawPolicy[];
}

/** Every candidate in order. Of those that fit, the first that a node can run now is chosen, or else the first. */
export function placed(world: World, asked: Asked): readonly PlacementStep[] {
  const steps = candidates(world, asked.policy).map(name => inOs(world, asked, held(world, asked, name)));
  const chosen = steps.find(step => isFit(step) && step.available) ?? steps.find(isFit);
  return steps.map(step => ({ ...step, chosen: step === chosen }));
}

/** A class that is not said to be for Windows is for Linux. */
function inOs(world: World, asked: Asked, step: PlacementStep): PlacementStep {
  const isWindows = asked.findings.some(({ signal }) => signal === 'windowsPod');
  const isFor = world.profiles.forHandler(step.handler).os;
  return isFor === 'linux' || isWindows
    ? step
    : { ...step, objections: [...step.objections, { code: 'other-os' }] };
}

export const isFit = ({ objections }: PlacementStep): boolean =>
  objections.every(({ code }) => code === 'no-node');

function candidates(world: World, { spec }: RawPolicy): readonly string[] {
  const sandboxes = world.classes
    .filter(one => isolationOf(world, one) !== 'host-kernel')
    .toSorted(byCost(world));
  const names = (spec.sandboxes ?? [undefined]).flatMap(choice => {
    if (!choice) return world.offered ?? sandboxes.map(({ name }) => name);
    if (choice.runtimeClass !== undefined) return [choice.runtimeClass];
    const named = sandboxes
      .filter(one => isolationOf(world, one) === choice.isolation)
      .map(({ name }) => name);
    const isOffered = (name: string): boolean => world.offered?.includes(name) ?? false;
    return [...named.filter(isOffered), ...named.filter(name => !isOffered(name))];
  });
  return names.filter((name, i) => names.indexOf(name) === i);
}

const isolationOf = ({ profiles }: World, { handler }: RuntimeClassFacts): Isolation =>
  profiles.forHandler(handler).isolation;

/** Orders by isolation, then overhead (memory, CPU), then name. */
const byCost =
  (world: World) =>
  (a: RuntimeClassFacts, b: RuntimeClassFacts): number =>
    strength(isolationOf(world, a)) - strength(isolationOf(world, b)) ||
    amount(a.overhead?.memory) - amount(b.overhead?.memory) ||
    amount(a.overhead?.cpu) - amount(b.overhead?.cpu) ||
    byText(a.name, b.name);

const SUFFIXES: Readonly<Record<string, number>> = {
  '': 1,
  m: 0.001,
  k: 1000,
  M: 1e6,
  G: 1e9,
  Ki: 1024,
  Mi: 1024 ** 2,
  Gi: 1024 ** 3,
};

/** Reads the quantities that the generators write. */
const amount = (quantity = '0'): number =>
  Number.parseFloat(quantity) * (SUFFIXES[quantity.replace(/^[\d.]+/, '')] as number);

/** One class with everything that speaks against it. */
export function held(world: World, asked: Asked, name: string): PlacementStep {
  const facts = world.classes.find(one => one.name === name);
  const profile = world.profiles.forHandler(facts?.handler ?? '');
  const { id, isolation } = profile;
  const shared = { runtimeClass: name, profile: id, isolation, chosen: false };
  if (!facts) {
    return {
      ...shared,
      handler: '',
      objections: [{ code: 'missing' }],
      degraded: [],
      notServed: [],
      available: false,
    };
  }
  const words = signalsIn(asked.findings).flatMap(signal =>
    wordsOf(profile, asked.findings, signal, wordOf(world, facts, profile, signal)),
  );
  const lacking = asked.findings.filter(({ signal, value }) => !isServed(profile, signal, String(value)));
  const notServed = signalsIn(lacking);
  const available = isAvailable(world, asked, facts);
  const clash = contradicted(asked.scheduling, facts);
  const objections: Objection[] = [];
  if (strength(isolation) < strength(asked.required)) objections.push({ code: 'too-weak' });
  for (const { signal, word, ...about } of words) {
    const waived = asked.findings.every(one => one.signal !== signal || one.waivedBy !== undefined);
    if (word === 'unsupported') objections.push({ code: 'unsupported', signal, ...about });
    if (word === 'exposed' && !waived) objections.push({ code: 'exposed', signal, ...about });
    objections.push(...exemptInVain(lacking, signal));
  }
  if (clash !== undefined) objections.push({ code: 'unsupported', detail: clash });
  if (!asked.others.every(policy => isListed(world, policy, facts))) objections.push({ code: 'not-listed' });
  if (!available) objections.push({ code: 'no-node' });
  const accepted = isNamespaced(asked.policy) ? [] : (asked.policy.spec.acceptDegraded ?? []);
  const degraded = words
    .filter(({ signal, word }) => word === 'degraded' && !accepted.includes(signal))
    .map(({ signal }) => signal);
  return {
    ...shared,
    handler: facts.handler,
    objections,
    degraded: [...new Set(degraded)],
    notServed,
    available,
  };
}

interface Said {
  readonly signal: SignalId;
  readonly word: Support;
  readonly detail?: string;
}

/** First a word for each value that the profile knows as a resource, then one for the rest, if there is any. */
function wordsOf(profile: Profile, findings: readonly Finding[], signal: SignalId, word: Support): Said[] {
  const said: Said[] = [];
  let isRest = false;
  for (const { signal: its, value } of findings) {
    if (its !== signal) continue;
    const named = profile.resources.get(String(value));
    if (!named) isRest = true;
    else if (said.every(({ detail }) => detail !== value)) {
      said.push({ signal, word: named.support, detail: String(value) });
    }
  }
  return isRest ? [...said, { signal, word }] : said;
}

/** Reads the profile as it is written, path by path; only exposed paths have such a list. */
function isServed({ signals }: Profile, signal: SignalId, path: string): boolean {
  const lists = signals.get(signal)?.notServed;
  return !lists || !isIn(lists.paths, path) || isIn(lists.except ?? [], path);
}

/** A pattern covers a path and everything below it, segment by segment; that of the root covers only the root. */
const isIn = (patterns: readonly string[], path: string): boolean =>
  patterns.some(pattern => {
    if (pattern === '/' || path === '/') return pattern === path || (path === '/' && pattern === '/*');
    const segments = path.split('/');
    return pattern.split('/').every((wanted, i) => isAlike(wanted, segments[i]));
  });

/** A pattern without `*` must be equal; one with it must have the text around it, in order. */
function isAlike(wanted: string, segment: string | undefined): boolean {
  if (segment === undefined) return false;
  const [first = '', ...rest] = wanted.split('*');
  if (rest.length === 0) return wanted === segment;
  const last = rest.at(-1) as string;
  let at = first.length;
  for (const part of rest.slice(0, -1)) {
    at = segment.indexOf(part, at) + part.length;
    if (at < part.length) return false;
  }
  return segment.startsWith(first) && segment.endsWith(last) && segment.length - last.length >= at;
}

/** The values that an exemption allows but the class does not serve. */
function exemptInVain(lacking: readonly Finding[], signal: SignalId): Objection[] {
  const exempt = lacking.filter(one => one.signal === signal && one.waivedBy !== undefined);
  const paths = exempt.map(({ value, written = String(value) }) => written);
  return paths.length > 0 ? [{ code: 'not-served', signal, detail: [...new Set(paths)].join(', ') }] : [];
}

const isListed = (world: World, { spec }: RawPolicy, facts: RuntimeClassFacts): boolean =>
  !spec.sandboxes ||
  spec.sandboxes.some(
    ({ runtimeClass, isolation }) =>
      runtimeClass === facts.name || (isolation !== undefined && isolation === isolationOf(world, facts)),
  );

/** What nodes report takes precedence over what the profile says of its handlers. */
const FEATURES: Readonly<Record<SignalId, NodeFeature>> = {
  hostUsers: 'userNamespaces',
  recursiveReadOnly: 'recursiveReadOnlyMounts',
};

function wordOf(world: World, { handler }: RuntimeClassFacts, profile: Profile, signal: SignalId): Support {
  const word = profile.signals.get(signal)?.support as Support;
  const feature = FEATURES[signal];
  if (!feature || !world.nodes) return word;
  const reports = world.nodes
    .filter(node => hasHandler(node, world.classes, handler))
    .flatMap(node => node.handlers ?? [])
    .filter(({ name }) => profile.handlers.includes(name));
  if (reports.length === 0) return word;
  return reports.some(report => report[feature]) ? 'contained' : 'unsupported';
}

function isAvailable({ nodes, classes }: World, asked: Asked, facts: RuntimeClassFacts): boolean {
  if (!nodes) return true;
  const features = signalsIn(asked.findings).flatMap(signal => FEATURES[signal] ?? []);
  return plainScan(nodes, classes, asked.scheduling, facts, features);
}
