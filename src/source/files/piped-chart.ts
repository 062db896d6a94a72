import { join } from 'node:path';
import { isMap } from '../mapping.ts';
import { chartsIn, type Templates, templatesIn } from '../rendered.ts';
import { readDocuments } from '../yaml/yaml.ts';
import { decodeText } from './decode.ts';
import { CHART_FILE } from './project-files.ts';
import { bytesOf } from './read-file.ts';
import type { Disk } from './walk.ts';

/**
 * The files of the charts that Helm rendered into what was piped. Where the charts are was not said: if there is none of that
 * name here or where charts are usually kept, its files have the names that Helm gives them.
 */
export async function pipedFrom(bytes: Uint8Array, fs: Disk): Promise<Templates | undefined> {
  const text = textOf(bytes);
  if (text === undefined) return undefined;
  const folders = new Map<string, string>();
  for (const chart of chartsIn(text)) folders.set(chart, await folderOf(chart, fs));
  return templatesIn(text, chart => folders.get(chart) ?? chart);
}

/** The text; undefined where it is none, which whoever reads it will report. */
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

/** The name of the chart in a folder. */
async function nameOf(folder: string, fs: Disk): Promise<unknown> {
  const file = join(folder, CHART_FILE);
  const kind = await fs.stat(file).catch(() => undefined);
  const bytes = kind && (await bytesOf(file, kind, fs));
  const text = bytes && textOf(bytes);
  const value = text === undefined ? undefined : readDocuments(text, file).documents[0]?.value;
  return isMap(value) ? value.name : undefined;
}
