import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Problem, SourceDocument } from '../source/document.ts';
import { type FileSystem, NO_INPUT } from '../source/files/files.ts';
import { byPlace } from '../source/place.ts';
import { readPolicies } from './arguments.ts';
import { builtinPolicy } from './builtin.ts';
import type { Clock } from './exemption.ts';
import { type Accepted, keptFrom, lastGood, refuseDuplicates } from './keep.ts';
import { idIn, type PolicyObject, readObject } from './object.ts';
import type { CompiledPolicy, Snapshot } from './policy.ts';
import { profilesFrom } from './profiles.ts';

export interface CompileOptions {
  /** The documents of the built-in policy `balanced`, from which `fallback` is made. */
  readonly builtin: readonly SourceDocument[];
  /** Whether `balanced` is also in force. */
  readonly balanced: boolean;
  /** The time against which expiry is judged, in milliseconds since the epoch. Default: the clock. */
  readonly now?: number;
  /** The most days until an exemption expires. Default: 365. */
  readonly maxExemptionDays?: number;
  /** The result before this one: an object that is broken now keeps its last good version. */
  readonly previous?: Compilation;
  /** Last good versions that an earlier process has left, for objects that `previous` does not know. */
  readonly kept?: readonly SourceDocument[];
  /** Files that could not be read at all. Objects that came from such a file stay in force. */
  readonly unread?: readonly Problem[];
}

export interface Compilation {
  readonly snapshot: Snapshot;
  /** All problems, including those of `unread`. */
  readonly problems: readonly Problem[];
  /** The documents in force, by `Kind/name` or `Kind/namespace/name`. */
  readonly accepted: Accepted;
}

export interface LoadOptions extends Partial<Omit<CompileOptions, 'builtin' | 'unread'>> {
  /** The input that `-` stands for. */
  readonly stdin?: AsyncIterable<string | Uint8Array>;
  readonly fs?: FileSystem;
  /** Documents that do not come from files, such as objects of a cluster. */
  readonly documents?: readonly SourceDocument[];
  /** Whether a document from a file replaces the one of `documents` with the same name, as it will once it is applied. */
  readonly asIfApplied?: boolean;
}

const MAX_EXEMPTION_DAYS = 365;

/**
 * Reads and compiles policy arguments: built-in names and paths.
 * @param options `balanced`, the built-in policy, is in force unless it is false
 */
export async function loadPolicies(
  names: readonly string[],
  options: LoadOptions = {},
): Promise<Compilation> {
  const { stdin = NO_INPUT, fs, documents = [], asIfApplied = false, ...rest } = options;
  const { documents: found, problems, files } = await readPolicies(names, stdin, fs);
  const builtin = builtinPolicy('balanced');
  const read = rest.balanced === false ? found : withoutCopiesOf(builtin, found);
  const beside = asIfApplied ? withoutThoseOf(read, documents) : documents;
  const compilation = compile([...beside, ...read], {
    balanced: true,
    ...rest,
    builtin,
    unread: problems,
  });
  return { ...compilation, problems: byPlace(compilation.problems, files) };
}

/** The file of the built-in policy itself, or a copy of it, is no other policy of its name. */
function withoutCopiesOf(
  builtin: readonly SourceDocument[],
  documents: readonly SourceDocument[],
): readonly SourceDocument[] {
  return documents.filter(({ value }) => !builtin.some(one => isDeepStrictEqual(one.value, value)));
}

function withoutThoseOf(
  read: readonly SourceDocument[],
  documents: readonly SourceDocument[],
): readonly SourceDocument[] {
  const ids = new Set(read.map(idIn));
  return documents.filter(document => !ids.has(idIn(document)));
}

/**
 * Turns documents into what decisions are made with. It is pure, except that the built-in profiles are read once. It never
 * throws on a document: what is wrong is a Problem, and the rest is in force.
 */
export function compile(documents: readonly SourceDocument[], options: CompileOptions): Compilation {
  const { now = Date.now(), maxExemptionDays = MAX_EXEMPTION_DAYS, builtin, unread = [] } = options;
  const clock: Clock = { now, maxExemptionDays };
  const given = new Set(options.balanced ? [...builtin, ...documents] : documents);
  const read = Array.from(given, document => readObject(document, clock));
  const objects = refuseDuplicates(read, new Set(builtin));
  const before = goodBefore(options, clock);
  const inForce = byId([
    ...objects.flatMap(object => (object.sound ? [object] : lastGood(object, before, clock))),
    ...keptFrom(unread, objects, before, clock),
  ]);
  const [profiles, others] = [inForce.filter(isProfile), inForce.filter(object => !isProfile(object))];
  const loaded = profilesFrom(profiles, objects.filter(isProfile), before);
  const accepted = new Map([
    ...others.map(object => [idOf(object), object.document] as const),
    ...loaded.accepted,
  ]);
  return {
    snapshot: Object.freeze({
      policies: Object.freeze(inForce.flatMap(object => object.policy ?? [])),
      exemptions: Object.freeze(inForce.flatMap(object => object.exemption ?? [])),
      profiles: loaded.table,
      fallback: fallbackFrom(builtin, clock),
      version: versionOf(accepted),
    }),
    problems: [...unread, ...objects.flatMap(object => object.problems), ...loaded.problems],
    accepted,
  };
}

function goodBefore({ kept = [], previous }: CompileOptions, clock: Clock): Accepted {
  const sound = kept.map(document => readObject(document, clock)).filter(object => object.sound);
  return new Map([
    ...sound.map(object => [idOf(object), object.document] as const),
    ...(previous?.accepted ?? []),
  ]);
}

/** Each object once, in an order that does not depend on how they were read. */
function byId(objects: readonly PolicyObject[]): readonly PolicyObject[] {
  const unique = new Map(objects.map(object => [idOf(object), object]));
  return [...unique.values()].sort((a, b) => (idOf(a) < idOf(b) ? -1 : 1));
}

const isProfile = (object: PolicyObject): boolean => object.kind === 'SandboxProfile';
const idOf = (object: PolicyObject): string => object.id ?? '';

function fallbackFrom(builtin: readonly SourceDocument[], clock: Clock): CompiledPolicy {
  const policies = builtin.flatMap(document => readObject(document, clock).policy ?? []);
  const balanced = policies.find(policy => policy.name === 'balanced');
  if (!balanced) throw new Error('the built-in policy balanced is missing');
  return balanced;
}

/** The version, which is the same for the same objects, in whatever order and from whatever files. */
function versionOf(accepted: Accepted): string {
  const hash = createHash('sha256');
  for (const [id, document] of accepted) hash.update(`${id}\n${specDigestOf(document)}\n`);
  return hash.digest('hex').slice(0, 12);
}

const specDigests = new WeakMap<object, string>();

/**
 * A digest of only the spec: metadata of a cluster's object changes without meaning. It is kept, as of many objects, one
 * changes at a time.
 */
function specDigestOf({ value }: SourceDocument): string {
  const { spec } = value as { readonly spec?: unknown };
  const text = specDigests.get(value as object) ?? digestOf(spec);
  specDigests.set(value as object, text);
  return text;
}

const digestOf = (spec: unknown): string =>
  createHash('sha256')
    .update(JSON.stringify(spec) ?? '')
    .digest('base64');
