import { ownFlaws } from '../profiles/flaws.ts';
import type { SandboxProfile } from '../profiles/types.gen.ts';
import type { Problem, SourceDocument } from '../source/document.ts';
import { type Flaw, suggest, toProblem } from '../source/flaw.ts';
import { KINDS, type Kind } from '../source/group.ts';
import { isMap } from '../source/mapping.ts';
import type { Keys } from '../source/path.ts';
import { byPlace } from '../source/place.ts';
import { compileClusterPolicy, compileNamespacedPolicy } from './compile.ts';
import { type Clock, compileExemption, exemptionFlaws } from './exemption.ts';
import type { CompiledExemption, CompiledPolicy } from './policy.ts';
import { SCHEMAS } from './schema/index.ts';
import { standInFor } from './stand-in.ts';
import type { ClusterSandboxPolicy, SandboxExemption, SandboxPolicy } from './types.gen.ts';
import { validate } from './validate.ts';

/** A checked document: what it is, its compiled form, and what is wrong with it. */
export interface PolicyObject {
  readonly document: SourceDocument;
  /** `Kind/name` or `Kind/namespace/name`; undefined where that cannot be read. */
  readonly id?: string;
  readonly kind?: Kind;
  readonly problems: readonly Problem[];
  /** False when an error keeps it out of force. */
  readonly sound: boolean;
  readonly policy?: CompiledPolicy;
  readonly exemption?: CompiledExemption;
  /** A profile that fits, in place of one that does not fit its schema, to find what else is wrong with it. */
  readonly standIn?: SourceDocument;
}

/**
 * Results that are kept for documents that are read again: of a cluster's many objects, one changes at a time, and compiling
 * all of them at each change would take long, and hold them twice.
 */
const known = new WeakMap<SourceDocument, PolicyObject>();

/** Checks one document by itself. A SandboxProfile is checked against its schema alone: it may extend others. */
export function readObject(document: SourceDocument, clock: Clock): PolicyObject {
  const before = known.get(document);
  if (before) return before;
  const object = read(document, clock);
  // Whether an exemption has expired has to be checked each time.
  if (object.kind !== 'SandboxExemption') known.set(document, object);
  return object;
}

function read(document: SourceDocument, clock: Clock): PolicyObject {
  const { value } = document;
  if (!isMap(value)) {
    const message = 'not an object with apiVersion and kind';
    return broken(document, { path: [], message, fix: `Write one of ${KINDS.join(', ')}.` });
  }
  const kind = KINDS.find(name => name === value.kind);
  if (!kind) return broken(document, unknownKind(value.kind));
  const id = idOf(kind, value.metadata);
  const misfits = bear(
    validate(kind, value, path => document.writtenAt?.(path)),
    document,
  );
  const fits = misfits.every(isWarning);
  const { flaws, ...made } = fits
    ? compiledOnce(kind, document, clock)
    : flawsBeside(misfits, kind, document, clock);
  const all = [...misfits, ...bear(flaws, document)];
  return {
    document,
    kind,
    ...(id !== undefined && { id }),
    problems: byPlace(all.map(flaw => toProblem(flaw, document, id ?? kind))),
    sound: all.every(isWarning),
    ...made,
  };
}

/** What else is wrong with a document that does not fit its schema, so that its author learns all of it at once. */
function flawsBeside(
  misfits: readonly Flaw[],
  kind: Kind,
  document: SourceDocument,
  clock: Clock,
): Pick<PolicyObject, 'standIn'> & { readonly flaws: readonly Flaw[] } {
  const value = standInFor(
    document.value,
    SCHEMAS[kind],
    misfits.map(({ path }) => path),
  );
  if (validate(kind, value).length > 0) return { flaws: [] };
  const standIn = { ...document, value };
  const isProfile = kind === 'SandboxProfile';
  const own = isProfile ? ownFlaws(value as SandboxProfile) : compileAs(kind, standIn, clock).flaws;
  // Flaws of what a stand-in made up are not flaws of the document.
  const flaws = own.filter(
    flaw => !misfits.some(({ path }) => isWithin(flaw.path, path) || isWithin(path, flaw.path)),
  );
  // Other flaws of a profile can be found only with the profiles that it extends.
  return { flaws, ...(isProfile && { standIn }) };
}

const isWithin = (path: Keys, outer: Keys): boolean => outer.every((key, i) => path[i] === key);

const isWarning = ({ severity }: Flaw): boolean => severity === 'warning';

/**
 * Whatever was in force before an upgrade stays in force: a lowered limit is for the API server to apply to what is written
 * anew, and an expression that was accepted is still evaluated. Both are reported as warnings.
 */
function bear(flaws: readonly Flaw[], { standing }: SourceDocument): readonly Flaw[] {
  return flaws.map(flaw => {
    const borne =
      (flaw.tightened === 'limit' && standing !== undefined) ||
      (flaw.tightened === 'expression' && standing === 'accepted');
    return borne ? { ...flaw, severity: 'warning' } : flaw;
  });
}

type Compiled = Pick<PolicyObject, 'policy' | 'exemption'> & { readonly flaws: readonly Flaw[] };

/** The key is the value, which an object of a cluster keeps when only its standing changes. */
const compiled = new WeakMap<object, Compiled>();

function compiledOnce(kind: Kind, document: SourceDocument, clock: Clock): Compiled {
  const value = document.value as object;
  const before = compiled.get(value);
  if (before) return before;
  const now = compileAs(kind, document, clock);
  if (kind !== 'SandboxExemption') compiled.set(value, now);
  return now;
}

/** The casts hold, as the schema has been checked. */
function compileAs(kind: Kind, { value }: SourceDocument, clock: Clock): Compiled {
  switch (kind) {
    case 'ClusterSandboxPolicy':
      return compileClusterPolicy(value as ClusterSandboxPolicy);
    case 'SandboxPolicy':
      return compileNamespacedPolicy(value as SandboxPolicy);
    case 'SandboxExemption': {
      const exemption = value as SandboxExemption;
      return { exemption: compileExemption(exemption), flaws: exemptionFlaws(exemption, clock) };
    }
    case 'SandboxProfile':
      return { flaws: [] };
  }
}

function broken(document: SourceDocument, flaw: Flaw): PolicyObject {
  return { document, problems: [toProblem(flaw, document)], sound: false };
}

function unknownKind(kind: unknown): Flaw {
  const path = ['kind'];
  if (typeof kind !== 'string')
    return { path, message: 'kind is missing', fix: `Write one of ${KINDS.join(', ')}.` };
  return { path, message: `there is no kind ${kind} here`, fix: suggest(kind, KINDS) };
}

/** The id of a document that has not been checked. */
export function idIn({ value }: SourceDocument): string | undefined {
  if (!isMap(value)) return undefined;
  const kind = KINDS.find(name => name === value.kind);
  return kind && idOf(kind, value.metadata);
}

/** `Kind/name` or `Kind/namespace/name`. */
function idOf(kind: Kind, metadata: unknown): string | undefined {
  if (!isMap(metadata) || typeof metadata.name !== 'string') return undefined;
  if (kind !== 'SandboxPolicy') return `${kind}/${metadata.name}`;
  return typeof metadata.namespace === 'string'
    ? `${kind}/${metadata.namespace}/${metadata.name}`
    : undefined;
}
