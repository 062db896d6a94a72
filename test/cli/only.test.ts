import { XMLParser } from 'fast-xml-parser';
import { describe, expect, it } from 'vitest';
import { cofferdam, type Ran } from './stranger.ts';

const FLEET = 'test/golden/inputs/fleet';
const review = (...argv: readonly string[]): Promise<Ran> => cofferdam(['review', FLEET, ...argv]);

const JSON_OF = async (...argv: readonly string[]) => JSON.parse((await review('-o', 'json', ...argv)).out);

describe('--only', () => {
  it.each([
    ['reject', ['node-exporter', 'log-shipper']],
    ['sandbox', ['build-image', 'build-packages']],
    ['reject,sandbox', ['node-exporter', 'log-shipper', 'build-image', 'build-packages']],
    ['admit', ['web']],
    ['nothing-contains', ['node-exporter', 'log-shipper']],
    ['unavailable', []],
  ])('%s lists these alone, counts all, and leaves the exit code', async (only, names) => {
    const { results, summary } = await JSON_OF('--only', only);
    expect(results.map(({ name }: { name: string }) => name)).toEqual(names);
    expect(summary).toMatchObject({ total: 5, reject: 2, sandbox: 2, admit: 1, notListed: 5 - names.length });
    expect((await review('--only', only)).code).toBe(1);
    expect((await review('--only', only, '--fail-on', 'never')).code).toBe(0);
  });

  it('may be given twice', async () => {
    const { results } = await JSON_OF('--only', 'admit', '--only', 'reject');
    expect(results).toHaveLength(3);
  });

  it('of all is as without', async () => {
    expect((await review('--only', 'admit,sandbox,reject')).out).toBe((await review()).out);
  });

  it('counts what it leaves out in every format', async () => {
    const told = '2 objects not listed: --only reject,admit.';
    const only = (format: string) => review('-o', format, '--only', 'reject,admit');
    for (const format of ['table', 'github']) expect((await only(format)).out).toContain(told);
    expect((await only('markdown')).out).toMatch(/2 objects not listed: --only reject,admit\./);
    expect((await only('markdown')).out).not.toContain('build-image');
    expect(JSON.parse((await only('sarif')).out).runs[0].properties.overall).toContain(told);
    const { testsuites } = new XMLParser({ ignoreAttributes: false }).parse((await only('junit')).out);
    expect(testsuites['@_name']).toContain(`cofferdam review: ${told}`);
    expect(testsuites['@_tests']).toBe('3');
    const gitlab = await only('gitlab');
    expect(gitlab.out).not.toContain('build-image');
    expect(gitlab.err).toContain(told);
  });

  it.each([
    ['rejct', 'Did you mean reject?'],
    ['reject,', 'Verdicts: admit, sandbox, reject.'],
    ['everything', 'Verdicts: admit, sandbox, reject.'],
  ])('of %s says what was meant', async (only, fix) => {
    const { code, out, err } = await review('--only', only);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(`is no verdict or outcome. ${fix}`);
  });
});
