import type { ASTNode } from '@marcbachmann/cel-js';
import { nearest } from '../../source/nearest.ts';
import { eachField } from './fields.ts';
import { CelRefused } from './measure.ts';
import { POD_TYPES } from './pod-fields.gen.ts';
import { type Origins, originOf } from './walked.ts';

/*
Fields of `object` that no Pod has, as far as its schema is known here: a misspelt one is absent from every Pod. The API server
reports the same of a ValidatingAdmissionPolicy, in its status, and refuses nothing for it (type checking, in k8s.io/apiserver
pkg/admission/plugin/policy/validating/typechecking.go), as a later Kubernetes may have the field. A rule that asks for a field
by has() or as an optional may be written for such a version, so that is reported only where a known field has a similar name.
*/

interface Type {
  /** The type of a field that has fields; undefined for any other. */
  readonly fields: ReadonlyMap<string, { readonly type: string; readonly isList: boolean } | undefined>;
}

/** Fields that the client's models do not have yet (KEP-5474). */
const NEWER: Readonly<Record<string, string>> = { V1SecurityContext: ' cgroupOptions' };

const types = new Map<string, Type>();

/** @param name one of `POD_TYPES`, which name no others */
function typeOf(name: string): Type {
  const known = types.get(name);
  if (known) return known;
  const type = { fields: new Map(`${POD_TYPES[name]}${NEWER[name] ?? ''}`.split(' ').map(fieldOf)) };
  types.set(name, type);
  return type;
}

/** The name of a field, and its type where it has fields, or its items have: `containers[]:V1Container`. */
function fieldOf(written: string) {
  const [path = '', type] = written.split(':');
  const name = path.replace('[]', '');
  return [name, type === undefined ? undefined : { type, isList: name !== path }] as const;
}

/** Each field that is read of `object` and that no Pod has, where it is read first, in that order. */
export function unknownFields(root: ASTNode): readonly CelRefused[] {
  const found: CelRefused[] = [];
  eachField(root, (node, origins, isAsked) => {
    if (node.op === '.' || node.op === '.?') hold(node, origins, isAsked || node.op === '.?', found);
  });
  found.sort((a, b) => a.offset - b.offset);
  return [...Map.groupBy(found, ({ message }) => message).values()].flatMap(some => some.slice(0, 1));
}

/** How many fields are reported, as finding what was meant takes long beside all else that is done with a rule. */
const MOST = 10;

/** Checks a field against each type that it may belong to, and reports it where none has it. */
function hold(
  node: Extract<ASTNode, { op: '.' | '.?' }>,
  origins: Origins,
  isAsked: boolean,
  found: CelRefused[],
): void {
  if (found.length >= MOST) return;
  const [of, field] = node.args;
  const paths = originOf(of, origins)?.paths ?? [];
  const holders = paths.flatMap(path => typeAt(path) ?? []);
  if (holders.length === 0 || holders.length < paths.length) return;
  if (holders.some(({ fields }) => fields.has(field))) return;
  const names = holders.flatMap(({ fields }) => [...fields.keys()]);
  const meant = nearest(field, names);
  if (isAsked && meant === undefined) return;
  const start = of.end + (node.op === '.?' ? 2 : 1);
  found.push(new CelRefused(`no Pod has a field ${field} in ${paths[0]}`, { start }, meant));
}

/** The type of a path such as `object.spec.containers[].env[]`; undefined where it has no fields, or is not known. */
function typeAt(path: string): Type | undefined {
  const [root, ...steps] = path.split('.');
  if (root !== 'object') return undefined;
  let type = typeOf('V1Pod');
  for (const step of steps) {
    const [name = '', ...items] = step.split('[]');
    const field = type.fields.get(name);
    // A list that is not indexed has no fields, and neither has an item of what is no list.
    if (!field || (items.length === 1) !== field.isList) return undefined;
    type = typeOf(field.type);
  }
  return type;
}
