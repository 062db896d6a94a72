import { strykerValidationSchema, strykerPlugins as theirs } from '@stryker-mutator/vitest-runner';
import { LikeliestFirst, mutateNext, remember } from './likeliest-first.ts';

/*
Stryker's runner for vitest, made to work with vitest 5, which matches `testNamePattern` against names joined by ` > `
(https://vitest.dev/guide/migration). The runner joins them by a space, so no test would run and every mutant survive:
https://github.com/stryker-mutator/stryker-js/issues/6210
*/

interface Project {
  readonly config: object;
}
/** What is used of the runner, whose own types leave it private. */
interface VitestRunner {
  readonly ctx: {
    readonly projects: readonly Project[];
    readonly config: { readonly sequence: { sequencer: unknown } };
  };
  init(): Promise<void>;
  mutantRun(options: {
    readonly testFilter?: readonly string[];
    readonly activeMutant: { readonly fileName: string };
  }): Promise<{
    readonly status: string;
    readonly nrOfTests?: number;
    readonly killedBy?: readonly string[];
  }>;
}

/** A pattern of names joined by a space, for names joined by ` > `. */
export const joinedAnew = (pattern: RegExp): RegExp =>
  new RegExp(pattern.source.replaceAll(' ', '(?: > | )'));

function translatePatterns({ config }: Project): void {
  let pattern: RegExp | undefined;
  Object.defineProperty(config, 'testNamePattern', {
    enumerable: true,
    get: () => pattern,
    set: (given: RegExp | undefined) => {
      pattern = given && joinedAnew(given);
    },
  });
}

const { kind, factory } = theirs[0] as unknown as {
  readonly kind: string;
  readonly factory: (injector: unknown) => VitestRunner;
};

function create(injector: unknown): VitestRunner {
  const runner = factory(injector);
  const init = runner.init.bind(runner);
  const mutantRun = runner.mutantRun.bind(runner);
  runner.init = async () => {
    await init();
    runner.ctx.projects.forEach(translatePatterns);
    runner.ctx.config.sequence.sequencer = LikeliestFirst;
  };
  runner.mutantRun = async options => {
    mutateNext(options.activeMutant.fileName);
    const result = await mutantRun(options);
    if (result.killedBy) remember(result.killedBy);
    // No test ran, which says nothing of the mutant: an error, not a survivor.
    if (result.status !== 'survived' || result.nrOfTests !== 0) return result;
    return { status: 'error', errorMessage: `none of ${options.testFilter?.length} tests ran` };
  };
  return runner;
}
create.inject = ['$injector'] as const;

export const strykerPlugins = [{ kind, name: 'vitest-5', factory: create }];
export { strykerValidationSchema };
