import { relative } from 'node:path';
import type { MutantResult } from '@stryker-mutator/api/core';

/*
A reporter for Stryker that names each mutant that is not killed as soon as it is known. A run takes hours, and its survivors
can be read and answered while it goes on.
*/

class Survivors {
  onMutantTested(mutant: Readonly<MutantResult>): void {
    const { status, statusReason, fileName, location, mutatorName, replacement } = mutant;
    if (status === 'Killed' || status === 'Ignored') return;
    const { line, column } = location.start;
    const place = `${relative(process.cwd(), fileName)}:${line}:${column}`;
    const why = status === 'Timeout' && statusReason ? ` (${statusReason})` : '';
    process.stdout.write(
      `${status}${why} ${place} ${mutatorName}: ${replacement?.replaceAll(/\s+/g, ' ')}\n`,
    );
  }
}

export const strykerPlugins = [{ kind: 'Reporter', name: 'survivors', injectableClass: Survivors }];
