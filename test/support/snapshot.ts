import { builtinPolicy } from '../../src/policy/builtin.ts';
import { compile } from '../../src/policy/load.ts';
import type { Snapshot } from '../../src/policy/policy.ts';
import { documentOf } from './documents.ts';

/** A snapshot of these objects beside the built-in `balanced`. Throws on any problem: a fixture must be valid. */
export function snapshotOf(objects: readonly unknown[] = [], options: { balanced?: boolean } = {}): Snapshot {
  const { snapshot, problems } = compile(
    objects.map(object => documentOf(object)),
    {
      builtin: builtinPolicy('balanced'),
      balanced: options.balanced ?? true,
      now: Date.parse('2026-11-24T00:00:00Z'),
    },
  );
  const errors = problems.filter(problem => problem.severity === 'error');
  if (errors.length > 0) throw new Error(errors.map(({ path, message }) => `${path}: ${message}`).join('\n'));
  return snapshot;
}
