import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TESTED } from '../../src/export/evidence.ts';
import { cofferdam } from './support/cofferdam.ts';
import { compose, DOCKER_IMAGE, docker, printedIn } from './support/docker.ts';

/** The commands with which gVisor's own pages tell a reader to look into a container. */
const LOOK = 'uname -a; cat /proc/version; dmesg';

/** The daemon.json that the engine was started with, after `runsc install`. */
const daemonJson = () => JSON.parse(readFileSync(process.env.DOCKER_DAEMON_JSON ?? '', 'utf8'));

describe('a Docker Engine with gVisor', () => {
  it('is of the version that docs and notes name', async () => {
    const { stdout } = await docker('version', '--format', '{{.Server.Version}}');
    expect(stdout).toMatch(/^\d+\.\d+\.\d+/);
    expect(`Docker ${stdout.trim().replace(/\+.*/, '')}`).toBe(TESTED.docker);
  });

  it('has from runsc install what cofferdam export docker prints, but for where runsc lies', async () => {
    const { code, stdout } = await cofferdam(['export', 'docker']);
    expect(code).toBe(0);
    const { runtimes } = JSON.parse(stdout);
    const { path } = daemonJson().runtimes.runsc;
    expect(path).toMatch(/^\/.*\/runsc$/);
    expect(daemonJson().runtimes).toEqual({ runsc: { ...runtimes.runsc, path } });
    const { stdout: known } = await docker('info', '--format', '{{json .Runtimes}}');
    expect(JSON.parse(known).runsc).toEqual({ path, runtimeArgs: runtimes.runsc.runtimeArgs });
  });

  it('shows the kernel of gVisor in runsc, which verify knows by a transcript', async () => {
    const transcript = await printedIn('runsc', LOOK);
    expect(transcript).toMatch(/^Linux \S+ 4\.19\.0-gvisor /);
    expect(transcript).toContain('Linux version 4.19.0-gvisor');
    expect(transcript).toContain('Starting gVisor...');
    const { code, stdout } = await cofferdam(['verify', '-'], transcript);
    expect(stdout).toMatch(/^consistent with app-kernel \(gVisor\)$/m);
    expect(code).toBe(0);
  });

  it('shows the kernel of the host in runc, which verify knows too', async () => {
    const transcript = await printedIn('runc', LOOK);
    expect(transcript).not.toContain('gvisor');
    const { code, stdout } = await cofferdam(['verify', '-'], transcript);
    expect(stdout).toMatch(/^consistent with host-kernel$/m);
    expect(code).toBe(1);
  });

  it('is told apart by the probe of verify --script, too', async () => {
    const { stdout: script } = await cofferdam(['verify', '--script']);
    const seen = async (runtime: string) =>
      (await cofferdam(['verify', '-'], await printedIn(runtime, script))).code;
    expect([await seen('runsc'), await seen('runc')]).toEqual([0, 1]);
  });

  it('gives a privileged container in runsc device nodes of the host, and still no kernel of the host', async () => {
    const devices = async (...options: string[]) =>
      (await printedIn('runsc', 'ls /dev', ...options)).trim().split('\n');
    const ordinary = await devices();
    const added = (await devices('--privileged')).filter(name => !ordinary.includes(name));
    const ofHost = new Set(readdirSync('/dev'));
    expect(added.filter(name => ofHost.has(name))).not.toEqual([]);
    expect(await printedIn('runsc', LOOK, '--privileged')).toContain('4.19.0-gvisor');
  });
});

describe('a Compose file on that engine', () => {
  const SERVICE = `services:
  jobs: # runs what users upload
    image: ${DOCKER_IMAGE}
    x-cofferdam-risk: high
    network_mode: none
    command: ["sh", "-c", "${LOOK}"]
`;
  const folder = mkdtempSync(join(tmpdir(), 'cofferdam-compose-'));
  const file = join(folder, 'compose.yaml');
  const review = (...more: string[]) =>
    cofferdam([
      ...['review', file, '--docker-daemon', process.env.DOCKER_DAEMON_JSON ?? '', '-o', 'json'],
      ...more,
    ]);
  beforeAll(() => writeFileSync(file, SERVICE));
  afterAll(async () => {
    await compose(folder, 'down');
    rmSync(folder, { recursive: true });
  });

  it('is told which runtime a service needs, and does not pass without it', async () => {
    const { code, stdout } = await review();
    expect(JSON.parse(stdout).results).toMatchObject([
      { kind: 'Service', name: 'jobs', verdict: 'sandbox', runtimeClass: 'runsc' },
    ]);
    expect(code).toBe(1);
  });

  it('is mended, with its comments where they were', async () => {
    const fix = [
      'explain',
      file,
      '--docker-daemon',
      process.env.DOCKER_DAEMON_JSON ?? '',
      '--fix',
      '--write',
    ];
    expect((await cofferdam(fix)).code).toBe(0);
    const lines = SERVICE.split('\n');
    const mended = readFileSync(file, 'utf8').split('\n');
    expect(mended.filter(line => !lines.includes(line))).toEqual(['    runtime: runsc']);
    expect(mended.filter(line => lines.includes(line))).toEqual(lines);
    expect((await review()).code).toBe(0);
  });

  it('is started, and runs in gVisor', async () => {
    const { code, stderr } = await compose(folder, 'up', '--no-color', '--abort-on-container-exit');
    expect({ code, stderr }).toMatchObject({ code: 0 });
    const { stdout: transcript } = await compose(folder, 'logs', '--no-color', '--no-log-prefix', 'jobs');
    const verified = await cofferdam(['verify', '-'], transcript);
    expect(verified.stdout).toMatch(/^consistent with app-kernel \(gVisor\)$/m);
    expect(verified.code).toBe(0);
  });

  it('is rejected where a privileged service is given the socket of the engine', async () => {
    const socket = (process.env.DOCKER_HOST ?? '').replace('unix://', '');
    writeFileSync(file, `${SERVICE}    privileged: true\n    volumes: ["${socket}:/var/run/docker.sock"]\n`);
    const { code, stdout } = await review();
    const [result] = JSON.parse(stdout).results;
    expect(result.verdict).toBe('reject');
    expect(result.findings).toMatchObject(
      expect.arrayContaining([
        expect.objectContaining({ path: 'services.jobs.privileged' }),
        expect.objectContaining({ path: 'services.jobs.volumes[0]' }),
      ]),
    );
    expect(code).toBe(1);
  });
});
