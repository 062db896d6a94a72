import { release as kernelHere } from 'node:os';
import { text } from 'node:stream/consumers';
import type { Command } from 'commander';
import { classify, type HostKernel } from '../../verify/classify.ts';
import { draftNotes } from '../../verify/draft.ts';
import { TRANSCRIPT_FORMATS, VERIFY_FORMATS } from '../../verify/report.ts';
import { PROBE_SCRIPT, readTranscript, type Transcript } from '../../verify/transcript.ts';
import { Failure } from '../console/failure.ts';
import type { CliIo, ExitCode } from '../console/io.ts';
import { type Output, parseOutputs, writeAll } from '../console/output.ts';
import { version } from '../console/version.ts';
import { verifyCluster } from './cluster.ts';
import { addVerifyOptions, type VerifyOptions } from './options.ts';

/** Registers `cofferdam verify`. */
export function verifyCommand(program: Command, io: CliIo, answer: (code: ExitCode) => void): void {
  const command = program
    .command('verify')
    .summary('prove on a running cluster that its sandboxes isolate')
    .description(
      'Tells from inside a Pod whether each RuntimeClass gives the isolation that its handler promises.',
    );
  addVerifyOptions(command).action(async (transcript: string | undefined, options: VerifyOptions) =>
    answer(await verify(transcript, options, io)),
  );
}

const NO_DRAFT = 'a transcript does not tell which handler it comes from, so no profile can be drafted';

async function verify(transcript: string | undefined, options: VerifyOptions, io: CliIo): Promise<ExitCode> {
  if (options.script) {
    io.out(PROBE_SCRIPT);
    return 0;
  }
  if (transcript !== undefined) {
    if (options.writeProfiles !== undefined)
      throw new Failure(NO_DRAFT, 'To probe a cluster, leave out the -.');
    return verifyTranscript(transcript, options, io);
  }
  if (options.hostKernel !== undefined) {
    throw new Failure(
      '--host-kernel is only for transcripts',
      'Leave it out: in a cluster, each node reports its own kernel.',
    );
  }
  const outputs = outputsOf(options);
  const result = await verifyCluster(options, io);
  await writeAll(outputs, VERIFY_FORMATS, result, io);
  if (outputs.some(({ format }) => format === 'profiles')) {
    for (const note of draftNotes(result.drafts)) io.err(`${note}\n`);
  }
  const verdicts = new Set(result.checked.map(({ verdict }) => verdict));
  if (verdicts.has('not what it claims')) return 1;
  // A named class that does not exist was not verified.
  const missed = verdicts.size === 0 || (options.class !== undefined && result.nowhere.length > 0);
  return missed || verdicts.has('could not run') ? 2 : 0;
}

/** The outputs: `--write-profiles` is one more, and where it goes to a file, the table is still written. */
function outputsOf(options: VerifyOptions): readonly Output[] {
  const { output, writeProfiles } = options;
  if (writeProfiles === undefined) return parseOutputs(options, VERIFY_FORMATS);
  const drafts = writeProfiles === true ? 'profiles' : `profiles=${writeProfiles}`;
  const others = output ?? (drafts === 'profiles' || drafts === 'profiles=-' ? [] : ['table']);
  return parseOutputs({ output: [...others, drafts] }, VERIFY_FORMATS);
}

async function verifyTranscript(name: string, options: VerifyOptions, io: CliIo): Promise<ExitCode> {
  if (name !== '-') {
    throw new Failure(
      `a transcript is read from standard input, not from "${name}"`,
      'Write: cofferdam verify - < FILE',
    );
  }
  const outputs = parseOutputs(options, TRANSCRIPT_FORMATS);
  const transcript = readTranscript(await text(io.stdin));
  if (transcript.release === undefined && transcript.log.length === 0) {
    throw new Failure(
      'standard input has no line of "uname -a", /proc/version or dmesg',
      'Run in the sandbox what "cofferdam verify --script" prints, and pipe its output into this command.',
    );
  }
  const seen = classify(transcript, hostOf(transcript, options.hostKernel));
  await writeAll(outputs, TRANSCRIPT_FORMATS, { ...seen, version: version() }, io);
  if (seen.isolation === undefined) return 2;
  return seen.isolation === 'host-kernel' ? 1 : 0;
}

/**
 * The host of a transcript, which may come from another machine: a different kernel here means nothing, while the same one
 * does.
 */
function hostOf({ release }: Transcript, given: string | undefined): HostKernel | undefined {
  if (given !== undefined) return { name: 'the host', release: given, bootId: undefined };
  return release === kernelHere() ? { name: 'this machine', release, bootId: undefined } : undefined;
}
