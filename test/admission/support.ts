import { type Agent, type RequestOptions, request } from 'node:https';
import type { JudgeDeps } from '../../src/admission/ask.ts';
import { LIMITS, type Limits } from '../../src/admission/handler.ts';
import { createMetrics } from '../../src/admission/metrics.ts';
import type { AdmissionResponse } from '../../src/admission/respond.ts';
import { type RunningWebhook, type Settings, startWebhook } from '../../src/admission/run.ts';
import { selfSigned } from '../../src/admission/self-signed.ts';
import { builtinView } from '../../src/cluster/builtin.ts';
import type { ClusterView } from '../../src/cluster/view.ts';
import { decide } from '../../src/decision/decide.ts';
import { createLogger } from '../../src/log/logger.ts';
import { snapshotOf } from '../support/snapshot.ts';

export { until } from '../support/until.ts';

export const NOW = Date.parse('2026-11-24T00:00:00Z');
const snapshot = snapshotOf();

/** The real decision under `balanced`, with the well-known classes. */
export const depsWith = (view: ClusterView = builtinView()): JudgeDeps => ({
  decide,
  current: () => ({ snapshot, view }),
  now: () => NOW,
});

type Json = Record<string, unknown>;

/** A minimal Pod that needs nothing. The given fields of `spec` and `metadata` override its own. */
export const pod = (spec: Json = {}, metadata: Json = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web', ...metadata },
  spec: { containers: [{ name: 'app', image: 'registry.example/app:1' }], ...spec },
});
export const RISKY = { labels: { 'cofferdam.dev/risk': 'high' } };
export const CRITICAL = { labels: { 'cofferdam.dev/risk': 'critical' } };

/** One Pod for each verdict. */
export const PODS = {
  admit: pod(),
  sandbox: pod({}, RISKY),
  reject: pod({ hostPID: true }),
} as const;

/** The AdmissionReview of a Pod's creation in namespace `shop`; the given fields override those of the request. */
export const reviewOf = (object: unknown, fields: Json = {}) => ({
  apiVersion: 'admission.k8s.io/v1',
  kind: 'AdmissionReview',
  request: {
    uid: 'uid-1',
    kind: { group: '', version: 'v1', kind: 'Pod' },
    resource: { group: '', version: 'v1', resource: 'pods' },
    namespace: 'shop',
    operation: 'CREATE',
    userInfo: { username: 'alice', groups: ['system:authenticated'] },
    object,
    ...fields,
  },
});

export const decodePatch = (response: AdmissionResponse) =>
  response.patch === undefined ? [] : JSON.parse(Buffer.from(response.patch, 'base64').toString());

export const CERT = await selfSigned([], Date.now());

export interface Answer {
  readonly code: number;
  readonly headers: Record<string, unknown>;
  readonly body: { readonly apiVersion: string; readonly kind: string; readonly response: AdmissionResponse };
}

export interface TestServer extends RunningWebhook {
  readonly settings: Settings;
  readonly logged: Record<string, unknown>[];
  post(path: string, body: string | Buffer, options?: RequestOptions): Promise<Answer>;
}

/** The whole webhook on free ports of 127.0.0.1. */
export async function startTestServer(
  overrides: Partial<Omit<Settings, 'limits'>> & { limits?: Partial<Limits> } = {},
): Promise<TestServer> {
  const logged: Record<string, unknown>[] = [];
  const { limits, ...rest } = overrides;
  const settings: Settings = {
    address: '127.0.0.1',
    port: 0,
    metricsPort: 0,
    tls: CERT,
    ground: depsWith().current(),
    source: { load: async () => ({ problems: [] }), paths: [] },
    decide,
    now: () => NOW,
    log: createLogger('debug', line => logged.push(JSON.parse(line))),
    metrics: createMetrics('0.0.0-test'),
    limits: { ...LIMITS, ...limits },
    ...rest,
  };
  const running = await startWebhook(settings);
  const post: TestServer['post'] = (path, body, options) =>
    call(`https://127.0.0.1:${running.port}${path}`, body, { ca: CERT.cert, ...options });
  return { ...running, settings, logged, post };
}

/** POSTs JSON. Rejects where the connection breaks. */
export function call(url: string, body: string | Buffer, options: RequestOptions): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      {
        method: 'POST',
        agent: false as unknown as Agent,
        ...options,
        headers: { 'content-type': 'application/json', ...options.headers },
      },
      response => {
        const chunks: Buffer[] = [];
        response.on('error', reject);
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () =>
          resolve({
            code: response.statusCode ?? 0,
            headers: response.headers,
            body: JSON.parse(Buffer.concat(chunks).toString()),
          }),
        );
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}
