import { MODES, type Mode } from '../pod/mode.ts';
import type { Review } from './result.ts';
import { clean } from './text.ts';
import { someOf } from './words.ts';

/** What becomes of the verdicts where the webhook does not do all it could. */
const MEANING: Readonly<Partial<Record<Mode, string>>> = {
  off: 'the webhook does not look; these verdicts are what it would find.',
  audit: 'verdicts are recorded; nobody is warned, nothing is changed or rejected.',
  warn: 'clients are warned; nothing is changed or rejected.',
  inject: 'classes are set, and clients warned; nothing is rejected.',
};

/** Where modes differ, each with its namespaces: what it says of one is not so in the others. */
export function modeLines({ results }: Review): string[] {
  const byMode = Map.groupBy(results, ({ mode }) => mode);
  return MODES.flatMap(mode => {
    const [what, those] = [MEANING[mode], byMode.get(mode)];
    if (!what || !those) return [];
    const namespaces = [...new Set(those.map(({ namespace }) => clean(namespace)))];
    const where =
      byMode.size > 1
        ? ` (${namespaces.length === 1 ? 'namespace' : 'namespaces'} ${someOf(namespaces)})`
        : '';
    return [`Mode ${mode}${where}: ${what}`];
  });
}
