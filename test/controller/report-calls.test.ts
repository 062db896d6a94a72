import { expect, it } from 'vitest';
import { reportCalls } from '../../src/controller/scan/report-calls.ts';
import type { Api, ApiCall } from '../../src/kube/api.ts';
import { AnswerTooLong } from '../../src/kube/send.ts';
import { MAX_RESULTS, reportOf } from '../../src/report/open-report/report.ts';
import type { ReportResult } from '../../src/report/open-report/types.ts';

it.each([
  ['values', 10],
  ['bytes', 5000],
])(
  'a Report of as many %s as ours can have is read, and is let be where it says the same',
  async (_, length) => {
    const result = (i: number): ReportResult => ({
      policy: 'p'.repeat(63),
      rule: 'r'.repeat(63),
      category: 'breakout',
      severity: 'critical',
      timestamp: { seconds: 1_700_000_000, nanos: 0 },
      result: 'fail',
      scored: true,
      resources: [{ apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: `pod-${i}`, uid: `uid-${i}` }],
      message: '<'.repeat(length),
      properties: {
        score: '100',
        required: 'confidential-vm',
        isolation: 'host-kernel',
        verdict: 'reject',
        more: 'x',
      },
    });
    const results = Array.from({ length: 2 * MAX_RESULTS }, (_, i) => result(i));
    const summary = { pass: 0, fail: results.length, warn: 0, error: 0, skip: 0 };
    const report = reportOf({ namespace: 'shop', summary, results }, 1_700_000_000);
    if (!report) throw new Error('there is something to tell');
    const stored = { ...report, metadata: { ...report.metadata, resourceVersion: '7' } };
    const calls: string[] = [];
    const bytes = async ({ method = 'GET', mostBytes = 0 }: ApiCall): Promise<Buffer> => {
      calls.push(method);
      const text = Buffer.from(JSON.stringify(stored));
      if (text.length > mostBytes) throw new AnswerTooLong('too long');
      return text;
    };
    const api = Object.assign(() => Promise.reject(new Error('nothing is written')), {
      bytes,
    }) as unknown as Api;
    const { replace } = reportCalls(api, new AbortController().signal);
    expect(await replace('shop', report)).toEqual({ version: '7', written: false });
    expect(calls).toEqual(['GET']);
  },
);
