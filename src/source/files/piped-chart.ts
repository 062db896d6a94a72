import { join } from 'node:path';
import { isMap } from '../mapping.ts';
import { chartsIn, type Templates, templatesIn } from '../rendered.ts';
import { readDocuments } from '../yaml/yaml.ts';
import { decodeText } from './decode.ts';
import { CHART_FILE } from './project-files.ts';
import { bytesOf } from './read-file.ts';
import type { Disk } from './walk.ts';

/**
 * The files of charts of which Helm made what was piped. Nobody said where the charts lie: where one of that name does
 * neither here nor where charts are usually kept, its files are named as Helm names them.
 */
export async function pipedFrom(bytes: Uint8Array, fs: Disk): Promise<Templates | undefined> {
  const text = textOf(bytes);
  if (text === undefined) return undefined;
  const folders = new Map<string, string>();
  for (const chart of chartsIn(text)) folders.set(chart, await folderOf(chart, fs));
  return templatesIn(text, chart => folders.get(chart) ?? chart);
}

/** Undefined for what is no text, of which whoever reads it says so. */
function textOf(bytes: Uint8Array): string | undefined {
  try {
    return decodeText(bytes);
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

async function folderOf(chart: string, fs: Disk): Promise<string> {
  for (const folder of [chart, join('charts', chart), '.'])
    if ((await nameOf(folder, fs)) === chart) return folder;
  return chart;
}

/** The name of the chart that a folder is. */
async function nameOf(folder: string, fs: Disk): Promise<unknown> {
  const file = join(folder, CHART_FILE);
  const kind = await fs.stat(file).catch(() => undefined);
  const bytes = kind && (await bytesOf(file, kind, fs));
  const text = bytes && textOf(bytes);
  const value = text === undefined ? undefined : readDocuments(text, file).documents[0]?.value;
  return isMap(value) ? value.name : undefined;
}
