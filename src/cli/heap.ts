import { setFlagsFromString } from 'node:v8';

/*
 * Imported first, before the heap has grown. A request's garbage dies within a few hundred microseconds: a young
 * generation of a megabyte serves it as well as one of 32, which would be most of the webhook's resident memory
 * (`npm run bench` prints it). The other flag makes the collector prefer a small heap to a rare collection.
 */
setFlagsFromString('--semi-space-growth-factor=1');
setFlagsFromString('--optimize-for-size');
