import type { Problem, SourceDocument } from '../source/document.ts';
import { type Flaw, suggest, toProblem } from '../source/flaw.ts';
import { KINDS, type Kind } from '../source/group.ts';
import { isMap } from '../source/mapping.ts';
import { byPlace } from '../source/place.ts';
import { compileClusterPolicy, compileNamespacedPolicy } from './compile.ts';
import { type Clock, compileExemption, exemptionFlaws } from './exemption.ts';
import type { CompiledExemption, CompiledPolicy } from './policy.ts';
import type { ClusterSandboxPolicy, SandboxExemption, SandboxPolicy } from './types.gen.ts';
import { validate } from './validate.ts';

/** A document, checked: what it is, what became of it, what is wrong with it. */
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
}

/** Checks one document by itself. A SandboxProfile is checked against its schema alone: it may extend others. */
export function readObject(document: SourceDocument, clock: Clock): PolicyObject {
  const { value } = document;
  if (!isMap(value)) {
    const message = 'not an object with apiVersion and kind';
    return broken(document, { path: [], message, fix: `Write one of ${KINDS.join(', ')}.` });
  }
  const kind = KINDS.find(name => name === value.kind);
  if (!kind) return broken(document, unknownKind(value.kind));
  const id = idOf(kind, value.metadata);
  const misfits = validate(kind, value, path => document.writtenAt?.(path));
  const { flaws, ...compiled } = misfits.length > 0 ? { flaws: misfits } : compileAs(kind, document, clock);
  return {
    document,
    kind,
    ...(id !== undefined && { id }),
    problems: byPlace(flaws.map(flaw => toProblem(flaw, document, id ?? kind))),
    sound: flaws.every(flaw => flaw.severity === 'warning'),
    ...compiled,
  };
}

/** The schema has been checked, so the casts hold. */
function compileAs(
  kind: Kind,
  { value }: SourceDocument,
  clock: Clock,
): Pick<PolicyObject, 'policy' | 'exemption'> & { readonly flaws: readonly Flaw[] } {
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

function idOf(kind: Kind, metadata: unknown): string | undefined {
  if (!isMap(metadata) || typeof metadata.name !== 'string') return undefined;
  if (kind !== 'SandboxPolicy') return `${kind}/${metadata.name}`;
  return typeof metadata.namespace === 'string'
    ? `${kind}/${metadata.namespace}/${metadata.name}`
    : undefined;
}
