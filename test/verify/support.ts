import { readFileSync } from 'node:fs';
import { builtinProfileTable } from '../../src/profiles/builtin.ts';
import type { Profile } from '../../src/profiles/profile.ts';
import type { HostKernel } from '../../src/verify/classify.ts';
import { readTranscript, type Transcript } from '../../src/verify/transcript.ts';

export const textOf = (name: string): string =>
  readFileSync(new URL(`transcripts/${name}.txt`, import.meta.url), 'utf8');

export const transcriptOf = (name: string): Transcript => readTranscript(textOf(name));

/** The node on which the transcripts of runc were recorded. */
export const NODE: HostKernel = {
  name: 'node node1',
  release: '6.1.0-41-cloud-amd64',
  bootId: '5d3b2c1e-7f86-4c0a-9b1d-2e4f6a8c0e13',
};

export const profileOf = (handler: string): Profile => builtinProfileTable().forHandler(handler);
