import { dirname, join } from 'node:path';
import { flawsOf } from '../policy/messages.ts';
import type { Problem, SourceDocument } from '../source/document.ts';
import { toProblem } from '../source/flaw.ts';
import { isMap, type Mapping } from '../source/mapping.ts';
import type { Keys } from '../source/path.ts';
import type { Case, Expected, WrittenCase } from './case.ts';
import { mergePatch } from './merge.ts';
import { validateCases } from './validator.ts';

/** The names of files with cases. */
export const CASES_FILE = /\.tests\.(yaml|yml|json)$/;

/** The cases of a file, with tables expanded, and what is wrong with those that are left out. */
export function readCases(document: SourceDocument): {
  readonly cases: readonly Case[];
  readonly problems: readonly Problem[];
} {
  const { value } = document;
  if (!validateCases(value)) {
    const flaws = flawsOf(validateCases.errors ?? [], value, document.writtenAt);
    const fix = Array.isArray(value) ? {} : { fix: 'Write a list of cases: each begins with "- name:".' };
    return { cases: [], problems: flaws.map(flaw => toProblem({ ...flaw, ...fix }, document)) };
  }
  const cases: Case[] = [];
  const problems: Problem[] = [];
  for (const [i, written] of value.entries()) {
    for (const { path, one } of spread(written, [i])) {
      const read = readOne(one, path, [i], document);
      if ('problem' in read) problems.push(read.problem);
      else cases.push(read.case);
    }
  }
  return { cases, problems };
}

/** A single case, or each line of its table merged over it. */
function spread(
  { each, ...base }: WrittenCase,
  path: Keys,
): readonly { readonly path: Keys; readonly one: WrittenCase }[] {
  if (!each) return [{ path, one: base }];
  return each.map((line, i) => ({
    path: [...path, 'each', i],
    one: { ...(mergePatch(base, line) as WrittenCase), name: `${base.name}: ${line.name}` },
  }));
}

/**
 * @param path the path of the case, or of its line in a table
 * @param base the path of the case that has the table
 */
function readOne(
  one: WrittenCase,
  path: Keys,
  base: Keys,
  document: SourceDocument,
): { readonly case: Case } | { readonly problem: Problem } {
  const { pod, manifest, expect, namespace, cluster, now } = one;
  const wrong = (message: string, fix: string) => ({
    problem: toProblem({ path, message: `"${one.name}" ${message}`, fix }, document),
  });
  if (pod && manifest) return wrong('has both a pod and a manifest', 'Leave one of them out.');
  if (!pod && !manifest) return wrong('has neither a pod nor a manifest', 'Give what is to be judged.');
  if (!isWhole(expect)) return wrong('expects no verdict', 'Write expect.verdict: admit, sandbox or reject.');
  const field = pod ? 'pod' : 'manifest';
  const object: Mapping = manifest ?? {
    apiVersion: 'v1',
    kind: 'Pod',
    ...pod,
    metadata: { name: 'case', ...(isMap(pod?.metadata) ? pod.metadata : {}) },
  };
  const own = isMap(object.metadata) ? object.metadata.namespace : undefined;
  const name = namespace?.name ?? (typeof own === 'string' && own !== '' ? own : 'default');
  const position = document.positionOf(path);
  return {
    case: {
      name: one.name,
      position,
      manifest: {
        value: object,
        position,
        // Whatever is not in the line of a table comes from the case above it.
        positionOf: keys => {
          const inLine = document.positionOf([...path, field, ...keys]);
          const inBase = document.positionOf([...base, field, ...keys]);
          return inLine.line === position.line ? inBase : inLine;
        },
      },
      namespace: name,
      ...(namespace && { facts: { name, labels: { ...namespace.labels, [NAME_LABEL]: name } } }),
      ...(cluster !== undefined && { cluster: join(dirname(position.file), cluster) }),
      ...(now !== undefined && { now: Date.parse(now) }),
      expect,
    },
  };
}

const isWhole = (expect: Partial<Expected> | undefined): expect is Expected => expect?.verdict !== undefined;

/** The label that an API server sets on each Namespace. */
const NAME_LABEL = 'kubernetes.io/metadata.name';
