import { describe, expect, it } from 'vitest';
import type { Problem } from '../../src/source/document.ts';
import { MAX_PROBLEMS } from '../../src/source/limits.ts';
import { Problems } from '../../src/source/problems.ts';

const problem = (severity: Problem['severity'], line: number): Problem => ({
  severity,
  position: { file: 'many.yaml', line },
  path: '',
  message: 'is odd',
});

function withMany(severity: Problem['severity'], ...more: readonly Problem[]): readonly Problem[] {
  const problems = new Problems();
  const all = [...Array.from({ length: MAX_PROBLEMS }, (_, i) => problem(severity, i + 1)), ...more];
  for (const one of all) problems.add(() => one, one);
  return problems.all();
}

describe('beyond the first problems of a file, which are told one by one', () => {
  it('the others are a number', () => {
    const told = withMany('error', problem('error', 9_001), problem('error', 9_002));
    expect(told).toHaveLength(MAX_PROBLEMS + 1);
    expect(told.at(-1)).toMatchObject({ severity: 'error', message: 'and 2 more problems in this file' });
  });

  it('warnings hide no error, nor what was not read', () => {
    const leftOut = { ...problem('warning', 9_002), leftOut: true } as const;
    expect(withMany('warning', problem('error', 9_001)).at(-1)?.severity).toBe('error');
    expect(withMany('warning', leftOut).at(-1)).toMatchObject({ severity: 'warning', leftOut: true });
  });

  it('errors make no error of the warnings behind them', () => {
    expect(withMany('error', problem('warning', 9_001)).at(-1)).not.toHaveProperty('leftOut');
    expect(withMany('error', problem('warning', 9_001)).at(-1)?.severity).toBe('warning');
  });

  it('are errors where nothing else is said of them', () => {
    const problems = new Problems();
    for (let i = 0; i <= MAX_PROBLEMS; i++) problems.add(() => problem('error', i + 1));
    expect(problems.all().at(-1)?.severity).toBe('error');
  });
});
