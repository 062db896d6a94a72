import { readdirSync, readFileSync } from 'node:fs';
import { request } from 'node:https';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { painter } from '../../report/layout/paint.ts';
import { wrap } from '../../report/layout/wrap.ts';
import { packaged } from '../../source/packaged.ts';
import { shellLines } from '../console/help.ts';
import type { CliIo } from '../console/io.ts';
import { styleFor } from '../console/output.ts';
import { type Row, type SampleResponse, sampleTable, toRow } from './samples-table.ts';

const FOLDER = packaged('policies/samples/');

interface Sample {
  /** The comment in its first line, which says what it asks for. */
  readonly asks: string;
  readonly pod: { readonly metadata: { readonly name: string } };
}

/**
 * Sends each sample Pod through `/mutate/enforce` as the API server would, prints what was decided, and says how to send
 * another Pod.
 *
 * @param ca PEM by which the webhook's certificate is checked
 * @param caFile where the user finds it
 */
export async function showSamples(
  port: number,
  ca: string | Buffer,
  caFile: string,
  io: CliIo,
): Promise<void> {
  const samples = readSamples();
  const rows: Row[] = [];
  for (const sample of samples)
    rows.push(toRow(sample.pod.metadata.name, sample.asks, await send(sample, port, ca)));
  const { color, width } = styleFor(undefined, io);
  io.out(`${sampleTable(rows, painter(color), width)}\n${hint(port, caFile, width)}`);
}

function readSamples(): readonly Sample[] {
  const files = readdirSync(FOLDER).filter(name => name.endsWith('.yaml'));
  return files.sort().map(name => {
    const text = readFileSync(new URL(name, FOLDER), 'utf8');
    const asks = /^# (.*)$/m.exec(text)?.[1] ?? '';
    return { asks, pod: parse(text) as Sample['pod'] };
  });
}

/** An AdmissionReview as the API server sends it when the Pod is created in the namespace `default`. */
function reviewOf({ pod }: Sample): string {
  const name = pod.metadata.name;
  return JSON.stringify({
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid: `sample-${name}`,
      kind: { group: '', version: 'v1', kind: 'Pod' },
      resource: { group: '', version: 'v1', resource: 'pods' },
      namespace: 'default',
      name,
      operation: 'CREATE',
      userInfo: { username: 'sample', groups: ['system:authenticated'] },
      object: pod,
    },
  });
}

function send(sample: Sample, port: number, ca: string | Buffer): Promise<SampleResponse> {
  const body = reviewOf(sample);
  return new Promise((resolve, reject) => {
    const call = request(
      {
        host: '127.0.0.1',
        port,
        path: '/mutate/enforce',
        method: 'POST',
        ca,
        agent: false,
        headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
      },
      response => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () =>
          resolve(JSON.parse(Buffer.concat(chunks).toString()).response as SampleResponse),
        );
      },
    );
    call.on('error', reject);
    call.end(body);
  });
}

function hint(port: number, caFile: string, width: number): string {
  const path = fileURLToPath(new URL('review.json', FOLDER));
  const near = relative('.', path);
  const file = near.startsWith('..') ? path : near;
  const url = `https://127.0.0.1:${port}`;
  const said = `Serving on ${url} until stopped. Send a Pod of your own, in an AdmissionReview like this one:`;
  const curl = `curl --cacert ${caFile} -H 'content-type: application/json' -d @${file} ${url}/mutate/enforce`;
  return [...wrap(said, width), '', ...shellLines(curl, width), '', ''].join('\n');
}
