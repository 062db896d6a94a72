import { MODES, type Mode } from '../../pod/mode.ts';
import { clean, someOf } from '../../source/text.ts';
import type { Review, Reviewed } from '../result.ts';

/** The effect of verdicts in modes where the webhook does not do all it could. */
const MEANING: Readonly<Partial<Record<Mode, string>>> = {
  off: 'the webhook does not look; these verdicts are what it would find.',
  audit: 'verdicts are recorded; nobody is warned, nothing is changed or rejected.',
  warn: 'clients are warned; nothing is changed or rejected.',
  inject: 'classes are set, and clients warned; nothing is rejected.',
};

/** The effect of modes, each with its namespaces, where these differ. */
export function modeLines({ results }: Review): string[] {
  const byMode = Map.groupBy(
    results.filter(({ outOfScope }) => !outOfScope),
    ({ mode }) => mode,
  );
  const modes = MODES.flatMap(mode => {
    const [what, those] = [MEANING[mode], byMode.get(mode)];
    if (!what || !those) return [];
    return [`Mode ${mode}${byMode.size > 1 ? ` (${namespacesOf(those)})` : ''}: ${what}`];
  });
  const outside = results.filter(({ outOfScope }) => outOfScope);
  if (outside.length === 0) return modes;
  return [
    ...modes,
    `Out of scope (${namespacesOf(outside)}): the API server does not ask about Pods there; these verdicts are what they would be.`,
  ];
}

function namespacesOf(results: readonly Reviewed[]): string {
  const namespaces = [...new Set(results.map(({ namespace }) => clean(namespace)))];
  return `${namespaces.length === 1 ? 'namespace' : 'namespaces'} ${someOf(namespaces)}`;
}
